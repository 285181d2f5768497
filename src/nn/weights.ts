import { type Params } from './adam.ts';
import { floats, np, type Tensor } from './engine.ts';

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

/** Weights that lie one after the other in one array, which the engine holds as one vector. */
export interface PackedWeights {
  /** Views into `data`. */
  readonly weights: Weights;
  readonly data: Float32Array;
  /** The vector, copied into the engine. */
  toEngine(): Tensor;
  /** Copies a vector of the engine into `data`. Leaves the vector as it is. */
  copyOut(vector: Tensor): void;
  /** The vector's parts by name, for use inside `jit`. Consumes it. */
  readonly unpack: (vector: Tensor) => Params;
}

/**
 * Copies weights into one array.
 *
 * Small networks are trained as one vector: each kernel and each result of a compiled call costs several
 * microseconds in the engine, more than the arithmetic on a small layer.
 */
export function packWeights(source: Weights): PackedWeights {
  const data = new Float32Array(countWeights(source));
  const weights: Weights = {};
  const ranges: { name: string; shape: number[]; start: number; end: number }[] = [];
  let start = 0;
  for (const [name, { shape, data: part }] of Object.entries(source)) {
    const end = start + part.length;
    data.set(part, start);
    weights[name] = { shape, data: data.subarray(start, end) };
    ranges.push({ name, shape: [...shape], start, end });
    start = end;
  }
  return {
    weights,
    data,
    toEngine: () => np.array(data.slice()),
    copyOut: (vector) => data.set(floats(vector.ref)),
    unpack: (vector) => {
      const params = Object.fromEntries(
        ranges.map(({ name, shape, start: from, end }) => [
          name,
          vector.ref.slice([from, end]).reshape(shape),
        ]),
      );
      vector.dispose();
      return params;
    },
  };
}

/** Numbers in a row as one array of weights. */
export function vectorWeights(data: Float32Array): WeightArray {
  return { shape: [data.length], data };
}

/** The same arrays under names that begin with `prefix`. */
export function underPrefix(prefix: string, weights: Weights): Weights {
  return Object.fromEntries(Object.entries(weights).map(([name, array]) => [`${prefix}${name}`, array]));
}

/** The arrays whose names begin with `prefix`, under the rest of their names. */
export function withPrefix(weights: Weights, prefix: string): Weights {
  return Object.fromEntries(
    Object.entries(weights)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, array]) => [name.slice(prefix.length), array]),
  );
}

function countWeights(weights: Weights): number {
  return Object.values(weights).reduce((sum, { data }) => sum + data.length, 0);
}
