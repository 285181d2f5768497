import { z } from 'zod';
import type { Simulation, Simulator, SimulatorDefinition } from '../contracts/index.ts';
import type { RandomStream } from '../core/index.ts';
import { environmentOf } from './parts/environment.ts';
import { maxAgents, teamNames } from './parts/names.ts';

/**
 * Lever pulling: agents drawn from a large pool pull one lever each, and are paid for pulling different ones.
 *
 * Each agent sees its own id only, so without communication they cannot spread out. Ids are drawn uniformly
 * with replacement. With m agents and m levers the reward is (distinct levers pulled - 1) / (m - 1), in [0, 1].
 *
 * Sukhbaatar et al. 2016, arXiv 1605.07736; there the reward is distinct / m.
 */
export const leverPullingOptions = z.strictObject({
  agents: z.int().min(2).max(maxAgents).default(5).describe('Size of the team, and number of levers.'),
  ids: z.int().min(2).max(2000).default(500).describe('Size of the pool of agents.'),
});
export type LeverPullingOptions = z.output<typeof leverPullingOptions>;

export type LeverPullingInstance = {
  /** The id of each agent, from 0. */
  readonly ids: readonly number[];
};

export const leverPulling: SimulatorDefinition<LeverPullingOptions> = {
  id: 'lever-pulling',
  title: 'Lever pulling: spread out by talking',
  type: 'dense',
  revision: 1,
  source: 'Sukhbaatar et al. 2016, arXiv 1605.07736',
  optionsSchema: leverPullingOptions,
  create: (options): Simulator<LeverPullingInstance> => {
    const names = teamNames(options.agents);
    const actions = names.map((_, lever) => `pull ${lever + 1}`);
    return {
      agentNames: names,
      horizon: 1,
      actions,
      featureLength: options.ids,
      stateLength: options.agents,
      terminalReward: true,
      rules:
        `The team is ${names.join(', ')}, drawn from ${options.ids} people. Everybody pulls one of ` +
        `${options.agents} levers at once. The more different levers are pulled, the better.`,
      generate: (stream) => generate(options, stream),
      start: (instance) => environment(options, actions, instance),
      oracle: () => 1,
      randomReturn: () => (expectedDistinct(options.agents) - 1) / (options.agents - 1),
    };
  },
};

function generate({ agents, ids }: LeverPullingOptions, stream: RandomStream): LeverPullingInstance {
  return { ids: Array.from({ length: agents }, () => stream.integer(0, ids - 1)) };
}

/** m levers, m independent uniform pulls: each lever is missed with probability (1 - 1/m)^m. */
function expectedDistinct(m: number): number {
  return m * (1 - (1 - 1 / m) ** m);
}

function environment(
  options: LeverPullingOptions,
  actions: readonly string[],
  instance: LeverPullingInstance,
): Simulation {
  const levers = actions.map((_, lever) => lever);
  return environmentOf<number>(
    {
      time: (time) => time,
      done: (time) => time >= 1,
      availableActions: () => levers,
      observe: (_, agent) => `You are number ${instance.ids[agent] + 1}.`,
      features: (_, agent, out, offset) => {
        out.fill(0, offset, offset + options.ids);
        out[offset + instance.ids[agent]] = 1;
      },
      stateVector: (_, out, offset) => {
        instance.ids.forEach((id, agent) => (out[offset + agent] = id / options.ids));
      },
      step: (time, joint) => ({
        state: time + 1,
        reward: (new Set(joint).size - 1) / (options.agents - 1),
      }),
    },
    0,
    options.agents,
    actions,
  );
}
