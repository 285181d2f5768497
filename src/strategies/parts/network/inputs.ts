import type { TeamShape } from '../../../contracts/index.ts';

/**
 * What an agent's network reads: its features and, where agents share one network but should be able to act
 * differently in the same situation, its number as one-hot.
 */
export interface AgentInputs {
  /** Numbers per agent, padded. */
  readonly length: number;
  /** Copies features [rows, agents, featureLength] into inputs [rows, agents, length]. */
  write(features: Float32Array, inputs: Float32Array): void;
}

export function agentInputs({ agents, featureLength }: TeamShape, agentIds: boolean): AgentInputs {
  const length = paddedLength(featureLength + (agentIds ? agents : 0));
  return {
    length,
    write: (features, inputs) => {
      const count = features.length / featureLength;
      for (let k = 0; k < count; k++) {
        const at = k * length;
        inputs.set(features.subarray(k * featureLength, (k + 1) * featureLength), at);
        inputs.fill(0, at + featureLength, at + length);
        if (agentIds) inputs[at + featureLength + (k % agents)] = 1;
      }
    },
  };
}

/**
 * The length of rows that a network reads: the next multiple of 4, zeros at the end. The engine computes a layer's
 * gradient four inputs at a time, and one by one where their number is no multiple of 4, which takes ten times as
 * long.
 */
export function paddedLength(length: number): number {
  return Math.ceil(length / 4) * 4;
}

/** Rows of `length` numbers with zeros up to the padded length. */
export function paddedRows(rows: Float32Array, length: number): Float32Array {
  const padded = paddedLength(length);
  if (padded === length) return rows;
  const out = new Float32Array((rows.length / length) * padded);
  for (let k = 0; k * length < rows.length; k++)
    out.set(rows.subarray(k * length, (k + 1) * length), k * padded);
  return out;
}
