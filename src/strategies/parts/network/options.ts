import { z } from 'zod';
import type { StrategyPart, TeamShape, TrainingPlan } from '../../../contracts/index.ts';

interface Defaults {
  updates: number;
  newSteps: number;
  learningRate: number;
  explorationStart: number;
  explorationEnd: number;
  gamma: number;
  lambda: number;
  hidden: number;
  agentIds: boolean;
}

const share = z.number().min(0).max(1);
const count = z.int().min(1);

/** The options that every trained strategy has, with the strategy's own defaults. */
export function trainingOptions(defaults: Defaults) {
  return {
    updates: count.default(defaults.updates).describe('Updates of a training: its budget.'),
    newSteps: count
      .default(defaults.newSteps)
      .describe('Steps played before each update, in whole episodes.'),
    learningRate: z.number().positive().default(defaults.learningRate).describe('Step size of Adam.'),
    finalLearningRate: share.default(0.05).describe('Share of the step size left at the end.'),
    explorationStart: share
      .default(defaults.explorationStart)
      .describe('Probability of a random action at first.'),
    explorationEnd: share
      .default(defaults.explorationEnd)
      .describe('Probability of a random action in the end.'),
    explorationOver: share.default(0.3).describe('Share of the updates over which it falls.'),
    standardizeRewards: z.boolean().default(true).describe('Divide rewards by their running spread.'),
    gamma: share
      .optional()
      .describe(
        'Discount per step. When absent, 1 where a task pays at the end alone, else what stands here.',
      )
      .meta({ usual: defaults.gamma }),
    lambda: share.default(defaults.lambda).describe('Weight of longer returns in a target.'),
    hidden: count.default(defaults.hidden).describe('Width of the hidden layers.'),
    clipNorm: z.number().positive().default(10).describe('Longest gradient.'),
    agentIds: z
      .boolean()
      .default(defaults.agentIds)
      .describe('Tell the shared network which agent it acts for.'),
  };
}

/** What learners from replay have besides. */
export const replayOptions = {
  batchSteps: count.default(96).describe('Steps of an update, in whole episodes.'),
  replayEpisodes: count.default(2000).describe('Episodes that the replay memory holds.'),
  exploration: z
    .enum(['decaying', 'uniform'])
    .default('decaying')
    .describe(
      '"uniform" plays at random throughout, every joint action of a situation equally often; "decaying" follows ' +
        'the options explorationStart, explorationEnd and explorationOver. Targets look one step ahead under "uniform".',
    ),
};

export const layersOption = z.int().min(1).max(4).default(1).describe('Hidden layers of the shared network.');
export const targetOption = z
  .int()
  .min(1)
  .default(100)
  .describe('Updates between copies into the target network.');

/** The discount that was asked for; else none where the task pays at the end alone, and `usual` elsewhere. */
export function discountOf(
  { gamma }: { readonly gamma?: number },
  { terminalReward }: TeamShape,
  usual: number,
): number {
  return gamma ?? (terminalReward ? 1 : usual);
}

export type PlanOptions = Pick<
  TrainingPlan,
  'updates' | 'newSteps' | 'learningRate' | 'finalLearningRate' | 'standardizeRewards'
> & {
  readonly explorationStart: number;
  readonly explorationEnd: number;
  readonly explorationOver: number;
  /** Learners from replay have these. */
  readonly batchSteps?: number;
  readonly replayEpisodes?: number;
  readonly exploration?: 'decaying' | 'uniform';
};

/** The plan that the options describe; shaped with the learner's discount unless that part is taken away. */
export function planOf(
  options: PlanOptions,
  gamma: number,
  without: readonly StrategyPart[] = [],
): TrainingPlan {
  const { updates, newSteps, learningRate, finalLearningRate, standardizeRewards } = options;
  const { batchSteps = newSteps, replayEpisodes = 1 } = options;
  return {
    updates,
    newSteps,
    batchSteps,
    replayEpisodes,
    learningRate,
    finalLearningRate,
    standardizeRewards,
    ...(!without.includes('shaping') && { shaping: { gamma } }),
    exploration:
      options.exploration === 'uniform'
        ? 'uniform'
        : {
            start: options.explorationStart,
            end: options.explorationEnd,
            over: options.explorationOver,
          },
  };
}
