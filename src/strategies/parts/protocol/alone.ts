import {
  type Action,
  affordable,
  type Answer,
  type Member,
  mostFrequent,
  type Note,
  type Protocol,
  type ProtocolStep,
  sumUsage,
  type Together,
  type Usage,
} from '../../../contracts/index.ts';
import { decides, doneBy } from './contribution.ts';
import { textPlurality } from './plurality.ts';

/** One joint choice of the agent that decides for all. */
interface Candidate {
  /** One per member; undefined where it had no choice, or wrote. */
  readonly answers: readonly (Answer | undefined)[];
  readonly actions: readonly Action[];
  /** The probability that the model gives the joint choice, where it scores exactly. */
  readonly probability?: number;
  /** Every choice could be read. */
  readonly read: boolean;
  readonly usage: Usage;
}

/**
 * The first agent decides for everybody from all observations: in one answer where its model can do that, else for one
 * member after another, knowing what it chose before.
 *
 * Of several joint choices it takes the one that the model gives the highest probability, where it scores exactly;
 * else, and among equals, the most frequent one, then the first; where it writes and no text occurs twice, the one nearest
 * to all of them. Choices that could not be read count only where none
 * could.
 *
 * @param choices how many joint choices it makes where a study says nothing about tokens
 */
export function alone(choices: (step: ProtocolStep) => number): Protocol {
  return {
    decide: async (step) => {
      const { members, tokens, short, together } = step;
      const propose = (sample: number) =>
        together ? atOnce(together, members, sample) : inTurn(members, sample);
      const first = await propose(0);
      const count = tokens === undefined ? choices(step) : affordable(tokens, first.usage);
      if (tokens !== undefined && count === 1) short?.();
      const rest = await Promise.all(Array.from({ length: count - 1 }, (_, k) => propose(k + 1)));
      const best = bestOf([first, ...rest]);
      // Once more, so that the trace says which answers it went by.
      return members.map((member, i) => {
        const answer = best.answers[i];
        return answer ? member.draw(answer) : best.actions[i];
      });
    },
  };
}

/** How many joint choices the tokens of the team would pay for, by the length of what either would read. */
export function teamWorth({ members, together }: ProtocolStep): number {
  const asked = members.filter(decides);
  if (asked.length === 0) return 1;
  const sees = everybody(members);
  const read = (question: (member: Member) => number) =>
    asked.reduce((sum, member) => sum + question(member), 0);
  const team = read((member) => member.reads(questionFor(member)));
  const single = together?.reads() ?? read((member) => member.reads({ ...questionFor(member), sees, by: 0 }));
  return Math.max(1, Math.round(team / single));
}

async function atOnce(together: Together, members: readonly Member[], sample: number): Promise<Candidate> {
  const answers = await together.ask(sample);
  return {
    answers,
    actions: members.map((member, i) => member.draw(answers[i])),
    read: members.every((member, i) => !decides(member) || answers[i].answered !== undefined),
    usage: sumUsage(answers.map(({ usage }) => usage)),
  };
}

async function inTurn(members: readonly Member[], sample: number): Promise<Candidate> {
  const further = { sees: everybody(members), by: 0, ...(sample > 0 && { sample }) };
  const notes: Note[] = [];
  const answers: (Answer | undefined)[] = [];
  const actions: Action[] = [];
  const usages: Usage[] = [];
  for (const [from, member] of members.entries()) {
    if (!decides(member)) {
      answers.push(undefined);
      actions.push(member.offer.kind === 'choice' ? member.offer.actions[0] : '');
      continue;
    }
    const told = { ...(notes.length > 0 && { notes: [...notes] }), ...further };
    const answer = await member.ask({ ...questionFor(member), ...told });
    const chose = member.offer.kind === 'choice';
    const action = chose ? member.draw(answer) : (answer.text ?? '');
    answers.push(chose ? answer : undefined);
    usages.push(answer.usage);
    actions.push(action);
    notes.push(...doneBy(member, from, 1, action));
  }
  const made = answers.filter((answer) => answer !== undefined);
  const shares = members.flatMap(({ offer }, i) => {
    const p = answers[i]?.distribution;
    return p && offer.kind === 'choice' ? [p[offer.actions.indexOf(actions[i] as number)]] : [];
  });
  return {
    answers,
    actions,
    ...(shares.length === made.length && { probability: shares.reduce((product, p) => product * p, 1) }),
    read: made.every(({ distribution, answered }) => distribution !== undefined || answered !== undefined),
    usage: sumUsage(usages),
  };
}

function bestOf(candidates: readonly Candidate[]): Candidate {
  const read = candidates.filter((candidate) => candidate.read);
  const chosen = read.length > 0 ? read : candidates;
  const highest = Math.max(...chosen.map(({ probability = 0 }) => probability));
  const best = chosen.filter(({ probability = 0 }) => probability === highest);
  const wrote = best[0].actions.some((action) => typeof action === 'string' && action !== '');
  return wrote
    ? textPlurality(
        best,
        ({ actions }) => actions.join('\n'),
        ([first]) => first,
      )
    : mostFrequent(best, ({ actions }) => JSON.stringify(actions));
}

function questionFor({ offer }: Member) {
  return offer.kind === 'text'
    ? { write: { maxTokens: offer.maxTokens, as: 'action' as const } }
    : { choose: true as const };
}

function everybody(members: readonly Member[]): readonly number[] {
  return members.map((_, k) => k);
}
