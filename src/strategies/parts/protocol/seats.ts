import { z } from 'zod';
import {
  type Answer,
  type Member,
  type Note,
  type ProtocolStep,
  type Question,
  tokensOf,
} from '../../../contracts/index.ts';

/** What strategies that talk have in common, as options. */
export const talkOptions = {
  messageTokens: z
    .int()
    .min(1)
    .max(4000)
    .default(120)
    .describe('The most tokens of one message to the team. Texts that a task asks for have its own limit.'),
  roles: z
    .array(z.string().trim().min(1).max(400))
    .max(64)
    .default([])
    .describe(
      'What each agent is told of its part, in the order of the team; begun again where there are fewer.',
    ),
};

export type TalkOptions = z.output<z.ZodObject<typeof talkOptions>>;

/** The members in one step, and what its tokens still pay for. */
export interface Seats {
  readonly members: readonly Member[];
  /** Whether the step's tokens pay for so many more questions; always where it has no limit. */
  readonly affords: (questions: number) => boolean;
}

/**
 * Seats a team for an episode: everybody is told its part in every question, and where a study gives a step its tokens
 * they are counted, so that a protocol can act on what it has before they are gone. A question is taken to cost what
 * the dearest of the episode did; before the first one any number can be paid for.
 */
export function seating(roles: readonly string[]): (step: ProtocolStep) => Seats {
  let dearest = 0;
  return ({ members, tokens, short }) => {
    let spent = 0;
    const met = ({ usage }: Answer) => {
      spent += tokensOf(usage);
      dearest = Math.max(dearest, tokensOf(usage));
    };
    const parts = members.map((_, k): Note[] =>
      roles.length > 0 ? [{ kind: 'brief', text: roles[k % roles.length] }] : [],
    );
    return {
      members:
        roles.length === 0 && tokens === undefined
          ? members
          : members.map((member, k) => seated(member, parts[k], met)),
      affords: (questions) => {
        const pays = tokens === undefined || spent + questions * dearest <= tokens;
        if (!pays) short?.();
        return pays;
      },
    };
  };
}

function seated(member: Member, part: readonly Note[], met: (answer: Answer) => void): Member {
  const told = (question: Question): Question =>
    part.length === 0 ? question : { ...question, notes: [...(question.notes ?? []), ...part] };
  return {
    name: member.name,
    offer: member.offer,
    features: member.features,
    ...(member.lastAction !== undefined && { lastAction: member.lastAction }),
    ask: async (question) => {
      const answer = await member.ask(told(question));
      met(answer);
      return answer;
    },
    draw: (from, advice) => member.draw(from, advice),
    reads: (question) => member.reads(told(question)),
  };
}
