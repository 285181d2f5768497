import { InputError } from '../../core/errors.ts';
import { checkF, fLowerTail, fToBeta, fUpperTail } from './f.ts';
import { logBetaKernel, logIncompleteBeta } from './incomplete-beta.ts';
import { logPoisson } from './gamma.ts';
import { log1mexp, probabilityFromLog, requireAbove, type Probability } from './probability.ts';
import { findRoot } from './root.ts';

/**
 * Both tails of the noncentral F distribution.
 *
 * A Poisson mixture of beta distributions: P(X <= F) = sum over j of Poisson(j; ncp/2) I_y(df1/2 + j, df2/2),
 * y = df1 F / (df2 + df1 F). The sum starts next to its mode and runs over terms that are all positive: for
 * the lower tail j falls and I_y grows by its recurrence, for the upper tail j rises and 1 - I_y grows, so
 * neither tail loses digits (R's pf(ncp) is exact only to 1e-9 absolute).
 *
 * @param ncp noncentrality, at least 0
 * @returns P(X <= F) and P(X > F)
 * @throws InputError on NaN, negative F or ncp, or degrees of freedom not above 0
 */
export function noncentralFTails(
  F: number,
  df1: number,
  df2: number,
  ncp: number,
): { readonly lower: Probability; readonly upper: Probability } {
  checkF(F, df1, df2);
  requireAbove('ncp', ncp, 0, { allowEqual: true });
  if (ncp === 0) return { lower: fLowerTail(F, df1, df2), upper: fUpperTail(F, df1, df2) };
  if (F === 0) return { lower: probabilityFromLog(-Infinity), upper: probabilityFromLog(0) };
  if (F === Infinity) return { lower: probabilityFromLog(0), upper: probabilityFromLog(-Infinity) };
  const lower = logMixture(F, df1, df2, ncp, 'lower');
  const upper = lower < -Math.LN2 ? log1mexp(lower) : logMixture(F, df1, df2, ncp, 'upper');
  return {
    lower: probabilityFromLog(lower < -Math.LN2 ? lower : log1mexp(upper)),
    upper: probabilityFromLog(upper),
  };
}

function logMixture(F: number, df1: number, df2: number, ncp: number, tail: 'lower' | 'upper'): number {
  const { x: beta, y } = fToBeta(F, df1, df2);
  const a = df1 / 2;
  const b = df2 / 2;
  const half = ncp / 2;
  const mode = Math.floor(half);
  // Beyond 12 standard deviations the Poisson weight is below e^-70 of its mode, and I falls on that side too.
  const reach = Math.ceil(12 * Math.sqrt(half) + 40);
  const down = tail === 'lower';
  let j = down ? mode + reach : Math.max(0, mode - reach);

  const tails = logIncompleteBeta(y, beta, a + j, b);
  const logStart = down ? tails.lower : tails.upper;
  const logWeight = logPoisson(j, half);
  // I_y(a + j) - I_y(a + j + 1), relative to the tail at the start.
  let difference = Math.exp(logBetaKernel(y, beta, a + j, b) - Math.log(a + j) - logStart);
  let probability = 1;
  let weight = 1;
  let sum = 0;
  let scale = 0;
  let last = 0;
  for (;;) {
    const term = weight * probability;
    sum += term;
    if (term < last && term < 1e-18 * sum) break;
    last = term;
    if (down) {
      if (j === 0) break;
      weight *= j / half;
      difference *= (a + j) / (y * (a + b + j - 1));
      probability += difference;
      j--;
    } else {
      probability += difference;
      difference *= (y * (a + b + j)) / (a + j + 1);
      weight *= half / (j + 1);
      j++;
    }
    if (probability > 1e100 || difference > 1e100) {
      probability *= 1e-100;
      difference *= 1e-100;
      sum *= 1e-100;
      last *= 1e-100;
      scale += 100 * Math.LN10;
    }
    if (weight > 1e100) {
      weight *= 1e-100;
      sum *= 1e-100;
      last *= 1e-100;
      scale += 100 * Math.LN10;
    }
  }
  return logStart + logWeight + scale + Math.log(sum);
}

/**
 * Two-sided confidence interval of the noncentrality of an observed F, by inverting its distribution (Steiger
 * 2004, "Beyond the F test"). An end where even ncp = 0 is too large is 0.
 *
 * @param level confidence, in (0, 1); 0.9 by default, the convention for effect sizes of F tests
 */
export function noncentralityInterval(
  F: number,
  df1: number,
  df2: number,
  level = 0.9,
): { readonly low: number; readonly high: number } {
  if (!(level > 0 && level < 1)) throw new InputError(`level is ${level}; it must lie between 0 and 1.`);
  checkF(F, df1, df2);
  const alpha = (1 - level) / 2;
  const logAlpha = Math.log(alpha);
  const solve = (excess: (ncp: number) => number): number => {
    if (excess(0) <= 0) return 0;
    let low = 0;
    let high = Math.max(1, df1 * F);
    while (excess(high) > 0) {
      low = high;
      high *= 1.5;
    }
    return findRoot(excess, low, high, 1e-12 * high);
  };
  return {
    low: solve((ncp) => logAlpha - noncentralFTails(F, df1, df2, ncp).upper.logP),
    high: solve((ncp) => noncentralFTails(F, df1, df2, ncp).lower.logP - logAlpha),
  };
}
