import { z } from 'zod';
import type { TrainableStrategy } from '../contracts/index.ts';
import { mixedCredit } from './parts/network/mixed-credit.ts';
import { feedbackOption, trainedStrategy } from './parts/network/trained-strategy.ts';
import type { Decomposition } from './parts/network/value-learner.ts';
import { valueTraining, valueTrainingOptions } from './parts/network/value-training.ts';
import { otherThan, variantId } from './parts/network/variants.ts';

/** Q_tot = sum over agents of Q_i. Sunehag et al. 2017, arXiv 1706.05296. */
export const sumOfUtilities: Decomposition = {
  addWeights: () => {},
  combine: (_, chosen, states) => {
    states.dispose();
    return chosen.sum(-1, { keepdims: true });
  },
  jointValue: () => (chosen) => chosen.reduce((sum, q) => sum + q, 0),
};

export const vdnTraining = z.strictObject(valueTrainingOptions);

/**
 * Value decomposition networks: utilities that add up to the joint value are trained through their sum.
 *
 *   loss = mean over steps of (sum_i Q_i(o_i, a_i) - y)^2
 *
 * Sunehag et al. 2017, arXiv 1706.05296. Deviates: feed-forward networks, lambda-returns.
 */
export const vdnLearning: TrainableStrategy<z.output<typeof vdnTraining>> = {
  id: 'vdn',
  ...valueTraining(vdnTraining, () => sumOfUtilities),
  central: {
    stored: false,
    credit: (_, shape, network, weights) => mixedCredit(shape, sumOfUtilities, network, weights),
  },
  identity: (options, without) =>
    without.includes('credit')
      ? { id: variantId('independent', otherThan('credit', without)), options }
      : { id: variantId('vdn', without), options },
};

export const vdn = trainedStrategy(
  { id: 'vdn', title: 'VDN: value decomposition networks', revision: 1, parts: ['credit', 'shaping'] },
  vdnTraining.extend(feedbackOption),
  vdnLearning,
  { broadcasts: false, hasCredit: true },
);
