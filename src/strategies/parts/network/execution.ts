import type { NamedWeights } from '../../../contracts/index.ts';
import type { Weights } from '../../../nn/index.ts';

/** Copies of the weights whose names start with `prefix`. */
export function executionWeights(
  net: { readonly weights: Weights; sync(): void },
  prefix: string,
): NamedWeights {
  net.sync();
  return Object.fromEntries(
    Object.entries(net.weights)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]),
  );
}
