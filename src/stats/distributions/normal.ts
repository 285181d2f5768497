import cdf from '@stdlib/stats-base-dists-normal-cdf';
import quantile from '@stdlib/stats-base-dists-normal-quantile';
import { InputError } from '../../core/errors.ts';
import { probabilityFromLog, type Probability } from './probability.ts';

export const halfLogTwoPi = 0.9189385332046727;

/** P(Z <= z) for a standard normal Z; accurate relative to itself in the lower tail. NaN gives NaN. */
export function normalCdf(z: number): number {
  return cdf(z, 0, 1);
}

/** log P(Z > z), finite for every finite z. */
export function logNormalUpper(z: number): number {
  if (z < 10) return Math.log(cdf(-z, 0, 1));
  // Laplace's continued fraction for Mills' ratio: 1/(z + 1/(z + 2/(z + ...))).
  let fraction = z;
  for (let k = 60; k >= 1; k--) fraction = z + k / fraction;
  return -0.5 * z * z - halfLogTwoPi - Math.log(fraction);
}

/** P(Z > z). */
export function normalUpperTail(z: number): Probability {
  return probabilityFromLog(z < -1 ? Math.log1p(-cdf(z, 0, 1)) : logNormalUpper(z));
}

/** P(|Z| > |z|). */
export function normalTwoSided(z: number): Probability {
  return probabilityFromLog(Math.LN2 + logNormalUpper(Math.abs(z)));
}

/** The z with P(Z <= z) = p. @throws InputError unless 0 < p < 1 */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) throw new InputError(`p is ${p}; a quantile needs 0 < p < 1.`);
  if (p > 1e-250) return quantile(p, 0, 1);
  // Newton on log P, which is nearly a parabola out here; the library's series gives up below about 1e-290.
  const target = Math.log(p);
  let z = Math.sqrt(-2 * target);
  for (let i = 0; i < 20; i++) {
    const tail = logNormalUpper(z);
    const slope = -Math.exp(-0.5 * z * z - halfLogTwoPi - tail);
    z -= (tail - target) / slope;
  }
  return -z;
}
