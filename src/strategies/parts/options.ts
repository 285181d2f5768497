import { z } from 'zod';
import type { StrategyPart, TrainingPlan } from '../../contracts/index.ts';

/** The options that every trained strategy has, with the strategy's own defaults. */
export function trainingOptions(defaults: {
  updates: number;
  newSteps: number;
  batchSteps: number;
  learningRate: number;
  explorationStart: number;
  explorationEnd: number;
  gamma: number;
  lambda: number;
  hidden: number;
  agentIds: boolean;
}) {
  const share = z.number().min(0).max(1);
  const count = z.int().min(1);
  return {
    updates: count.default(defaults.updates).describe('Updates of a training: its budget.'),
    newSteps: count
      .default(defaults.newSteps)
      .describe('Steps played before each update, in whole episodes.'),
    batchSteps: count
      .default(defaults.batchSteps)
      .describe('Steps of an update, in whole episodes, where a strategy learns from replay.'),
    replayEpisodes: count.default(2000).describe('Episodes that the replay memory holds.'),
    learningRate: z.number().positive().default(defaults.learningRate).describe('Step size of Adam.'),
    finalLearningRate: share.default(0.05).describe('Share of the step size left at the end.'),
    exploration: z
      .enum(['decaying', 'uniform'])
      .default('decaying')
      .describe('"uniform" plays at random throughout; "decaying" follows the three options below.'),
    explorationStart: share
      .default(defaults.explorationStart)
      .describe('Probability of a random action at first.'),
    explorationEnd: share
      .default(defaults.explorationEnd)
      .describe('Probability of a random action in the end.'),
    explorationOver: share.default(0.3).describe('Share of the updates over which it falls.'),
    standardizeRewards: z.boolean().default(true).describe('Divide rewards by their running spread.'),
    gamma: z.number().min(0).max(1).default(defaults.gamma).describe('Discount per step.'),
    lambda: share.default(defaults.lambda).describe('Weight of longer returns in a target.'),
    hidden: count.default(defaults.hidden).describe('Width of the hidden layers.'),
    clipNorm: z.number().positive().default(10).describe('Longest gradient.'),
    agentIds: z
      .boolean()
      .default(defaults.agentIds)
      .describe('Tell the shared network which agent it acts for.'),
  };
}

export const layersOption = z.int().min(1).max(4).default(1).describe('Hidden layers of the shared network.');
export const targetOption = z
  .int()
  .min(1)
  .default(100)
  .describe('Updates between copies into the target network.');

export type PlanOptions = Omit<TrainingPlan, 'exploration' | 'shaping'> & {
  readonly gamma: number;
  readonly exploration: 'decaying' | 'uniform';
  readonly explorationStart: number;
  readonly explorationEnd: number;
  readonly explorationOver: number;
};

/** The plan that the options describe; shaped with their discount unless that part is taken away. */
export function planOf(options: PlanOptions, without: readonly StrategyPart[] = []): TrainingPlan {
  const { updates, newSteps, batchSteps, replayEpisodes, learningRate } = options;
  const { finalLearningRate, standardizeRewards } = options;
  return {
    updates,
    newSteps,
    batchSteps,
    replayEpisodes,
    learningRate,
    finalLearningRate,
    standardizeRewards,
    ...(!without.includes('shaping') && { shaping: { gamma: options.gamma } }),
    exploration:
      options.exploration === 'uniform'
        ? { start: 1, end: 1, over: 1 }
        : {
            start: options.explorationStart,
            end: options.explorationEnd,
            over: options.explorationOver,
          },
  };
}
