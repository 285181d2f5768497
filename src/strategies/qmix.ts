import { z } from 'zod';
import type { TeamShape, TrainableStrategy } from '../contracts/index.ts';
import { addDense, addMlp, dense, mlp, mlpRow, denseRow, nn, np, type Weights } from '../nn/index.ts';
import { paddedLength, paddedRows } from './parts/network/inputs.ts';
import { mixedCredit } from './parts/network/mixed-credit.ts';
import { feedbackOption, trainedStrategy } from './parts/network/trained-strategy.ts';
import type { Decomposition } from './parts/network/value-learner.ts';
import { valueTraining, valueTrainingOptions } from './parts/network/value-training.ts';
import { otherThan, variantId } from './parts/network/variants.ts';

export interface MixerOptions {
  /** Width E of the mixing layer. */
  readonly embed: number;
  /** Width of the hypernetworks' hidden layer. */
  readonly hyperHidden: number;
}

/**
 * Monotonic mixing of utilities, with q = (Q_1..Q_n):
 *
 *   Q_tot = ELU(q W1 + b1) W2 + V(s),
 *   W1 = |hyper_1(s)| [n, E],  b1 = linear(s),  W2 = |hyper_2(s)| [E, 1],  V(s) = linear, ReLU, linear.
 *
 * The absolute values give dQ_tot/dQ_i >= 0. Rashid et al. 2018, arXiv 1803.11485.
 */
export function monotonicMixing({ agents }: TeamShape, { embed, hyperHidden }: MixerOptions): Decomposition {
  return {
    addWeights: (weights, shape, stream) => {
      const stateLength = paddedLength(shape.stateLength);
      addMlp(weights, 'mixer.w1', [stateLength, hyperHidden, agents * embed], stream);
      addDense(weights, 'mixer.b1', stateLength, embed, stream);
      addMlp(weights, 'mixer.w2', [stateLength, hyperHidden, embed], stream);
      addMlp(weights, 'mixer.v', [stateLength, embed, 1], stream);
    },
    combine: (params, chosen, states) => {
      const [rows] = chosen.shape;
      const w1 = np.abs(mlp(params, 'mixer.w1', states.ref)).reshape([rows, agents, embed]);
      const b1 = dense(params, 'mixer.b1', states.ref);
      const mixed = np.matmul(chosen.reshape([rows, 1, agents]), w1).reshape([rows, embed]);
      const hidden = nn.elu(mixed.add(b1));
      const w2 = np.abs(mlp(params, 'mixer.w2', states.ref));
      const value = mlp(params, 'mixer.v', states);
      return hidden.mul(w2).sum(-1, { keepdims: true }).add(value);
    },
    jointValue: (weights) => plainMixing(weights, agents, embed),
  };
}

function plainMixing(weights: Weights, agents: number, embed: number) {
  const w1Of = mlpRow(weights, 'mixer.w1');
  const b1Of = denseRow(weights, 'mixer.b1');
  const w2Of = mlpRow(weights, 'mixer.w2');
  const valueOf = mlpRow(weights, 'mixer.v');
  const w1 = new Float32Array(agents * embed);
  const b1 = new Float32Array(embed);
  const w2 = new Float32Array(embed);
  const value = new Float32Array(1);
  return (chosen: Float32Array, rawState: Float32Array): number => {
    const state = paddedRows(rawState, rawState.length);
    w1Of(state, 0, w1, 0);
    b1Of(state, 0, b1, 0);
    w2Of(state, 0, w2, 0);
    valueOf(state, 0, value, 0);
    let total = value[0];
    for (let e = 0; e < embed; e++) {
      let x = b1[e];
      for (let i = 0; i < agents; i++) x += chosen[i] * Math.abs(w1[i * embed + e]);
      total += (x > 0 ? x : Math.expm1(x)) * Math.abs(w2[e]);
    }
    return total;
  };
}

export const qmixTraining = z.strictObject({
  ...valueTrainingOptions,
  embed: z.int().min(1).default(16).describe('Width of the mixing layer.'),
  hyperHidden: z.int().min(1).default(32).describe("Width of the hypernetworks' hidden layer."),
});

/**
 * QMIX: utilities are trained through a mixing of them that is monotonic in each and depends on the state.
 *
 *   loss = mean over steps of (Q_tot(Q_1..Q_n, s) - y)^2
 *
 * Rashid et al. 2018, arXiv 1803.11485. Deviates: feed-forward networks, lambda-returns, Adam.
 */
export const qmixLearning: TrainableStrategy<z.output<typeof qmixTraining>> = {
  id: 'qmix',
  ...valueTraining(qmixTraining, monotonicMixing),
  central: {
    stored: true,
    credit: (options, shape, network, weights) =>
      mixedCredit(shape, monotonicMixing(shape, options), network, weights),
  },
  identity: (options, without) => {
    if (!without.includes('credit')) return { id: variantId('qmix', without), options };
    const { embed: _, hyperHidden: __, ...rest } = options;
    return { id: variantId('independent', otherThan('credit', without)), options: rest };
  },
};

export const qmix = trainedStrategy(
  { id: 'qmix', title: 'QMIX: monotonic mixing of utilities', revision: 1, parts: ['credit', 'shaping'] },
  qmixTraining.extend(feedbackOption),
  qmixLearning,
  { broadcasts: false, hasCredit: true },
);
