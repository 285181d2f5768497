import type { z } from 'zod';
import type {
  JsonObject,
  Learner,
  StrategyPart,
  TeamShape,
  TrainableStrategy,
} from '../../contracts/index.ts';
import type { RandomStream } from '../../core/index.ts';
import { layersOption, planOf, type PlanOptions, targetOption, trainingOptions } from './options.ts';
import { separateUtilities } from './separate.ts';
import { utilityNetwork } from './utility-network.ts';
import { type Decomposition, valueLearner, type ValueOptions } from './value-learner.ts';

/** One schedule for all value decompositions: what is compared is the decomposition alone. */
export const valueTrainingOptions = {
  ...trainingOptions({
    updates: 1200,
    newSteps: 48,
    batchSteps: 96,
    learningRate: 0.01,
    explorationStart: 0.6,
    explorationEnd: 0.05,
    gamma: 0.9,
    lambda: 0.3,
    hidden: 64,
    agentIds: true,
  }),
  layers: layersOption,
  targetEvery: targetOption,
};

/**
 * The training of utilities through a decomposition, from own play and from episodes that others have played.
 * Without `credit` what remains is `separateUtilities`.
 */
export function valueTraining<Options extends JsonObject & ValueOptions & PlanOptions>(
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
    const decomposition = without.includes('credit') ? separateUtilities : decompositionOf(shape, options);
    return valueLearner(shape, { ...options, conservatism }, decomposition, stream);
  };
  return { trainingSchema, learner, offlineLearner: learner, plan: planOf, network: utilityNetwork };
}
