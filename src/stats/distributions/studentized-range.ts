import { InputError } from '../../core/errors.ts';
import { halfLogTwoPi, logNormalUpper } from './normal.ts';
import { log1mexp, probabilityFromLog, requireAbove, type Probability } from './probability.ts';
import { requireShare } from '../require-finite.ts';
import { findRoot } from './root.ts';
import { logScaleExpectation, logTrapezoid } from './scale-mixture.ts';

/**
 * P(Q > q) for the studentised range: the largest difference among `groups` independent normal means over a
 * pooled standard error with df degrees of freedom (Tukey's pairwise comparisons use q = sqrt(2) |t|).
 *
 * P(range > w) = k * integral of phi(z) [Phi(z)^(k-1) - (Phi(z) - Phi(z - w))^(k-1)] dz, averaged over the
 * distribution of the standard error; every term is positive and kept in logarithms, so far tails are exact
 * (R's ptukey is exact to about 1e-10 absolute and qtukey to 1e-4).
 *
 * @param groups number of means k, an integer of at least 2
 * @param df above 0, may be Infinity
 * @throws InputError on NaN or values outside these ranges
 */
export function studentizedRangeUpperTail(q: number, groups: number, df: number): Probability {
  requireAbove('q', q, 0, { allowEqual: true });
  requireAbove('df', df, 0, { allowInfinity: true });
  if (!Number.isInteger(groups) || groups < 2) {
    throw new InputError(`groups is ${groups}; the studentised range needs an integer of at least 2.`);
  }
  if (q === 0) return probabilityFromLog(0);
  return probabilityFromLog(logScaleExpectation(df, (s) => logRangeTail(q * s, groups)));
}

function logRangeTail(w: number, groups: number): number {
  const others = groups - 1;
  const logTerm = (z: number) => {
    const logPhi = logNormalUpper(-z);
    const logBelow = Math.min(0, logNormalUpper(w - z) - logPhi);
    return -0.5 * z * z - halfLogTwoPi + others * logPhi + log1mexp(others * log1mexp(logBelow));
  };
  return Math.min(0, Math.log(groups) + logTrapezoid(logTerm, w / 2, 0.7 / Math.sqrt(groups)));
}

/** The q with P(Q > q) = alpha. @throws InputError unless 0 < alpha < 1; see studentizedRangeUpperTail */
export function studentizedRangeCritical(alpha: number, groups: number, df: number): number {
  return criticalValue(alpha, (q) => studentizedRangeUpperTail(q, groups, df).logP);
}

/** Inverts a falling log tail probability. */
export function criticalValue(alpha: number, logTail: (q: number) => number): number {
  requireShare('alpha', alpha);
  const excess = (q: number) => logTail(q) - Math.log(alpha);
  let low = 0;
  let high = 2;
  while (excess(high) > 0) {
    low = high;
    high *= 1.5;
  }
  return findRoot(excess, low, high, 1e-12 * high);
}
