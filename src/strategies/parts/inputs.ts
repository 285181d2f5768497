import type { TeamShape } from '../../contracts/index.ts';

/**
 * What an agent's network reads: its features and, where agents share one network but should be able to act
 * differently in the same situation, its number as one-hot.
 */
export interface AgentInputs {
  /** Numbers per agent. */
  readonly length: number;
  /** Copies features [rows, agents, featureLength] into inputs [rows, agents, length]. */
  write(features: Float32Array, inputs: Float32Array): void;
}

export function agentInputs({ agents, featureLength }: TeamShape, agentIds: boolean): AgentInputs {
  const length = featureLength + (agentIds ? agents : 0);
  return {
    length,
    write: (features, inputs) => {
      if (!agentIds) {
        inputs.set(features);
        return;
      }
      const count = features.length / featureLength;
      for (let k = 0; k < count; k++) {
        const at = k * length;
        inputs.set(features.subarray(k * featureLength, (k + 1) * featureLength), at);
        inputs.fill(0, at + featureLength, at + length);
        inputs[at + featureLength + (k % agents)] = 1;
      }
    },
  };
}
