import { randomStream, type NamePart } from '../../core/random.ts';

/**
 * State of the kernel's sfc32 generator for one block of resamples, addressed by name like every other random
 * stream: a block is the same whichever thread runs it.
 */
export function blockGenerator(...name: readonly NamePart[]): Int32Array {
  const stream = randomStream('permutation', ...name);
  return Int32Array.from({ length: 4 }, () => Math.floor(stream.next() * 2 ** 32) | 0);
}
