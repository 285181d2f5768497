import type { RandomStream } from '../../src/core/index.ts';

/** Distributions with mean 0 and variance 1. */
export type NoiseKind = 'normal' | 't3' | 'exponential';

export function standardNoise(kind: NoiseKind, stream: RandomStream): number {
  switch (kind) {
    case 'normal':
      return stream.normal();
    case 't3': {
      // Student's t with 3 degrees of freedom has variance 3: z / sqrt(chi2 / 3) / sqrt(3).
      const z = stream.normal();
      return z / Math.sqrt(stream.normal() ** 2 + stream.normal() ** 2 + stream.normal() ** 2);
    }
    case 'exponential':
      return -Math.log(1 - stream.next()) - 1;
  }
}
