import { z } from 'zod';
import {
  curricula,
  estimatorIds,
  groupings,
  rewardKinds,
  type StrategyDefinition,
  type TeamPlan,
} from '../contracts/index.ts';
import { act } from './parts/protocol/act.ts';
import { trainedTeam } from './parts/tuned-team.ts';

export const magrpoOptions = z.strictObject({
  models: z
    .array(z.string().min(1))
    .min(1)
    .default(['pocket-code-140k'])
    .describe('Models that are trained: one for all agents, or one for each.'),
  share: z.boolean().default(false).describe('One set of weights for all agents, which must be one model.'),
  estimator: z
    .enum(estimatorIds)
    .default('marloo')
    .describe('What each sample is measured against: see docs/methods/magrpo.md.'),
  grouping: z
    .enum(groupings)
    .default('aligned')
    .describe('Samples of one number act together, or every combination is tried and averaged.'),
  reward: z
    .enum(rewardKinds)
    .default('joint')
    .describe('What each agent is paid: what the team earns, or what the task pays for its own part alone.'),
  curriculum: z
    .enum(curricula)
    .default('none')
    .describe(
      'With `turns`, episodes have one turn first and then more, for an equal share of the updates each.',
    ),
  normalise: z
    .boolean()
    .default(false)
    .describe('Divide advantages by their spread in the group; it changes what is optimal.'),
  group: z
    .int()
    .min(2, 'A group of 1 has nothing to compare: take at least 2 samples')
    .max(64)
    .default(8)
    .describe('Samples of each agent and question, at least 2.'),
  problems: z.int().min(1).max(256).default(16).describe('Problems in an update.'),
  updates: z.int().min(1).max(100_000).default(60).describe('Steps of each optimiser.'),
  learningRate: z.number().positive().max(1).default(1e-3).describe('Of Adam, with clipped gradients.'),
  kl: z
    .number()
    .min(0)
    .max(10)
    .default(0)
    .describe('Weight of staying near the weights that training began with, per nat and token.'),
  evaluateEvery: z.int().min(1).default(10).describe('Updates between two evaluations.'),
  validation: z.int().min(8).max(10_000).default(64).describe('Problems of an evaluation.'),
  trainings: z
    .int()
    .min(1)
    .max(100)
    .default(1)
    .describe('Trainings of a study: a run with seed s plays the one with seed s mod this.'),
});
export type MagrpoOptions = z.output<typeof magrpoOptions>;

const planOf = ({ trainings: _, ...plan }: MagrpoOptions): TeamPlan => plan;

/**
 * Agents whose own weights were trained together to work blind: at play it asks as `concatenate` does, one question to
 * each, of models that `agentmesh train` has moved by policy gradients on the team's return (MAGRPO and its relatives,
 * Liu et al. 2025, arXiv 2508.04652; `docs/methods/magrpo.md`). Against `concatenate` its gain is training alone.
 *
 * What training cost is no part of what play costs.
 */
export const magrpo: StrategyDefinition<MagrpoOptions> = {
  id: 'magrpo',
  title: 'A trained team: blind agents whose weights learned to fit one another',
  revision: 1,
  parts: [],
  optionsSchema: magrpoOptions,
  tuning: { plan: planOf },
  create: async (options, { task, taskId, taskOptions, taskRevision = 1, seed }) => {
    const trainingSeed = seed % options.trainings;
    const players = trainedTeam({
      strategy: 'magrpo',
      plan: planOf(options),
      task,
      taskId,
      taskOptions,
      taskRevision,
      trainingSeed,
    });
    return {
      fingerprint: { weights: players.map(({ weights }) => weights) },
      asks: ['choice'],
      players,
      begin: () => ({ decide: ({ members }) => Promise.all(members.map((member) => act(member))) }),
    };
  },
};
