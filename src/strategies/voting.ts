import { z } from 'zod';
import type { Action, Answer, Member, Note } from '../contracts/index.ts';
import { actionNamed } from './parts/protocol/ballot.ts';
import { choosesAmong, decides } from './parts/protocol/contribution.ts';
import { plurality, textPlurality } from './parts/protocol/plurality.ts';
import { talkOptions } from './parts/protocol/seats.ts';
import { teamStrategy } from './parts/protocol/team-strategy.ts';

export const votingOptions = z.strictObject({
  samples: z.int().min(1).max(50).default(5).describe('How often each agent is asked.'),
  ballots: z
    .enum(['own', 'team'])
    .default('own')
    .describe(
      'own: each agent does what it answered most often itself; team: all answers of the team are counted together, and ' +
        'each does the most frequent one that it can do. For decisions that all take alike.',
    ),
  ...talkOptions,
});

/** One answer, and whose. */
interface Vote {
  readonly from: number;
  /** Undefined where it could not be read. */
  readonly action: Action | undefined;
  /** What a choice was drawn from, so that the trace can say what an action came of. */
  readonly answer?: Answer;
}

/**
 * Nobody hears anybody; each agent is asked several times, and the most frequent answer counts, ties drawn by seed.
 * Self-consistency, Wang et al. 2022, arXiv 2203.11171, with `ballots: own`; with `ballots: team` the independent vote
 * of a team, one answer an agent where `samples` is 1.
 *
 * Of texts the most frequent counts too; where no text occurs twice, the one nearest to all of them together, by the
 * cosine of character trigrams. Answers that cannot be read count only where none could. In a vote of the team, who
 * only talks votes by naming an action, or by its words.
 *
 * Questions in a step: samples * a, a agents having something to decide; with `ballots: team` samples * (a + t), t
 * agents only talking.
 *
 * Deviates: self-consistency samples one model's chains of thought; here each sample is asked as a single answer is.
 */
export const voting = teamStrategy({
  id: 'voting',
  title: 'Voting: several answers of each, the most frequent counts',
  revision: 1,
  optionsSchema: votingOptions,
  asks: ({ ballots }, task) => (ballots === 'own' || task.simulator ? ['choice'] : ['choice', 'text']),
  decide: async ({ members, affords, tokens, drawing, task, options }) => {
    const { samples, ballots, messageTokens } = options;
    const voters = members.flatMap((member, from) =>
      decides(member) || (ballots === 'team' && member.offer.kind === 'none') ? [{ member, from }] : [],
    );
    const ask = (from: number, to: number) =>
      Promise.all(
        voters.flatMap((voter) =>
          Array.from({ length: to - from }, async (_, k) => ({
            from: voter.from,
            answer: await sampled(voter.member, from + k, messageTokens),
          })),
        ),
      );
    // The first answers show what one costs.
    const begin = await ask(0, tokens === undefined ? samples : 1);
    let paid = begin.length / Math.max(1, voters.length);
    const begun = paid;
    while (paid < samples && affords((paid + 1 - begun) * voters.length)) paid++;
    // Shuffled once, the first of equals counts: a draw that comes to the same for the whole team.
    const answers = drawing.shuffle([...begin, ...(await ask(begun, paid))]);
    const votes = answers.map(({ from, answer }) => voteOf(members[from], from, answer));
    return members.map((member, self) => {
      const mine = ballots === 'own' ? votes.filter(({ from }) => from === self) : votes;
      return elected(member, mine, self, task.actions);
    });
  },
});

const ballotPaper: Note = {
  kind: 'brief',
  text: 'The team votes. Name the answer that you would give, and nothing else.',
};

/** One sample of what an agent is asked for; of who only talks, its words. */
function sampled(member: Member, sample: number, messageTokens: number): Promise<Answer> {
  const { offer } = member;
  if (offer.kind === 'choice') return member.ask({ choose: true, sample });
  if (offer.kind === 'none')
    return member.ask({ write: { maxTokens: messageTokens }, notes: [ballotPaper], sample });
  return member.ask({ write: { maxTokens: offer.maxTokens, as: 'action' }, sample });
}

function voteOf(member: Member, from: number, answer: Answer): Vote {
  if (member.offer.kind !== 'choice') return { from, action: answer.text ?? '' };
  const isRead = answer.distribution !== undefined || answer.answered !== undefined;
  return { from, action: isRead ? member.draw(answer) : undefined, answer };
}

/** What an agent does after the count. */
function elected(
  member: Member,
  votes: readonly Vote[],
  self: number,
  actionWords: readonly string[],
): Action {
  const { offer } = member;
  if (offer.kind === 'none') return '';
  if (offer.kind === 'text') {
    const texts = votes.flatMap(({ action }) => (typeof action === 'string' ? [action] : []));
    return texts.length > 0 ? textPlurality(texts, (text) => text, first) : '';
  }
  const own = votes.filter(({ from, answer }) => from === self && answer);
  const valid = votes.flatMap(({ action }) => {
    const named = typeof action === 'string' ? actionNamed(action, offer.actions, actionWords) : action;
    return named !== undefined && offer.actions.includes(named) ? [named] : [];
  });
  // An answer that cannot be read is drawn from too, so that it is flagged.
  if (valid.length === 0 || !choosesAmong(member)) return member.draw(own[0]?.answer);
  const action = plurality(valid, (named) => named, first);
  const came = own.find((vote) => vote.action === action);
  return came ? member.draw(came.answer) : action;
}

function first<T>(tied: readonly T[]): T {
  return tied[0];
}
