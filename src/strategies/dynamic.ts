import { z } from 'zod';
import type { Action, Note } from '../contracts/index.ts';
import { act, say } from './parts/protocol/act.ts';
import { agentsNamed } from './parts/protocol/ballot.ts';
import {
  agreement,
  answersOf,
  choosesAmong,
  contribute,
  decides,
  settle,
  type Words,
} from './parts/protocol/contribution.ts';
import { placeOption } from './parts/protocol/place.ts';
import { talkOptions } from './parts/protocol/seats.ts';
import { teamStrategy } from './parts/protocol/team-strategy.ts';

export const dynamicOptions = z.strictObject({
  rounds: z.int().min(1).max(20).default(3).describe('The most rounds.'),
  keep: z.int().min(1).max(32).default(2).describe('How many agents stay after the second round.'),
  ranker: placeOption(1, 'Who names those that stay'),
  ...talkOptions,
});

/**
 * Everybody answers, reads the last round's answers and answers again; after the second round one ranks them, the weak
 * drop out, and the best go on. It ends early where more than two thirds agree. DyLAN, Liu et al. 2023, arXiv 2310.02170.
 * Each reads the last round in an order of its own, drawn by seed, and nothing older.
 *
 * The ranker names `keep` agents in words. Where it names fewer or more, they are drawn. Who dropped out acts in the end,
 * having read the last words of those who stayed.
 *
 * Questions in a step of N agents, c of them choosing among several actions, with r rounds held: r (N + c) for r up to 2,
 * or where N is at most `keep`; else 2 (N + c) + 1 + (r - 2) (K + k) + d, where K agents stayed, k of them choosing, and d
 * dropped out that have something to decide.
 *
 * Deviates: in the authors' code those who stay are compared with positions in a shuffled list, so that chance decides
 * who goes on; here they are the agents that were named. Rounds are asked at once and agreement is looked for after each,
 * where theirs stops within a round, with some agents never asked. Scores of importance, which they compute and do not
 * use, are left out. Each agent acts on its own last answer, also where a majority ended the talk.
 */
export const dynamic = teamStrategy({
  id: 'dynamic',
  title: 'Dynamic team: ranked after two rounds, the weak drop out',
  revision: 1,
  optionsSchema: dynamicOptions,
  place: 'ranker',
  decide: async ({ members, affords, placed: ranker, drawing, task, options }) => {
    const { rounds, keep, messageTokens } = options;
    let active = members.map((_, self) => self);
    let last: readonly Words[] = [];
    const answers: Action[] = [];
    for (let round = 1; round <= rounds; round++) {
      const ranks = round > 2 && active.length > keep;
      const next = ranks ? active.slice(0, keep) : active;
      const dropped = members.filter((member, self) => !next.includes(self) && decides(member));
      const choosing = active.filter((self) => choosesAmong(members[self])).length;
      const cost = next.length + Math.min(choosing, next.length) + (ranks ? 1 : 0) + dropped.length;
      if (!affords(cost)) break;
      if (ranks) active = await ranked(active, last);
      // Drawn for one after another, before anybody is asked.
      const before = active.map(() => drawing.shuffle(last));
      last = await Promise.all(
        active.map((self, k) => contribute(members[self], self, round, messageTokens, before[k])),
      );
      const now = active.map(() => drawing.shuffle(last));
      const given = await Promise.all(active.map((self, k) => settle(members[self], last[k], now[k])));
      active.forEach((self, k) => (answers[self] = given[k]));
      const seated = active.map((self) => members[self]);
      const own = last.map((words, from) => ({ ...words, from }));
      const { most, of } = agreement(answersOf(seated, given, own, task.actions));
      if (of > 1 && most > Math.floor((2 * of) / 3)) break;
    }
    return Promise.all(
      members.map(async (member, self) =>
        active.includes(self) && answers[self] !== undefined ? answers[self] : act(member, last),
      ),
    );

    /** Those who stay, in the order of the team. */
    async function ranked(candidates: readonly number[], replies: readonly Words[]): Promise<number[]> {
      const names = candidates.map((self) => task.agentNames[self]);
      const brief = `Rank the answers. Name the ${keep} of ${names.join(', ')} whose answers are best, and nobody else.`;
      const notes: Note[] = [...drawing.shuffle(replies), { kind: 'brief', text: brief }];
      const drawn = drawing.shuffle(candidates).slice(0, keep);
      const named = agentsNamed(await say(members[ranker], messageTokens, notes), names);
      const chosen = named.length === keep ? named.map((k) => candidates[k]) : drawn;
      return chosen.sort((a, b) => a - b);
    }
  },
});
