import { z } from 'zod';
import type { EpisodeBatch, Learner, TeamShape, TrainableStrategy } from '../contracts/index.ts';
import type { RandomStream } from '../core/index.ts';
import {
  addMlp,
  floats,
  lax,
  mlp,
  nn,
  np,
  type Params,
  type Tensor,
  trainedNet,
  underPrefix,
  vectorWeights,
  type Weights,
  withPrefix,
} from '../nn/index.ts';
import { lambdaReturns, maskedMean, matrixTensors } from './parts/batch-tensors.ts';
import { counterfactualCredit, criticInputs, criticLength } from './parts/critic.ts';
import { executionWeights } from './parts/execution.ts';
import { agentInputs, paddedLength, paddedRows } from './parts/inputs.ts';
import { layersOption, planOf, trainingOptions } from './parts/options.ts';
import { entropy, logPolicy, standardized } from './parts/policy.ts';
import { returnMatrices } from './parts/returns.ts';
import { feedbackOption, trainedStrategy } from './parts/trained-strategy.ts';
import { utilityNetwork } from './parts/utility-network.ts';
import { variantId } from './parts/variants.ts';

export interface ComaOptions {
  readonly hidden: number;
  readonly layers: number;
  readonly criticHidden: number;
  readonly gamma: number;
  readonly lambda: number;
  /** Critic updates before each update of the policy. */
  readonly criticUpdates: number;
  /** The critic's learning rate as a multiple of the policy's. */
  readonly criticRate: number;
  /** Critic updates between copies of the critic into its target network. */
  readonly targetEvery: number;
  readonly entropyWeight: number;
  readonly clipNorm: number;
  readonly agentIds: boolean;
  /** Divide advantages by their spread in the batch, after taking out their mean. */
  readonly standardizeAdvantages: boolean;
  /** `counterfactual` as published; `value` is the ablation: lambda-return minus V(s). */
  readonly baseline: 'counterfactual' | 'value';
}

/**
 * The counterfactual advantage of each agent's action: what the critic expects of the joint action, minus what it
 * expects when this agent alone draws its action from its policy and the others keep theirs:
 *
 *   A^a = Q(s, u) - sum over u' of pi^a(u') Q(s, (u^{-a}, u')).
 *
 * Foerster et al. 2018, arXiv 1705.08926. Consumes everything.
 *
 * @param q the critic's value of every own action, the others' fixed, [rows, actions]
 * @param policy probabilities, 0 for unavailable actions, [rows, actions]
 * @param taken one-hot, [rows, actions]
 * @returns [rows]
 */
export function counterfactualAdvantage(q: Tensor, policy: Tensor, taken: Tensor): Tensor {
  return q.ref.mul(taken).sum(-1).sub(policy.mul(q).sum(-1));
}

type CriticData = {
  /** [rows * agents, inputs], or [rows, stateLength] for the ablation */
  inputs: Tensor;
  taken: Tensor;
  rewards: Tensor;
  mask: Tensor;
  fromRewards: Tensor;
  fromValues: Tensor;
  target: Tensor;
};

type ActorData = {
  inputs: Tensor;
  available: Tensor;
  exploration: Tensor;
  /** What the critic is asked, and its parameters as one vector. */
  judged: CriticData;
};

/**
 * Counterfactual multi-agent policy gradients: a central critic Q judges every agent's own actions with the
 * others' fixed; each agent's policy follows its counterfactual advantage.
 *
 *   critic loss = mean (Q(s, u) - G_lambda)^2,  bootstrap from a target critic,
 *   policy loss = -mean A^a log pi^a(u^a) - w H(pi^a).
 *
 * Foerster et al. 2018, arXiv 1705.08926. Deviates: feed-forward actors; the critic is updated on whole batches
 * instead of step by step; advantages are standardised per batch; exploration by an entropy bonus besides the
 * floor on action probabilities that the training loop applies.
 */
export function comaLearner(shape: TeamShape, options: ComaOptions, stream: RandomStream): Learner {
  const { agents, actions, horizon, stateLength } = shape;
  const counterfactual = options.baseline === 'counterfactual';
  const inputs = agentInputs(shape, options.agentIds);
  const matrices = returnMatrices(horizon, options.gamma, options.lambda);
  const hiddenSizes = Array.from({ length: options.layers }, () => options.hidden);
  const actorWeights: Weights = {};
  addMlp(actorWeights, 'agent', [inputs.length, ...hiddenSizes, actions], stream, 0.1);
  const criticWeights: Weights = {};
  const criticInput = counterfactual ? criticLength(shape) : paddedLength(stateLength);
  const { criticHidden } = options;
  addMlp(
    criticWeights,
    'critic',
    [criticInput, criticHidden, criticHidden, counterfactual ? actions : 1],
    stream,
    0.3,
  );

  const { clipNorm } = options;
  const critic = trainedNet<CriticData>(
    criticWeights,
    counterfactual ? actionValueLoss(shape) : stateValueLoss,
    { clipNorm },
  );
  const actor = trainedNet<ActorData>(actorWeights, actorLoss(shape, options, critic.unpack), { clipNorm });
  let target = critic.vector();
  let criticUpdates = 0;

  const network = utilityNetwork(options, shape, actor.weights);
  const score = (features: Float32Array, scores: Float32Array) => {
    actor.sync();
    network.score(features, scores);
  };

  const update = (batch: EpisodeBatch, learningRate: number): number => {
    const { episodes, steps } = batch;
    const rows = episodes * steps;
    const criticRows = counterfactual
      ? criticInputs(shape, batch).data
      : paddedRows(batch.states, stateLength);
    const judged = (parameters: Tensor): CriticData => ({
      inputs: np.array(criticRows).reshape([criticRows.length / criticInput, criticInput]),
      taken: np.array(batch.actions),
      rewards: np.array(batch.rewards).reshape([episodes, steps]),
      mask: np.array(batch.mask).reshape([rows, 1]),
      ...matrixTensors(steps, matrices),
      target: parameters,
    });
    let loss = 0;
    for (let k = 0; k < options.criticUpdates; k++) {
      loss = critic.update(judged(target.ref), learningRate * options.criticRate);
      if (++criticUpdates % options.targetEvery === 0) {
        target.dispose();
        target = critic.vector();
      }
    }
    const rowInputs = new Float32Array(rows * agents * inputs.length);
    inputs.write(batch.features, rowInputs);
    const policyLoss = actor.update(
      {
        inputs: np.array(rowInputs).reshape([rows * agents, inputs.length]),
        available: np.array(batch.available).reshape([rows * agents, actions]),
        exploration: np.array(batch.exploration),
        judged: judged(critic.vector()),
      },
      learningRate,
    );
    return loss + policyLoss;
  };

  return {
    data: 'on-policy',
    network: { score },
    update,
    executionWeights: () => executionWeights(actor, 'agent.'),
    ...(counterfactual && { centralWeights: () => executionWeights(critic, 'critic.') }),
    adopt: (adopted) => actor.adopt(adopted),
    snapshot: () => ({
      ...underPrefix('actor.', actor.snapshot()),
      ...underPrefix('critic.', critic.snapshot()),
      target: vectorWeights(floats(target.ref)),
      criticUpdates: vectorWeights(Float32Array.of(criticUpdates)),
    }),
    restore: (snapshot) => {
      actor.restore(withPrefix(snapshot, 'actor.'));
      critic.restore(withPrefix(snapshot, 'critic.'));
      target.dispose();
      target = np.array(snapshot.target.data.slice());
      criticUpdates = snapshot.criticUpdates.data[0];
    },
    dispose: () => {
      actor.dispose();
      critic.dispose();
      target.dispose();
    },
  };
}

/** Consumes its arguments. */
function actionValueLoss({ agents, actions }: TeamShape) {
  return (live: Params, data: CriticData, unpack: (vector: Tensor) => Params): Tensor => {
    const [rows] = data.mask.shape;
    const taken = nn.oneHot(data.taken, actions);
    const valueOfTaken = (params: Params, inputs: Tensor) =>
      mlp(params, 'critic', inputs).mul(taken.ref).sum(-1).reshape([rows, agents]);
    const next = valueOfTaken(unpack(data.target), data.inputs.ref);
    const goal = lambdaReturns(next, data.rewards, data.mask.ref, data.fromRewards, data.fromValues);
    const error = valueOfTaken(live, data.inputs).sub(lax.stopGradient(goal));
    taken.dispose();
    return maskedMean(np.square(error), data.mask);
  };
}

/** Consumes its arguments. */
function stateValueLoss(live: Params, data: CriticData, unpack: (vector: Tensor) => Params): Tensor {
  data.taken.dispose();
  const next = mlp(unpack(data.target), 'critic', data.inputs.ref);
  const goal = lambdaReturns(next, data.rewards, data.mask.ref, data.fromRewards, data.fromValues);
  const error = mlp(live, 'critic', data.inputs).sub(lax.stopGradient(goal));
  return maskedMean(np.square(error), data.mask);
}

/** Consumes its arguments. */
function actorLoss(
  { agents, actions }: TeamShape,
  { baseline, entropyWeight, standardizeAdvantages }: ComaOptions,
  unpackCritic: (vector: Tensor) => Params,
) {
  return (live: Params, { inputs, available, exploration, judged }: ActorData): Tensor => {
    const { mask } = judged;
    const [rows] = mask.shape;
    const critic = unpackCritic(judged.target);
    const taken = nn.oneHot(judged.taken, actions);
    const log = logPolicy(mlp(live, 'agent', inputs), available.ref);
    const policy = flooredPolicy(np.exp(log.ref), available, exploration);
    let advantage: Tensor;
    if (baseline === 'counterfactual') {
      for (const unused of [judged.rewards, judged.fromRewards, judged.fromValues]) unused.dispose();
      const q = mlp(critic, 'critic', judged.inputs);
      advantage = counterfactualAdvantage(q, lax.stopGradient(policy.ref), taken.ref).reshape([rows, agents]);
    } else {
      const value = mlp(critic, 'critic', judged.inputs);
      const { rewards, fromRewards, fromValues } = judged;
      const goal = lambdaReturns(value.ref, rewards, mask.ref, fromRewards, fromValues);
      advantage = goal.sub(value).add(np.zeros([rows, agents]));
    }
    const weight = lax.stopGradient(standardizeAdvantages ? standardized(advantage, mask.ref) : advantage);
    const chosen = np.log(policy.mul(taken).sum(-1)).reshape([rows, agents]);
    const bonus = entropy(log).reshape([rows, agents]).mul(entropyWeight);
    return maskedMean(chosen.mul(weight).add(bonus), mask).mul(-1 / agents);
  };
}

/**
 * The policy that is played: (1 - epsilon) pi + epsilon / (number of available actions). Consumes its arguments.
 * @param policy [rows, actions] @param available [rows, actions] @param epsilon scalar
 */
function flooredPolicy(policy: Tensor, available: Tensor, epsilon: Tensor): Tensor {
  const uniform = available.ref.div(available.sum(-1, { keepdims: true }));
  const floor = uniform.mul(epsilon.ref);
  return policy.mul(np.array(1).sub(epsilon)).add(floor).add(1e-20);
}

export const comaTraining = z.strictObject({
  ...trainingOptions({
    updates: 700,
    newSteps: 96,
    batchSteps: 96,
    learningRate: 0.01,
    explorationStart: 0.5,
    explorationEnd: 0.02,
    gamma: 0.7,
    lambda: 0.6,
    hidden: 64,
    agentIds: true,
  }),
  layers: layersOption,
  criticHidden: z.int().min(1).default(64).describe("Width of the critic's two hidden layers."),
  criticUpdates: z.int().min(1).default(2).describe('Critic updates before each update of the policy.'),
  criticRate: z.number().positive().default(0.5).describe("The critic's step size over the policy's."),
  targetEvery: z.int().min(1).default(200).describe('Critic updates between copies into its target.'),
  entropyWeight: z.number().min(0).default(0.01).describe('Weight of the entropy bonus, reward spreads.'),
  standardizeAdvantages: z
    .boolean()
    .default(false)
    .describe('Divide advantages by their spread in the batch, after taking out their mean.'),
});

/** COMA's training half; without `credit` its advantage is lambda-return - V(s), with a critic of the same size. */
export const comaLearning: TrainableStrategy<z.output<typeof comaTraining>> = {
  id: 'coma',
  trainingSchema: comaTraining,
  learner: (options, shape, without, stream) =>
    comaLearner(
      shape,
      { ...options, baseline: without.includes('credit') ? 'value' : 'counterfactual' },
      stream,
    ),
  plan: planOf,
  network: utilityNetwork,
  central: {
    stored: true,
    credit: (_, shape, network, weights) => counterfactualCredit(shape, network, weights),
  },
  identity: (options, without) => ({ id: variantId('coma', without), options }),
};

export const coma = trainedStrategy(
  { id: 'coma', title: 'COMA: counterfactual policy gradients', revision: 1, parts: ['credit', 'shaping'] },
  comaTraining.extend(feedbackOption),
  comaLearning,
  { broadcasts: false, hasCredit: true },
);
