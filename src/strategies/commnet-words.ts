import { z } from 'zod';
import { act, say } from './parts/protocol/act.ts';
import { decides, type Words } from './parts/protocol/contribution.ts';
import { talkOptions } from './parts/protocol/seats.ts';
import { teamStrategy } from './parts/protocol/team-strategy.ts';

export const commnetWordsOptions = z.strictObject({
  rounds: z.int().min(1).max(10).default(2).describe('How often everybody speaks and reads a summary.'),
  ...talkOptions,
});

const average =
  'Sum up what the others said, in one message: what they say together, each of them with the same weight, and nothing ' +
  'of your own.';

/**
 * CommNet in words: in each round everybody says something and reads one summary of what all others said; in the next one
 * it speaks again, from its own last message and that summary; then it acts on both. The summary stands for CommNet's
 * mean over the others (Sukhbaatar et al. 2016, arXiv 1605.07736):
 *
 *   c_i = mean_{j != i} h_j,   h_i' = f(h_i, c_i)
 *
 * It is written by the model of who reads it, in one question, of messages in an order drawn for each reader.
 *
 * Questions in a step of N agents of which a have something to decide: 2 N rounds + a; a where N is 1. Without the part
 * `messages` everybody acts alone: a.
 *
 * Deviates: nothing is trained; docs/methods/commnet-words.md.
 */
export const commnetWords = teamStrategy({
  id: 'commnet-words',
  title: 'CommNet in words: each reads one summary of what all others said',
  revision: 1,
  parts: ['messages'],
  optionsSchema: commnetWordsOptions,
  decide: async ({ members, affords, drawing, without, options: { rounds, messageTokens } }) => {
    const acting = members.filter(decides).length;
    const held = without.includes('messages') || members.length === 1 ? 0 : rounds;
    let known: readonly (readonly Words[])[] = members.map(() => []);
    for (let round = 1; round <= held && affords(2 * members.length + acting); round++) {
      const said = await Promise.all(
        members.map(async (member, from): Promise<Words> => {
          const text = await say(member, messageTokens, known[from]);
          return { kind: 'words', from, round, text };
        }),
      );
      // Drawn for one after another, before anybody is asked.
      const heard = members.map((_, self) => drawing.shuffle(said.filter(({ from }) => from !== self)));
      known = await Promise.all(
        members.map(async (member, self) => {
          const text = await say(member, messageTokens, [...heard[self], { kind: 'brief', text: average }]);
          return [said[self], { kind: 'words', from: self, round, text } satisfies Words];
        }),
      );
    }
    return Promise.all(members.map((member, self) => act(member, known[self])));
  },
});
