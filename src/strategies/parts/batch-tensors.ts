import type { EpisodeBatch, TeamShape } from '../../contracts/index.ts';
import { np, type Tensor } from '../../nn/index.ts';
import type { AgentInputs } from './inputs.ts';
import type { ReturnMatrices } from './returns.ts';

/** A batch in the engine; rows are steps of episodes, agents within rows. */
export type BatchTensors = {
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
  /** [steps, steps] both */
  fromRewards: Tensor;
  fromValues: Tensor;
};

export function batchTensors(
  { agents, actions }: TeamShape,
  batch: EpisodeBatch,
  inputs: AgentInputs,
  matrices: ReturnMatrices,
): BatchTensors {
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
    ...matrixTensors(steps, matrices),
  };
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

const penalty = 1e9;

/** 0 where an action is available and a huge negative number where not; add it before softmax or argmax. */
export function unavailablePenalty(available: Tensor): Tensor {
  return available.sub(1).mul(penalty);
}

/** sum(values * mask) / sum(mask) for values [rows, columns] and mask [rows, 1]. Consumes both. */
export function maskedMean(values: Tensor, mask: Tensor): Tensor {
  return values.mul(mask.ref).sum().div(mask.sum());
}
