export interface ReturnMatrices {
  readonly fromRewards: Float32Array;
  readonly fromValues: Float32Array;
}

/**
 * Lambda-returns of whole episodes as two constant matrices:
 *
 *   G_t = r_t + gamma ((1 - lambda) V_{t+1} + lambda G_{t+1}),   G = R M_r + V M_v  for rows R, V [episodes, T],
 *   M_r[k, t] = (gamma lambda)^(k - t) for k >= t,
 *   M_v[k, t] = (gamma lambda)^(k - t - 1) gamma (1 - lambda) for k > t.
 *
 * V_k is the bootstrap value of step k; 0 beyond the end of an episode, where rewards are 0 as well. With lambda
 * 0 this is the one-step target, with lambda 1 the discounted return. Sutton and Barto 2018, section 12.1.
 *
 * @returns both [steps, steps], row-major
 */
export function returnMatrices(steps: number, gamma: number, lambda: number): ReturnMatrices {
  const fromRewards = new Float32Array(steps * steps);
  const fromValues = new Float32Array(steps * steps);
  for (let t = 0; t < steps; t++) {
    for (let k = t; k < steps; k++) fromRewards[k * steps + t] = (gamma * lambda) ** (k - t);
    for (let k = t + 1; k < steps; k++)
      fromValues[k * steps + t] = (gamma * lambda) ** (k - t - 1) * gamma * (1 - lambda);
  }
  return { fromRewards, fromValues };
}

/** What lambda-returns that are cut are made of, see `cutReturns`. */
export interface CutMatrices {
  readonly lambda: number;
  readonly fromRewards: Float32Array;
  /** [k, t] = (gamma lambda)^(k - t - 1) gamma for k > t, else 0. */
  readonly fromNext: Float32Array;
  /** [k, t] = 1 for k <= t, else 0: a product with it counts up to t. */
  readonly upTo: Float32Array;
}

/** @returns all [steps, steps], row-major */
export function cutMatrices(steps: number, gamma: number, lambda: number): CutMatrices {
  const { fromRewards } = returnMatrices(steps, gamma, lambda);
  const fromNext = new Float32Array(steps * steps);
  const upTo = new Float32Array(steps * steps);
  for (let k = 0; k < steps; k++) {
    for (let t = 0; t < k; t++) fromNext[k * steps + t] = (gamma * lambda) ** (k - t - 1) * gamma;
    for (let t = k; t < steps; t++) upTo[k * steps + t] = 1;
  }
  return { lambda, fromRewards, fromNext, upTo };
}
