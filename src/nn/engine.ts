import { defaultDevice, init, type numpy } from '@jax-js/jax';
import { refuseRelaxedArithmetic } from './exact-arithmetic.ts';
import { shareKernelInstances } from './instance-cache.ts';

/**
 * The tensor engine, `@jax-js/jax` on WebAssembly. Everything else in the project reaches it through `src/nn`.
 *
 * Its ownership rule: every call consumes the arrays it is given, `dataSync()` and `item()` included. Keep one
 * with `x.ref` (`tree.ref(params)` for many); dispose of results that nobody uses.
 */
export { grad, jit, lax, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';

/** A tensor of the engine. */
export type Tensor = numpy.Array;

let started: Promise<void> | undefined;

/** Makes the engine ready in this thread. Calling it again costs nothing. */
export function startEngine(): Promise<void> {
  started ??= init('wasm').then(() => {
    defaultDevice('wasm');
    refuseRelaxedArithmetic();
    shareKernelInstances();
  });
  return started;
}

/** The values of a float32 tensor in row-major order, copied out. Consumes it. */
export function floats(tensor: Tensor): Float32Array {
  return tensor.dataSync() as Float32Array;
}
