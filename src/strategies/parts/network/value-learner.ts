import type { Learner, TeamShape } from '../../../contracts/index.ts';
import type { RandomStream } from '../../../core/index.ts';
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
} from '../../../nn/index.ts';
import {
  cutReturns,
  cutTensors,
  type CutTensors,
  maskedMean,
  playedTensors,
  type PlayedTensors,
  unavailablePenalty,
} from './batch-tensors.ts';
import { executionWeights } from './execution.ts';
import { agentInputs, paddedLength, paddedRows } from './inputs.ts';
import { logPolicy } from './policy.ts';
import { cutMatrices } from './returns.ts';
import { utilityNetwork } from './utility-network.ts';

/** How the utilities of single agents become the values that are trained towards the team's return. */
export interface Decomposition {
  /** Adds the weights that it trains besides the agents', under names that start with `mixer.`. */
  addWeights(weights: Weights, shape: TeamShape, stream: RandomStream): void;
  /**
   * Consumes everything, all its parameters included.
   * @param chosen utilities of the taken actions, [rows, agents]
   * @param states [rows, stateLength]
   * @returns [rows, values]: one joint value, or one value per agent
   */
  combine(params: Params, chosen: Tensor, states: Tensor): Tensor;
  /** The joint value of one row in plain arrays, where there is one. */
  jointValue?(weights: Weights): (chosen: Float32Array, state: Float32Array) => number;
}

export interface ValueOptions {
  readonly hidden: number;
  readonly layers: number;
  readonly gamma: number;
  readonly lambda: number;
  /** Updates between copies of the live network into the target network. */
  readonly targetEvery: number;
  readonly clipNorm: number;
  readonly agentIds: boolean;
  /** Weight of the conservative term; 0 when absent. */
  readonly conservatism?: number;
}

/** A batch, its states and the target network's parameters as one vector. */
export type ValueData = PlayedTensors & CutTensors & { states: Tensor; target: Tensor };

/**
 * Q-learning of a team through a decomposition: agents share one network of utilities Q_i(o_i, a_i), and
 *
 *   loss = mean over steps of sum over values of (f(Q_1..Q_n, s) - y)^2,
 *   y = the lambda-return of team rewards with bootstrap f(Q-_1..Q-_n, s'), actions chosen by the live network
 *       and valued by the target network (double Q: van Hasselt, Guez and Silver 2015, arXiv 1509.06461), cut at the
 *       first later action that is not the greedy one of the live network (`cutReturns`): episodes are played with
 *       exploration and kept for long, and what others did is no part of what the learner's own policy is worth.
 *
 * f is the decomposition. Where it has one joint value, an action is greedy when all agents' are, which is the greedy
 * joint action of any f that grows with every Q_i; where every agent has its own value, its own action decides. Updates by Adam with a clipped gradient norm.
 *
 * With `conservatism` c > 0, for episodes that others have played, the loss has the further term
 *
 *   c * mean over steps of sum_i (log sum_a exp Q_i(o_i, a) - Q_i(o_i, a_i)),  a over the available actions,
 *
 * which lowers the utilities of actions that were seldom taken: Kumar et al. 2020, arXiv 2006.04779, one term per
 * agent in the spirit of Shao et al. 2023, arXiv 2309.12696, without its counterfactual weights.
 */
export function valueLearner(
  shape: TeamShape,
  options: ValueOptions,
  decomposition: Decomposition,
  stream: RandomStream,
): Learner {
  const { agents, actions, horizon, stateLength } = shape;
  const inputs = agentInputs(shape, options.agentIds);
  const hiddenSizes = Array.from({ length: options.layers }, () => options.hidden);
  const initial: Weights = {};
  addMlp(initial, 'agent', [inputs.length, ...hiddenSizes, actions], stream, 0.3);
  decomposition.addWeights(initial, shape, stream);

  const matrices = cutMatrices(horizon, options.gamma, options.lambda);
  const net = trainedNet<ValueData>(initial, valueLoss(shape, decomposition, options), {
    clipNorm: options.clipNorm,
  });
  const { weights } = net;
  let target = net.vector();
  let updates = 0;

  const network = utilityNetwork(options, shape, net.weights);
  const score = (features: Float32Array, scores: Float32Array) => {
    net.sync();
    network.score(features, scores);
  };
  const jointValue = decomposition.jointValue?.(weights);

  return {
    data: 'replay',
    network: { score },
    update: (batch, learningRate) => {
      const rows = batch.episodes * batch.steps;
      const states = np
        .array(paddedRows(batch.states, stateLength))
        .reshape([rows, paddedLength(stateLength)]);
      const data = {
        ...playedTensors(shape, batch, inputs),
        ...cutTensors(batch.steps, matrices),
        ...{ states, target: target.ref },
      };
      const loss = net.update(data, learningRate);
      if (++updates % options.targetEvery === 0) {
        target.dispose();
        target = net.vector();
      }
      return loss;
    },
    ...(jointValue && {
      jointValue: (features: Float32Array, state: Float32Array, jointAction: readonly number[]) => {
        const scores = new Float32Array(agents * actions);
        score(features, scores);
        const chosen = Float32Array.from(jointAction, (action, i) => scores[i * actions + action]);
        return jointValue(chosen, state);
      },
    }),
    executionWeights: () => executionWeights(net, 'agent.'),
    ...(Object.keys(initial).some(isMixer) && { centralWeights: () => executionWeights(net, mixer) }),
    adopt: (adopted) => {
      net.adopt(adopted);
      target.dispose();
      target = net.vector();
    },
    snapshot: () => ({
      ...underPrefix('net.', net.snapshot()),
      target: vectorWeights(floats(target.ref)),
      updates: vectorWeights(Float32Array.of(updates)),
    }),
    restore: (snapshot) => {
      net.restore(withPrefix(snapshot, 'net.'));
      target.dispose();
      target = np.array(snapshot.target.data.slice());
      updates = snapshot.updates.data[0];
    },
    dispose: () => {
      net.dispose();
      target.dispose();
    },
  };
}

const mixer = 'mixer.';
const isMixer = (name: string) => name.startsWith(mixer);

/** The loss as a function of live parameters and a batch; consumes both. */
export function valueLoss(
  { agents, actions }: TeamShape,
  decomposition: Decomposition,
  { lambda, conservatism = 0 }: Pick<ValueOptions, 'lambda' | 'conservatism'>,
) {
  return (live: Params, data: ValueData, unpack: (vector: Tensor) => Params): Tensor => {
    const [rows] = data.mask.shape;
    const pick = (utilities: Tensor, oneHot: Tensor) => utilities.mul(oneHot).sum(-1).reshape([rows, agents]);

    const old = unpack(data.target);
    const utilities = mlp(live, 'agent', data.inputs.ref);
    const seldom = conservatism > 0 ? logPolicy(utilities.ref, data.available.ref) : undefined;
    const reachable = lax.stopGradient(utilities.ref).add(unavailablePenalty(data.available));
    const greedy = nn.oneHot(np.argmax(reachable, -1), actions);
    const taken = nn.oneHot(data.actions, actions);
    const own = pick(greedy.ref, taken.ref);
    const next = decomposition.combine(old, pick(mlp(old, 'agent', data.inputs), greedy), data.states.ref);
    // One joint value: 1 where all agents did what is greedy, else 0.
    const followed = next.shape[1] === 1 ? nn.relu(own.sum(-1, { keepdims: true }).sub(agents - 1)) : own;
    const goal = cutReturns(next, followed, data.rewards, data.mask.ref, data, lambda);

    const cautious = seldom && pick(seldom, taken.ref).sum(-1, { keepdims: true }).mul(-conservatism);
    const error = decomposition
      .combine(live, pick(utilities, taken), data.states)
      .sub(lax.stopGradient(goal));
    const squared = np.square(error);
    if (!cautious) return maskedMean(squared, data.mask);
    return maskedMean(squared, data.mask.ref).add(maskedMean(cautious, data.mask));
  };
}
