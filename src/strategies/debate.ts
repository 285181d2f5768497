import { z } from 'zod';
import type { Action } from '../contracts/index.ts';
import { act } from './parts/protocol/act.ts';
import {
  agreed,
  answersOf,
  audible,
  choosesAmong,
  contribute,
  decides,
  settle,
  type Words,
} from './parts/protocol/contribution.ts';
import { talkOptions } from './parts/protocol/seats.ts';
import { teamStrategy } from './parts/protocol/team-strategy.ts';
import { topologyOptions } from './parts/protocol/topology.ts';

export const debateOptions = z.strictObject({
  rounds: z.int().min(1).max(20).default(2).describe('The most rounds, the first one, alone, counted.'),
  stop: z
    .enum(['agreement', 'never'])
    .default('agreement')
    .describe(
      'agreement: the debate ends with a round in which all gave the same answer, or nobody changed its own; never: all ' +
        'rounds are held, and nobody is asked for a choice before their end.',
    ),
  ...talkOptions,
  ...topologyOptions(),
});

/**
 * Everybody answers alone; then, in rounds, each reads what the others said and may change its mind. Du et al. 2023,
 * arXiv 2305.14325. Where agents choose, each says something and then, having heard the round, gives its answer; where
 * they write, the texts are the debate. The last answers are the action.
 *
 * Questions in a step of N agents of which c choose among several actions: r (N + c) for r rounds held, r at most
 * `rounds`; N * rounds + c with `stop: never`.
 *
 * Deviates: the authors hold all rounds and take a vote in the end; here each agent acts on its own last answer, and
 * the debate ends early. A reason and the choice after it are two questions, so that every model, whether it chooses
 * in words or by exact probabilities, is asked alike; theirs are one.
 */
export const debate = teamStrategy({
  id: 'debate',
  title: 'Debate: rounds in which each reads the others and may change its mind',
  revision: 1,
  optionsSchema: debateOptions,
  decide: async ({ members, affords, hears, task, options: { rounds, stop, messageTokens } }) => {
    const roundCost = members.length + members.filter(choosesAmong).length;
    const said: Words[] = [];
    let own: readonly Words[] = [];
    const heard = (self: number) => audible(said, self, hears);
    const answer = () =>
      Promise.all(
        members.map((member, self) =>
          own.length > 0 ? settle(member, own[self], heard(self)) : act(member),
        ),
      );
    let answers: readonly Action[] | undefined;
    for (let round = 1; round <= rounds && affords(roundCost); round++) {
      const turns = members.map((member, self) =>
        contribute(member, self, round, messageTokens, heard(self)),
      );
      own = await Promise.all(turns);
      said.push(...own);
      if (stop === 'never') continue;
      const before = answers;
      answers = await answer();
      const unchanged = before && members.every((member, k) => !decides(member) || answers![k] === before[k]);
      if (unchanged || agreed(answersOf(members, answers, own, task.actions))) break;
    }
    return answers ?? answer();
  },
});
