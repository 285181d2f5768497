import type { EpisodeBatch, TeamShape } from '../../../contracts/index.ts';
import { nn, np, type Tensor } from '../../../nn/index.ts';
import type { AgentInputs } from './inputs.ts';
import type { CutMatrices, ReturnMatrices } from './returns.ts';

/** A batch in the engine; rows are steps of episodes, agents within rows. */
export type PlayedTensors = {
  /** [rows * agents, inputs] */
  inputs: Tensor;
  /** [rows * agents], int32 */
  actions: Tensor;
  /** [rows * agents, actions] */
  available: Tensor;
  /** [episodes, steps] */
  rewards: Tensor;
  /** [rows, 1] */
  mask: Tensor;
};

/** With the matrices of lambda-returns, [steps, steps] both. */
export type BatchTensors = PlayedTensors & { fromRewards: Tensor; fromValues: Tensor };

export function playedTensors(
  { agents, actions }: TeamShape,
  batch: EpisodeBatch,
  inputs: AgentInputs,
): PlayedTensors {
  const { episodes, steps } = batch;
  const rows = episodes * steps;
  const rowInputs = new Float32Array(rows * agents * inputs.length);
  inputs.write(batch.features, rowInputs);
  return {
    inputs: np.array(rowInputs).reshape([rows * agents, inputs.length]),
    actions: np.array(batch.actions),
    available: np.array(batch.available).reshape([rows * agents, actions]),
    rewards: np.array(batch.rewards).reshape([episodes, steps]),
    mask: np.array(batch.mask).reshape([rows, 1]),
  };
}

export function batchTensors(
  shape: TeamShape,
  batch: EpisodeBatch,
  inputs: AgentInputs,
  matrices: ReturnMatrices,
): BatchTensors {
  return { ...playedTensors(shape, batch, inputs), ...matrixTensors(batch.steps, matrices) };
}

export function matrixTensors(steps: number, { fromRewards, fromValues }: ReturnMatrices) {
  return {
    fromRewards: np.array(fromRewards).reshape([steps, steps]),
    fromValues: np.array(fromValues).reshape([steps, steps]),
  };
}

/**
 * Lambda-returns of bootstrap values that belong to several columns (one per agent, or one for the team).
 *
 * Consumes everything.
 * @param values [rows, columns]; what stands beyond the end of an episode is ignored
 * @param rewards [episodes, steps], the same for every column
 * @param mask [rows, 1]
 * @returns [rows, columns]
 */
export function lambdaReturns(
  values: Tensor,
  rewards: Tensor,
  mask: Tensor,
  fromRewards: Tensor,
  fromValues: Tensor,
): Tensor {
  const [rows, columns] = values.shape;
  const [episodes, steps] = rewards.shape;
  const bootstrap = values
    .mul(mask)
    .reshape([episodes, steps, columns])
    .transpose([0, 2, 1])
    .reshape([episodes * columns, steps]);
  const ofValues = np
    .matmul(bootstrap, fromValues)
    .reshape([episodes, columns, steps])
    .transpose([0, 2, 1])
    .reshape([rows, columns]);
  return np.matmul(rewards, fromRewards).reshape([rows, 1]).add(ofValues);
}

/** The matrices of returns that are cut, [steps, steps] all. */
export type CutTensors = { fromRewards: Tensor; fromNext: Tensor; upTo: Tensor };

export function cutTensors(
  steps: number,
  { fromRewards, fromNext, upTo }: Omit<CutMatrices, 'lambda'>,
): CutTensors {
  const square = (numbers: Float32Array) => np.array(numbers).reshape([steps, steps]);
  return { fromRewards: square(fromRewards), fromNext: square(fromNext), upTo: square(upTo) };
}

/**
 * Lambda-returns for episodes that another policy played, cut where what was done is not what the learner would do:
 *
 *   G_t = r_t + gamma (V_{t+1} + lambda c_{t+1} (G_{t+1} - V_{t+1})),   c_t = 1 where the action of step t is greedy, else 0.
 *
 * V is the value of the greedy action, so nothing that follows a random action enters a target: Q(lambda) of Watkins
 * 1989 (Sutton and Barto 2018, section 12.10), which for a greedy policy is what Tree-backup (Precup, Sutton and
 * Singh 2000) and, up to the size of c, Retrace (Munos et al. 2016, arXiv 1606.02647) come to.
 *
 * As matrices, with N_t the number of cuts up to step t: a reward of step k >= t counts where N_k = N_t, a value of
 * step k > t where N_{k-1} = N_t.
 *
 * Consumes everything.
 * @param values [rows, columns]; what stands beyond the end of an episode is ignored
 * @param greedy [rows, columns], c
 * @param rewards [episodes, steps] @param mask [rows, 1]
 * @returns [rows, columns]
 */
export function cutReturns(
  values: Tensor,
  greedy: Tensor,
  rewards: Tensor,
  mask: Tensor,
  { fromRewards, fromNext, upTo }: CutTensors,
  lambda: number,
): Tensor {
  const [rows, columns] = values.shape;
  const [episodes, steps] = rewards.shape;
  const series = episodes * columns;
  const asSeries = (x: Tensor) =>
    x.reshape([episodes, steps, columns]).transpose([0, 2, 1]).reshape([series, steps]);
  const kept = asSeries(greedy);
  const cut = np.array(1).sub(kept.ref);
  const cuts = np.matmul(cut.ref, upTo);
  const cutsBefore = cuts.ref.sub(cut);
  const since = cuts.ref.reshape([series, 1, steps]);
  // Counts are whole and grow, so 1 - (N_k - N_t) is 1 where nothing was cut between, and 0 or less where something was.
  const whole = (counts: Tensor, start: Tensor) =>
    nn.relu(np.array(1).sub(counts.reshape([series, steps, 1]).sub(start)));
  const reward = rewards
    .reshape([episodes, 1, steps, 1])
    .add(np.zeros([episodes, columns, steps, 1]))
    .reshape([series, steps, 1]);
  const fromLater = whole(cuts, since.ref).mul(fromRewards).mul(reward).sum(1);
  const bootstrap = asSeries(values.mul(mask)).mul(np.array(1).sub(kept.mul(lambda)));
  const fromValues = whole(cutsBefore, since)
    .mul(fromNext)
    .mul(bootstrap.reshape([series, steps, 1]))
    .sum(1);
  return fromLater
    .add(fromValues)
    .reshape([episodes, columns, steps])
    .transpose([0, 2, 1])
    .reshape([rows, columns]);
}

const penalty = 1e9;

/** 0 where an action is available and a huge negative number where not; add it before softmax or argmax. */
export function unavailablePenalty(available: Tensor): Tensor {
  return available.sub(1).mul(penalty);
}

/** sum(values * mask) / sum(mask) for values [rows, columns] and mask [rows, 1]. Consumes both. */
export function maskedMean(values: Tensor, mask: Tensor): Tensor {
  return values.mul(mask.ref).sum().div(mask.sum());
}
