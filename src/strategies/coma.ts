import { z } from 'zod';
import type { EpisodeBatch, Learner, TeamShape, TrainableStrategy } from '../contracts/index.ts';
import type { RandomStream } from '../core/index.ts';
import {
  addMlp,
  floats,
  np,
  type Tensor,
  trainedNet,
  underPrefix,
  vectorWeights,
  type Weights,
  withPrefix,
} from '../nn/index.ts';
import { matrixTensors } from './parts/network/batch-tensors.ts';
import {
  type ActorData,
  actorLoss,
  type CreditOptions,
  type CriticData,
  criticLoss,
} from './parts/network/counterfactual-losses.ts';
import { counterfactualCredit, criticInputs, criticLength } from './parts/network/critic.ts';
import { executionWeights } from './parts/network/execution.ts';
import { agentInputs, paddedLength, paddedRows } from './parts/network/inputs.ts';
import { discountOf, layersOption, planOf, trainingOptions } from './parts/network/options.ts';
import { returnMatrices } from './parts/network/returns.ts';
import { feedbackOption, trainedStrategy } from './parts/network/trained-strategy.ts';
import { utilityNetwork } from './parts/network/utility-network.ts';
import { variantId } from './parts/network/variants.ts';

export interface ComaOptions extends CreditOptions {
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
  readonly clipNorm: number;
  readonly agentIds: boolean;
}

/**
 * Counterfactual multi-agent policy gradients: a central critic Q judges every agent's own actions with the
 * others' fixed; each agent's policy follows its counterfactual advantage.
 *
 *   critic loss = mean (Q(s, u) - G_lambda)^2,  bootstrap from a target critic,
 *   policy loss = -mean A^a log pi^a(u^a) - w H(pi^a),
 *   A^a = G_lambda - sum over u' of pi^a(u') Q(s, (u^{-a}, u')),  bootstrap from the critic itself.
 *
 * Foerster et al. 2018, arXiv 1705.08926. Deviates: A^a has the lambda-return that was seen where the paper has
 * Q(s, u), which both have the same expectation once the critic is right, and the return has it before; feed-forward
 * actors; the critic is updated on whole batches instead of step by step; an entropy bonus besides the floor on
 * action probabilities that the training loop applies.
 *
 * With the baseline `value` a further network learns V(s) towards the same returns, and takes the place of the sum.
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
  const criticInput = criticLength(shape);
  const stateInput = paddedLength(stateLength);
  const { criticHidden } = options;
  addMlp(criticWeights, 'critic', [criticInput, criticHidden, criticHidden, actions], stream, 0.3);
  if (!counterfactual)
    addMlp(criticWeights, 'baseline', [stateInput, criticHidden, criticHidden, 1], stream, 0.3);

  const { clipNorm } = options;
  const critic = trainedNet<CriticData>(criticWeights, criticLoss(shape, options), { clipNorm });
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
    const criticRows = criticInputs(shape, batch).data;
    const states = paddedRows(batch.states, stateLength);
    const judged = (parameters: Tensor): CriticData => ({
      inputs: np.array(criticRows).reshape([rows * agents, criticInput]),
      states: np.array(states).reshape([rows, stateInput]),
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

/** The discount where rewards come along the way. */
const usualGamma = 0.85;

export const comaTraining = z.strictObject({
  ...trainingOptions({
    updates: 700,
    newSteps: 96,
    learningRate: 0.01,
    explorationStart: 0.5,
    explorationEnd: 0.02,
    gamma: usualGamma,
    lambda: 0.6,
    hidden: 64,
    agentIds: true,
  }),
  layers: layersOption,
  criticHidden: z.int().min(1).default(64).describe("Width of the critic's two hidden layers."),
  criticUpdates: z.int().min(1).default(2).describe('Critic updates before each update of the policy.'),
  criticRate: z.number().positive().default(0.5).describe("The critic's step size over the policy's."),
  targetEvery: z.int().min(1).default(200).describe('Critic updates between copies into its target.'),
  entropyWeight: z.number().min(0).default(0.03).describe('Weight of the entropy bonus, reward spreads.'),
  standardizeAdvantages: z
    .boolean()
    .default(true)
    .describe('Divide advantages by their spread in the batch, after taking out their mean.'),
});

/** COMA's training half; without `credit` its baseline is V(s), by a network of the critic's width, and all else is the same. */
export const comaLearning: TrainableStrategy<z.output<typeof comaTraining>> = {
  id: 'coma',
  revision: 2,
  trainingSchema: comaTraining,
  learner: (options, shape, without, stream) =>
    comaLearner(
      shape,
      {
        ...options,
        gamma: discountOf(options, shape, usualGamma),
        baseline: without.includes('credit') ? 'value' : 'counterfactual',
      },
      stream,
    ),
  plan: (options, shape, without) => planOf(options, discountOf(options, shape, usualGamma), without),
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
