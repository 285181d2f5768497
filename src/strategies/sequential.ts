import { z } from 'zod';
import type { Action, Note } from '../contracts/index.ts';
import { act, say } from './parts/protocol/act.ts';
import { decides, doneBy } from './parts/protocol/contribution.ts';
import { talkOptions } from './parts/protocol/seats.ts';
import { teamStrategy } from './parts/protocol/team-strategy.ts';
import { topologyOptions } from './parts/protocol/topology.ts';

export const sequentialOptions = z.strictObject({ ...talkOptions, ...topologyOptions() });

/**
 * One after another in the order of the team: each reads what was done before it, then acts. The pipeline that MAGRPO
 * (arXiv 2508.04652) is compared with.
 *
 * Questions in a step: one to each agent that has something to decide, one to each that only talks and has a later one
 * to hear it. It says at its turn what it knows. With `topology: chain` each reads the agent before it alone.
 *
 * Deviates: the paper's pipeline has two agents that write. Here any number may, and choices are told as plans.
 */
export const sequential = teamStrategy({
  id: 'sequential',
  title: 'One after another: each reads what was done before it',
  revision: 1,
  optionsSchema: sequentialOptions,
  // Where everybody chooses nobody speaks, and models that only choose can do that.
  asks: (_, task) => (task.simulator ? ['choice'] : ['choice', 'text']),
  decide: async ({ members, hears, options: { messageTokens } }) => {
    const done: Note[] = [];
    const actions: Action[] = [];
    const isHeard = (self: number) =>
      members.some((member, k) => k > self && decides(member) && hears[k].includes(self));
    for (const [self, member] of members.entries()) {
      const heard = done.filter((note) => 'from' in note && hears[self].includes(note.from));
      actions.push(await act(member, heard));
      if (member.offer.kind !== 'none') done.push(...doneBy(member, self, 1, actions[self]));
      else if (isHeard(self))
        done.push({
          ...{ kind: 'words', from: self, round: 1 },
          text: await say(member, messageTokens, heard),
        });
    }
    return actions;
  },
});
