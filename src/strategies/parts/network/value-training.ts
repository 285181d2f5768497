import type { z } from 'zod';
import type {
  JsonObject,
  Learner,
  StrategyPart,
  TeamShape,
  TrainableStrategy,
} from '../../../contracts/index.ts';
import type { RandomStream } from '../../../core/index.ts';
import {
  discountOf,
  layersOption,
  planOf,
  type PlanOptions,
  replayOptions,
  targetOption,
  trainingOptions,
} from './options.ts';
import { ownUtilities } from './own-utilities.ts';
import { utilityNetwork } from './utility-network.ts';
import { type Decomposition, valueLearner, type ValueOptions } from './value-learner.ts';

/** The discount of the value decompositions where rewards come along the way. */
const usualGamma = 0.9;

/** One schedule for all value decompositions: what is compared is the decomposition alone. */
export const valueTrainingOptions = {
  ...trainingOptions({
    updates: 1200,
    newSteps: 48,
    learningRate: 0.01,
    explorationStart: 0.6,
    explorationEnd: 0.05,
    gamma: usualGamma,
    lambda: 0.5,
    hidden: 64,
    agentIds: true,
  }),
  ...replayOptions,
  layers: layersOption,
  targetEvery: targetOption,
};

/**
 * The training of utilities through a decomposition, from own play and from episodes that others have played.
 * Without `credit` what remains is `ownUtilities`.
 */
export function valueTraining<
  Options extends JsonObject & Omit<ValueOptions, 'gamma'> & PlanOptions & { readonly gamma?: number },
>(
  trainingSchema: z.ZodType<Options>,
  decompositionOf: (shape: TeamShape, options: Options) => Decomposition,
): Omit<TrainableStrategy<Options>, 'id' | 'identity'> {
  const learner = (
    options: Options,
    shape: TeamShape,
    without: readonly StrategyPart[],
    stream: RandomStream,
    conservatism?: number,
  ): Learner => {
    const decomposition = without.includes('credit') ? ownUtilities : decompositionOf(shape, options);
    const gamma = discountOf(options, shape, usualGamma);
    // Of random joint actions few are greedy, and what those few earn is not what a decomposition that cannot represent
    // it says: one step is all that a target can look ahead and still be the value of the learner's own policy.
    const lambda = options.exploration === 'uniform' ? 0 : options.lambda;
    return valueLearner(shape, { ...options, gamma, lambda, conservatism }, decomposition, stream);
  };
  return {
    revision: 2,
    trainingSchema,
    learner,
    offlineLearner: learner,
    plan: (options, shape, without) => planOf(options, discountOf(options, shape, usualGamma), without),
    network: utilityNetwork,
  };
}
