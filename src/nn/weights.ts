import { type Params } from './adam.ts';
import { floats, np } from './engine.ts';

/** One array of weights in ordinary memory, row-major. */
export interface WeightArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Weights by name, outside the engine: what acting reads, and what is stored. */
export type Weights = { [name: string]: WeightArray };

/** Copies weights into the engine. */
export function paramsFrom(weights: Weights): Params {
  return Object.fromEntries(
    Object.entries(weights).map(([name, { shape, data }]) => [name, np.array(data).reshape([...shape])]),
  );
}

/** Copies parameters into weights of the same names and shapes, in place. Leaves `params` as they are. */
export function copyOut(params: Params, weights: Weights): void {
  for (const [name, { data }] of Object.entries(weights)) data.set(floats(params[name].ref));
}

export function countWeights(weights: Weights): number {
  return Object.values(weights).reduce((sum, { data }) => sum + data.length, 0);
}
