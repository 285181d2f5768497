import { z } from 'zod';
import type { TrainableStrategy } from '../contracts/index.ts';
import { ownUtilities } from './parts/network/own-utilities.ts';
import { feedbackOption, trainedStrategy } from './parts/network/trained-strategy.ts';
import { valueTraining, valueTrainingOptions } from './parts/network/value-training.ts';
import { variantId } from './parts/network/variants.ts';

export const independentTraining = z.strictObject(valueTrainingOptions);

/**
 * Independent Q-learning: every agent's utility is trained towards the team's return as if it acted alone.
 *
 *   loss = mean over steps of sum_i (Q_i(o_i, a_i) - y_i)^2
 *
 * The inputs, updates and schedule of the value decompositions without their decomposition. Tan 1993, "Multi-agent
 * reinforcement learning: independent vs. cooperative agents". Deviates: one network for all agents.
 */
export const independentLearning: TrainableStrategy<z.output<typeof independentTraining>> = {
  id: 'independent',
  ...valueTraining(independentTraining, () => ownUtilities),
  identity: (options, without) => ({ id: variantId('independent', without), options }),
};

export const independent = trainedStrategy(
  {
    id: 'independent',
    title: 'Independent Q-learning: learned advice without coordination',
    revision: 1,
    parts: ['shaping'],
    baseline: true,
  },
  independentTraining.extend(feedbackOption),
  independentLearning,
  { broadcasts: false, hasCredit: false },
);
