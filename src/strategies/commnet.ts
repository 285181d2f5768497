import { z } from 'zod';
import type { ExecutionNetwork, Learner, TeamShape, TrainableStrategy } from '../contracts/index.ts';
import type { RandomStream } from '../core/index.ts';
import {
  addDense,
  dense,
  denseRow,
  lax,
  nn,
  np,
  type Params,
  type RowFunction,
  type Tensor,
  trainedNet,
  type Weights,
} from '../nn/index.ts';
import { batchTensors, type BatchTensors, lambdaReturns, maskedMean } from './parts/network/batch-tensors.ts';
import { executionWeights } from './parts/network/execution.ts';
import { agentInputs } from './parts/network/inputs.ts';
import { discountOf, planOf, trainingOptions } from './parts/network/options.ts';
import { entropy, flooredPolicy, logPolicy, standardized } from './parts/network/policy.ts';
import { returnMatrices } from './parts/network/returns.ts';
import { feedbackOption, trainedStrategy } from './parts/network/trained-strategy.ts';
import { variantId } from './parts/network/variants.ts';

export interface CommNetOptions {
  readonly hidden: number;
  /** Communication steps K. */
  readonly rounds: number;
  readonly gamma: number;
  readonly lambda: number;
  readonly entropyWeight: number;
  readonly valueWeight: number;
  readonly clipNorm: number;
  readonly agentIds: boolean;
  /** False is the ablation: the weights C_k are zero and stay so. */
  readonly messages: boolean;
  /** What is minimised: the policy gradient, or the cross-entropy of actions given as labels. */
  readonly objective: 'policy-gradient' | 'imitation';
}

type CommNetData = BatchTensors & { exploration: Tensor };

/**
 * A communicating policy. With x_i = skip(o_i) and h_i^0 = tanh(encoder(o_i)), K times
 *
 *   c_i = mean over j != i of h_j,   h_i <- tanh(x_i + F_k h_i + C_k c_i),
 *
 * then a softmax policy per agent, and a baseline that is the mean of the agents' value heads. Trained by the
 * policy gradient with lambda-returns:
 *
 *   loss = -mean over steps of A sum_i log pi_i + v (V - G)^2 - w H,  A = G - V, standardised per batch,
 *
 * pi_i being what is played: where training explores, the softmax with its floor of random actions.
 *
 * Sukhbaatar et al. 2016, arXiv 1605.07736. Deviates: lambda-returns and standardised advantages instead of
 * whole returns; an entropy bonus.
 */
export function commnetLearner(shape: TeamShape, options: CommNetOptions, stream: RandomStream): Learner {
  const { actions, horizon } = shape;
  const inputs = agentInputs(shape, options.agentIds);
  const initial = commnetWeights(inputs.length, actions, options, stream);
  const matrices = returnMatrices(horizon, options.gamma, options.lambda);
  const loss = options.objective === 'imitation' ? imitationLoss(shape) : gradientLoss(shape, options);
  const net = trainedNet<CommNetData>(initial, loss, { clipNorm: options.clipNorm });
  const network = commnetNetwork(shape, options.agentIds, net.weights);
  return {
    data: 'on-policy',
    network: {
      score: (features, scores) => {
        net.sync();
        network.score(features, scores);
      },
    },
    update: (batch, learningRate) =>
      net.update(
        {
          ...batchTensors(shape, batch, inputs, matrices),
          exploration: np.array(batch.exploration),
        },
        learningRate,
      ),
    executionWeights: () => executionWeights(net, 'agent.'),
    adopt: (adopted) => net.adopt(adopted),
    snapshot: () => net.snapshot(),
    restore: (snapshot) => net.restore(snapshot),
    dispose: () => net.dispose(),
  };
}

export function commnetWeights(
  inputs: number,
  actions: number,
  { hidden, rounds, messages }: CommNetOptions,
  stream: RandomStream,
): Weights {
  const weights: Weights = {};
  addDense(weights, 'agent.encoder', inputs, hidden, stream);
  addDense(weights, 'agent.skip', inputs, hidden, stream);
  for (let k = 0; k < rounds; k++) {
    addDense(weights, `agent.own.${k}`, hidden, hidden, stream, 0.7);
    if (messages) addDense(weights, `agent.heard.${k}`, hidden, hidden, stream, 0.7);
  }
  addDense(weights, 'agent.policy', hidden, actions, stream);
  addDense(weights, 'value', hidden, 1, stream, 0.1);
  return weights;
}

/**
 * The last hidden layer, [rows * agents, hidden]. Consumes x and the parameters it needs.
 * @param x inputs, [rows * agents, inputs], the agents of a row together
 */
export function commnetHidden(params: Params, x: Tensor, agents: number): Tensor {
  let h = np.tanh(dense(params, 'agent.encoder', x.ref));
  const skip = dense(params, 'agent.skip', x);
  const [count, hidden] = skip.shape;
  for (let k = 0; `agent.own.${k}.w` in params; k++) {
    let next = skip.ref.add(dense(params, `agent.own.${k}`, h.ref));
    if (`agent.heard.${k}.w` in params) {
      const byRow = h.reshape([count / agents, agents, hidden]);
      const heard = byRow.ref
        .sum(1, { keepdims: true })
        .sub(byRow)
        .div(agents - 1);
      next = next.add(dense(params, `agent.heard.${k}`, heard.reshape([count, hidden])));
    } else {
      h.dispose();
    }
    h = np.tanh(next);
  }
  skip.dispose();
  return h;
}

/** Consumes its arguments. */
function gradientLoss({ agents, actions }: TeamShape, options: CommNetOptions) {
  return (live: Params, data: CommNetData): Tensor => {
    const [rows] = data.mask.shape;
    const h = commnetHidden(live, data.inputs, agents);
    const value = dense(live, 'value', h.ref).reshape([rows, agents]).mean(-1, { keepdims: true });
    const log = logPolicy(dense(live, 'agent.policy', h), data.available.ref);
    const policy = flooredPolicy(np.exp(log.ref), data.available, data.exploration);
    const goal = lax.stopGradient(
      lambdaReturns(value.ref, data.rewards, data.mask.ref, data.fromRewards, data.fromValues),
    );
    const error = goal.sub(value);
    const advantage = lax.stopGradient(standardized(error.ref, data.mask.ref));
    const taken = nn.oneHot(data.actions, actions);
    const chosen = np.log(policy.mul(taken).sum(-1)).reshape([rows, agents]).sum(-1, { keepdims: true });
    const bonus = entropy(log).reshape([rows, agents]).mean(-1, { keepdims: true });
    const gain = chosen.mul(advantage).add(bonus.mul(options.entropyWeight));
    return maskedMean(np.square(error).mul(options.valueWeight).sub(gain), data.mask);
  };
}

/** The mean cross-entropy of the batch's actions as labels. Consumes its arguments. */
function imitationLoss({ agents, actions }: TeamShape) {
  return (live: Params, data: CommNetData): Tensor => {
    const [rows] = data.mask.shape;
    for (const unused of [data.rewards, data.fromRewards, data.fromValues, data.exploration])
      unused.dispose();
    for (const unused of [live['value.w'], live['value.b']]) unused.dispose();
    const h = commnetHidden(live, data.inputs, agents);
    const log = logPolicy(dense(live, 'agent.policy', h), data.available);
    const chosen = log.mul(nn.oneHot(data.actions, actions)).sum(-1).reshape([rows, agents]);
    return maskedMean(chosen, data.mask).mul(-1 / agents);
  };
}

/** Acts from weights in plain arrays. */
function commnetNetwork(shape: TeamShape, agentIds: boolean, weights: Weights): ExecutionNetwork {
  const inputs = agentInputs(shape, agentIds);
  const forward = commnetRow(weights, shape.agents);
  const acting = new Float32Array(shape.agents * inputs.length);
  return {
    score: (features, scores) => {
      inputs.write(features, acting);
      forward(acting, scores);
    },
  };
}

/** The same policy for one row of agents, in plain arrays: inputs [agents, inputs] to logits [agents, actions]. */
export function commnetRow(weights: Weights, agents: number) {
  const inputs = weights['agent.encoder.w'].shape[0];
  const hidden = weights['agent.encoder.b'].data.length;
  const actions = weights['agent.policy.b'].data.length;
  const encoder = denseRow(weights, 'agent.encoder');
  const skip = denseRow(weights, 'agent.skip');
  const policy = denseRow(weights, 'agent.policy');
  const own: RowFunction[] = [];
  const heard: (RowFunction | undefined)[] = [];
  for (let k = 0; `agent.own.${k}.w` in weights; k++) {
    own.push(denseRow(weights, `agent.own.${k}`));
    heard.push(`agent.heard.${k}.w` in weights ? denseRow(weights, `agent.heard.${k}`) : undefined);
  }
  let h = new Float32Array(agents * hidden);
  let next = new Float32Array(agents * hidden);
  const x = new Float32Array(agents * hidden);
  const mean = new Float32Array(hidden);
  const message = new Float32Array(hidden);
  return (features: Float32Array, logits: Float32Array): void => {
    for (let i = 0; i < agents; i++) {
      encoder(features, i * inputs, h, i * hidden);
      skip(features, i * inputs, x, i * hidden);
    }
    for (let q = 0; q < h.length; q++) h[q] = Math.tanh(h[q]);
    for (let k = 0; k < own.length; k++) {
      for (let i = 0; i < agents; i++) {
        own[k](h, i * hidden, next, i * hidden);
        const listen = heard[k];
        if (!listen) continue;
        mean.fill(0);
        for (let j = 0; j < agents; j++) {
          if (j === i) continue;
          for (let q = 0; q < hidden; q++) mean[q] += h[j * hidden + q] / (agents - 1);
        }
        listen(mean, 0, message, 0);
        for (let q = 0; q < hidden; q++) next[i * hidden + q] += message[q];
      }
      for (let q = 0; q < next.length; q++) next[q] = Math.tanh(next[q] + x[q]);
      [h, next] = [next, h];
    }
    for (let i = 0; i < agents; i++) policy(h, i * hidden, logits, i * actions);
  };
}

/** The discount where rewards come along the way. */
const usualGamma = 0.85;

export const commnetTraining = z.strictObject({
  ...trainingOptions({
    updates: 900,
    newSteps: 96,
    learningRate: 0.01,
    explorationStart: 0,
    explorationEnd: 0,
    gamma: usualGamma,
    lambda: 0.6,
    hidden: 32,
    agentIds: false,
  }),
  rounds: z.int().min(1).max(4).default(1).describe('Communication steps before acting.'),
  entropyWeight: z.number().min(0).default(0.03).describe('Weight of the entropy bonus, reward spreads.'),
  valueWeight: z.number().positive().default(0.5).describe("Weight of the baseline's error."),
});

/** CommNet's training half; without `messages` the communication weights are zero and stay so. */
export const commnetLearning: TrainableStrategy<z.output<typeof commnetTraining>> = {
  id: 'commnet',
  revision: 2,
  trainingSchema: commnetTraining,
  learner: (options, shape, without, stream) =>
    commnetLearner(
      shape,
      {
        ...options,
        gamma: discountOf(options, shape, usualGamma),
        messages: !without.includes('messages'),
        objective: 'policy-gradient',
      },
      stream,
    ),
  plan: (options, shape, without) => planOf(options, discountOf(options, shape, usualGamma), without),
  network: (options, shape, weights) => commnetNetwork(shape, options.agentIds, weights),
  identity: (options, without) => ({ id: variantId('commnet', without), options }),
};

export const commnet = trainedStrategy(
  {
    id: 'commnet',
    title: 'CommNet: a policy that communicates',
    revision: 1,
    parts: ['messages', 'shaping'],
  },
  commnetTraining.extend(feedbackOption),
  commnetLearning,
  { broadcasts: true, hasCredit: false },
);
