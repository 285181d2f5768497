import { np, type Tensor, tree } from './engine.ts';

/**
 * Adam with bias correction and optional clipping of the gradient's global norm.
 *
 *   m <- b1 m + (1 - b1) g,  v <- b2 v + (1 - b2) g^2,
 *   p <- p - rate * sqrt(1 - b2^t) / (1 - b1^t) * m / (sqrt(v) + eps)
 *
 * Kingma and Ba 2014, arXiv 1412.6980. Call inside `jit`, together with the loss.
 */
export interface AdamOptions {
  /** Decay of the mean of gradients, default 0.9. */
  readonly beta1?: number;
  /** Decay of the mean of squared gradients, default 0.99. */
  readonly beta2?: number;
  /** Default 1e-6. */
  readonly epsilon?: number;
  /** The gradient is scaled down to this norm over all parameters when it is longer; no clipping when absent. */
  readonly clipNorm?: number;
}

/** Parameters by name. */
export type Params = { [name: string]: Tensor };

/** What Adam remembers: the means of gradients and of their squares, shaped like the parameters. */
export type Moments = { first: Params; second: Params };

/** Moments before the first step. Leaves `params` as they are. */
export function zeroMoments(params: Params): Moments {
  const zeros = () =>
    Object.fromEntries(Object.entries(params).map(([name, x]) => [name, np.zeros(x.shape)]));
  return { first: zeros(), second: zeros() };
}

/** The step size of update number `step`, counted from 1, with the bias correction in it. */
export function adamRate(learningRate: number, step: number, options: AdamOptions = {}): number {
  const { beta1 = 0.9, beta2 = 0.99 } = options;
  return (learningRate * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step);
}

/** One step. Consumes everything, `rate` (a scalar from `adamRate`) included. */
export function adamStep(
  params: Params,
  gradients: Params,
  moments: Moments,
  rate: Tensor,
  options: AdamOptions = {},
): { params: Params; moments: Moments } {
  const { beta1 = 0.9, beta2 = 0.99, epsilon = 1e-6, clipNorm } = options;
  const scale = clipNorm === undefined ? undefined : clipScale(tree.ref(gradients), clipNorm);
  const next: Params = {};
  const first: Params = {};
  const second: Params = {};
  for (const name of Object.keys(params)) {
    const g = scale ? gradients[name].mul(scale.ref) : gradients[name];
    first[name] = moments.first[name].mul(beta1).add(g.ref.mul(1 - beta1));
    second[name] = moments.second[name].mul(beta2).add(np.square(g).mul(1 - beta2));
    const direction = first[name].ref.div(np.sqrt(second[name].ref).add(epsilon));
    next[name] = params[name].sub(rate.ref.mul(direction));
  }
  scale?.dispose();
  rate.dispose();
  return { params: next, moments: { first, second } };
}

/** min(1, limit / |gradients|) as a scalar. Consumes the gradients. */
function clipScale(gradients: Params, limit: number): Tensor {
  let squares: Tensor | undefined;
  for (const g of Object.values(gradients)) {
    const own = np.square(g).sum();
    squares = squares ? squares.add(own) : own;
  }
  if (!squares) return np.array(1);
  return np.minimum(np.array(limit).div(np.sqrt(squares).add(1e-8)), 1);
}
