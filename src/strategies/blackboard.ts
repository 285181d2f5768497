import { z } from 'zod';
import type { Note } from '../contracts/index.ts';
import { act, say } from './parts/protocol/act.ts';
import { decides, type Words } from './parts/protocol/contribution.ts';
import { answerKey } from './parts/protocol/plurality.ts';
import { talkOptions } from './parts/protocol/seats.ts';
import { teamStrategy } from './parts/protocol/team-strategy.ts';

export const blackboardOptions = z.strictObject({
  rounds: z.int().min(1).max(20).default(1).describe('How often in a step everybody may write.'),
  keep: z.int().min(1).max(200).default(12).describe('How many of its last lines are read.'),
  ...talkOptions,
});

const volunteer: Note = {
  kind: 'brief',
  text:
    'What was said stands on a board that all of your team read. Write on it what they should know and it does not say ' +
    'yet, or answer with the one word pass.',
};

/**
 * A board that lasts over the steps of an episode. In each step everybody reads its last lines as they stood when the
 * round began, and writes a line or passes; a round in which all pass ends the talk; then everybody reads the board and
 * acts. LbMAS, arXiv 2507.01701; that agents volunteer is of the blackboard of arXiv 2510.01285.
 *
 * Questions in a step of N agents of which a have something to decide: r N + a for r rounds held.
 *
 * Deviates: in LbMAS a control unit picks who writes, one more question a round, and a cleaner deletes lines; here each
 * agent decides for itself, and what is older than the last `keep` lines is read no more. There are no roles unless
 * `roles` gives some. Steps that are recalled and not decided leave no lines on the board.
 */
export const blackboard = teamStrategy({
  id: 'blackboard',
  title: 'Blackboard: a board over the whole episode, on which agents write or pass',
  revision: 1,
  optionsSchema: blackboardOptions,
  remembers: (): Words[] => [],
  decide: async ({ members, affords, memory: board, options: { rounds, keep, messageTokens } }) => {
    const acting = members.filter(decides).length;
    for (let k = 0; k < rounds && affords(members.length + acting); k++) {
      const seen = board.slice(-keep);
      const texts = await Promise.all(
        members.map((member) => say(member, messageTokens, [...seen, volunteer])),
      );
      if (texts.every(passes)) break;
      const round = (board.at(-1)?.round ?? 0) + 1;
      texts.forEach((text, from) => {
        if (!passes(text)) board.push({ kind: 'words', from, round, text });
      });
    }
    const seen = board.slice(-keep);
    return Promise.all(members.map((member) => act(member, seen)));
  },
});

function passes(text: string): boolean {
  return /^(?:i )?pass$|^$/u.test(answerKey(text));
}
