import type {
  CentralCredit,
  EpisodeBatch,
  ExecutionNetwork,
  NamedWeights,
  TeamShape,
} from '../../../contracts/index.ts';
import { mlpRow } from '../../../nn/index.ts';
import { paddedLength } from './inputs.ts';

/** What a critic of every agent's own actions reads for one agent, padded. */
export function criticLength({ agents, actions, featureLength, stateLength }: TeamShape): number {
  return paddedLength(stateLength + featureLength + agents * actions + agents);
}

/**
 * Writes what the critic reads for one agent: the state, the agent's own observation, the others' actions as
 * one-hot with its own left out, and its number as one-hot. `out` must hold zeros from `at`.
 */
function writeOwn(
  { agents, actions, stateLength, featureLength }: TeamShape,
  agent: number,
  state: Float32Array,
  features: Float32Array,
  jointAction: ArrayLike<number>,
  out: Float32Array,
  at: number,
) {
  out.set(state, at);
  out.set(features, at + stateLength);
  const others = at + stateLength + featureLength;
  for (let j = 0; j < agents; j++) if (j !== agent) out[others + j * actions + jointAction[j]] = 1;
  out[others + agents * actions + agent] = 1;
}

/**
 * What the critic reads of a batch. Rows are steps, agents within rows.
 * @returns [rows * agents, length]
 */
export function criticInputs(shape: TeamShape, batch: EpisodeBatch): { data: Float32Array; length: number } {
  const { agents, featureLength, stateLength } = shape;
  const length = criticLength(shape);
  const rows = batch.episodes * batch.steps;
  const data = new Float32Array(rows * agents * length);
  for (let row = 0; row < rows; row++) {
    const state = batch.states.subarray(row * stateLength, (row + 1) * stateLength);
    const joint = batch.actions.subarray(row * agents, (row + 1) * agents);
    for (let i = 0; i < agents; i++) {
      const own = row * agents + i;
      const features = batch.features.subarray(own * featureLength, (own + 1) * featureLength);
      writeOwn(shape, i, state, features, joint, data, own * length);
    }
  }
  return { data, length };
}

/**
 * Credit by a critic of every agent's own actions: the counterfactual advantage
 *
 *   values_i(a) = Q(s, (u^{-i}, a)),   credit_i = values_i(u_i) - sum over a of pi_i(a) values_i(a),
 *
 * pi_i the trained policy itself: a softmax of the actor's logits over the available actions. Foerster et al. 2018,
 * arXiv 1705.08926.
 *
 * @param actor gives the logits @param weights the critic's, `critic.*`
 */
export function counterfactualCredit(
  shape: TeamShape,
  actor: ExecutionNetwork,
  weights: NamedWeights,
): CentralCredit {
  const { agents, actions, featureLength } = shape;
  const critic = mlpRow(weights, 'critic');
  const logits = new Float32Array(agents * actions);
  const inputs = new Float32Array(criticLength(shape));
  const q = new Float32Array(actions);
  return {
    of: (state, features, available, jointAction) => {
      actor.score(features, logits);
      return available.map((own, i) => {
        inputs.fill(0);
        const seen = features.subarray(i * featureLength, (i + 1) * featureLength);
        writeOwn(shape, i, state, seen, jointAction, inputs, 0);
        critic(inputs, 0, q, 0);
        const values = own.map((action) => q[action]);
        const policy = softmax(own.map((action) => logits[i * actions + action]));
        const expected = values.reduce((sum, value, k) => sum + policy[k] * value, 0);
        return { values, credit: values[own.indexOf(jointAction[i])] - expected };
      });
    },
  };
}

function softmax(row: readonly number[]): number[] {
  const top = Math.max(...row);
  const weights = row.map((x) => Math.exp(x - top));
  const total = weights.reduce((sum, w) => sum + w, 0);
  return weights.map((w) => w / total);
}
