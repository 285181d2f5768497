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
 * neither tail loses digits (R's pf(ncp) is exact only to 1e-9 absolute). The time is bounded for every ncp: where
 * the sum would have very many terms it is taken at some hundred points (`logWideMixture`).
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
  if (half > widest) return logWideMixture(y, beta, a, b, half, tail);
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

/** Means of the Poisson weights up to which their sum is taken term by term. */
const widest = 1e5;

/** Means beyond which the weights are a point: their relative width is below 1e-10. */
const narrowest = 1e20;

/** Above this F its noncentrality grows in proportion, to a relative 1e-8 times df2 / 1e5. */
const proportional = 1e10;

/**
 * The mixture for a large mean: its terms are a smooth, log-concave function of j that hardly changes from one j to
 * the next, so the sum equals the trapezoidal rule of it with steps of an eighth of the weights' standard deviation
 * (both differ from the integral by less than e^-1000). It is taken outwards from the largest term.
 */
function logWideMixture(
  y: number,
  beta: number,
  a: number,
  b: number,
  half: number,
  tail: 'lower' | 'upper',
): number {
  if (half > narrowest) return logIncompleteBeta(y, beta, a + half, b)[tail];
  const term = (j: number) => logPoisson(j, half) + logIncompleteBeta(y, beta, a + j, b)[tail];
  const peak = largestAt(term, half, Math.sqrt(half), tail === 'lower' ? -1 : 1);
  const top = term(peak);
  const step = Math.sqrt(peak) / 8;
  let sum = 1;
  for (const direction of [-step, step]) {
    // Twelve standard deviations, or less where nothing is added any more.
    for (let k = 1; k <= 96; k++) {
      const j = peak + k * direction;
      const value = j > 0 ? Math.exp(term(j) - top) : 0;
      sum += value;
      if (value < 1e-18 * sum) break;
    }
  }
  return top + Math.log(sum * step);
}

/** Where a log-concave function is largest, to a hundredth of `width`; from `start` it rises in that direction. */
function largestAt(fn: (x: number) => number, start: number, width: number, direction: 1 | -1): number {
  let reach = width;
  const at = (distance: number) => Math.max(1, start + direction * distance);
  while (at(reach) > 1 && reach < start && fn(at(reach)) > fn(at(reach / 2))) reach *= 2;
  // Golden section (Kiefer 1953).
  const share = (Math.sqrt(5) - 1) / 2;
  let [near, far] = [0, reach];
  let [left, right] = [far - share * (far - near), near + share * (far - near)];
  let [atLeft, atRight] = [fn(at(left)), fn(at(right))];
  while (far - near > width / 100) {
    if (atLeft > atRight) {
      [far, right, atRight] = [right, left, atLeft];
      left = far - share * (far - near);
      atLeft = fn(at(left));
    } else {
      [near, left, atLeft] = [left, right, atRight];
      right = near + share * (far - near);
      atRight = fn(at(right));
    }
  }
  return at((near + far) / 2);
}

/**
 * Two-sided confidence interval of the noncentrality of an observed F, by inverting its distribution (Steiger
 * 2004, "Beyond the F test"). An end where even ncp = 0 is too large is 0; of an infinite F both are infinite.
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
  if (F === Infinity) return { low: Infinity, high: Infinity };
  if (F > proportional) {
    const { low, high } = noncentralityInterval(proportional, df1, df2, level);
    return { low: low * (F / proportional), high: high * (F / proportional) };
  }
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
