import { z } from 'zod';
import type { Action, Member, Note } from '../contracts/index.ts';
import { act, say } from './parts/protocol/act.ts';
import { answersOf, decides, doneBy } from './parts/protocol/contribution.ts';
import { talkOptions } from './parts/protocol/seats.ts';
import { teamStrategy } from './parts/protocol/team-strategy.ts';
import { topologyOptions } from './parts/protocol/topology.ts';

export const reviewOptions = z.strictObject({
  rounds: z.int().min(1).max(10).default(1).describe('The most reviews of what an agent would do.'),
  ...talkOptions,
  ...topologyOptions('ring'),
});

/** An agent with something to decide, and what has been said about it. */
interface Author {
  readonly member: Member;
  readonly self: number;
  readonly critics: readonly number[];
  readonly thread: Note[];
  action: Action;
  /** It kept to its draft after a review. */
  settled: boolean;
}

/**
 * Author and critic: each agent drafts what it would do, another says what is wrong with it, the author decides again;
 * so for at most `rounds` reviews, or until the author keeps to its draft. The chain of generator, verifier and refiner
 * of MALT, arXiv 2412.01928, as it is used.
 *
 * Who reviews whom follows `topology`: the critics of an agent are those whom it hears; by default the agent before it,
 * and who has nobody reviews itself. A critic reads the draft and sees what it sees itself: its own observation.
 *
 * Questions in a step: a + the sum over the reviews held of (critics + 1), a agents having something to decide. With one
 * critic each and no early end a (1 + 2 * rounds).
 *
 * Deviates: MALT trains its three roles and takes a vote over three chains; without training the chain is what is left.
 * Here the critic is a teammate, who may know something that the author does not.
 */
export const review = teamStrategy({
  id: 'review',
  title: 'Review: a draft, a critic, and a second decision',
  revision: 1,
  optionsSchema: reviewOptions,
  decide: async ({ members, affords, hears, task, options: { rounds, messageTokens } }) => {
    const drafts = await Promise.all(members.map((member) => act(member)));
    const authors = members.flatMap((member, self): Author[] => {
      if (!decides(member)) return [];
      const critics = hears[self].length > 0 ? hears[self] : [self];
      const thread = doneBy(member, self, 1, drafts[self]);
      return [{ member, self, critics, thread, action: drafts[self], settled: false }];
    });
    const keyOf = ({ member }: Author, action: Action) => answersOf([member], [action], [], task.actions)[0];

    for (let round = 1; round <= rounds; round++) {
      const open = authors.filter(({ settled }) => !settled);
      const cost = open.reduce((sum, { critics }) => sum + critics.length + 1, 0);
      if (open.length === 0 || !affords(cost)) break;
      // All critics first, then all authors: an agent may be both, and has one question at a time to act on.
      const reviews = await Promise.all(open.map((author) => reviewsOf(author, round)));
      open.forEach(({ thread }, k) => thread.push(...reviews[k]));
      await Promise.all(open.map((author) => revised(author, round)));
    }
    return members.map((_, self) => authors.find((author) => author.self === self)?.action ?? drafts[self]);

    function reviewsOf(author: Author, round: number): Promise<Note[]> {
      const { member, self, critics, thread } = author;
      return Promise.all(
        critics.map(async (critic): Promise<Note> => {
          const whose = critic === self ? 'You' : member.name;
          const text =
            `Review. ${whose} ${draftOf(author)}. ` +
            `Say to ${member.name} what is wrong with it and what would be better.`;
          const notes: Note[] = [...thread.filter(isWords), { kind: 'brief', text }];
          const said = await say(members[critic], messageTokens, notes);
          return { kind: 'words', from: critic, round, text: said };
        }),
      );
    }

    async function revised(author: Author, round: number): Promise<void> {
      const { member, self, thread, action: before } = author;
      const text = `You ${draftOf(author)}, and have read what was said about it. Decide again.`;
      author.action = await act(member, [...thread.filter(isWords), { kind: 'brief', text }]);
      author.settled = keyOf(author, author.action) === keyOf(author, before);
      thread.push(...doneBy(member, self, round + 1, author.action));
    }

    function draftOf({ action }: Author): string {
      return typeof action === 'number'
        ? `would do this: ${task.actions[action]}`
        : 'wrote the last text above';
    }
  },
});

/** Drafts that are choices are told in the brief: as a plan they would be no news to the author itself. */
function isWords({ kind }: Note): boolean {
  return kind === 'words';
}
