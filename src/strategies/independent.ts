import { z } from 'zod';
import type { TrainableStrategy } from '../contracts/index.ts';
import { layersOption, planOf, targetOption, trainingOptions } from './parts/options.ts';
import { separateUtilities } from './parts/separate.ts';
import { feedbackOption, trainedStrategy } from './parts/trained-strategy.ts';
import { utilityNetwork } from './parts/utility-network.ts';
import { valueLearner } from './parts/value-learner.ts';
import { variantId } from './parts/variants.ts';

export const independentTraining = z.strictObject({
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
});

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
  trainingSchema: independentTraining,
  learner: (options, shape, _, stream) => valueLearner(shape, options, separateUtilities, stream),
  offlineLearner: (options, shape, _, stream, conservatism) =>
    valueLearner(shape, { ...options, conservatism }, separateUtilities, stream),
  plan: planOf,
  network: utilityNetwork,
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
