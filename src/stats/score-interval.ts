import { InputError } from '../core/index.ts';
import type { IntervalEstimate } from './bootstrap.ts';
import { tCentralQuantile } from './distributions/student-t-whole.ts';
import { requireFinite, requireShare } from './require-finite.ts';

/** Scores closer than this share of the largest are one score. */
const sameShare = 1e-12;

/**
 * A mean of scores with an interval: one formula for scores that scatter, for 0 and 1, and for scores that are all
 * the same.
 *
 * The interval holds every mean mu with q_low <= (m - mu) / sqrt(V(mu) / n) <= q_high.
 *
 * - V(mu) = (1 - w) s^2 + w (mu - L)(U - mu) mixes the sample variance with the largest variance that a mean of mu
 *   allows on the scale [L, U]. w is the unbiased estimate of the chance that four seeds all score the same, so 0
 *   for scores that never repeat and 1 for scores that are all equal. With w = 0 it is the t interval, with w = 1
 *   that of Wilson (1927) with Student's quantile: it has a width where s is 0.
 * - q_low and q_high are the quantiles of Student's t with n - 1 degrees of freedom after Hall's transformation for
 *   skewness (Hall 1992, JRSS B 54), g^-1(t) = 3 (cbrt(1 + a (t - a / 6)) - 1) / a, a = skewness / sqrt(n), and the
 *   skewness is weighted by the chance that two seeds score differently: for 0 and 1 V(mu) carries it already.
 *
 * Coverage is measured by `npm run verify:statistics`. No interval from n seeds knows of a rare disaster that none
 * of them met.
 *
 * @param values finite scores, one per seed
 * @param options.scale the scale's ends, default [0, 1]; scores beyond them widen it
 * @returns bounds of `null` for one value: a single value says nothing about its spread
 * @throws InputError when empty, or when a value is NaN or infinite
 */
export function scoreInterval(
  values: ArrayLike<number>,
  options: { readonly confidence?: number; readonly scale?: readonly [number, number] } = {},
): IntervalEstimate {
  requireFinite('scoreInterval', values);
  const { confidence = 0.95, scale = [0, 1] } = options;
  requireShare('confidence', confidence);
  if (!(scale[0] < scale[1]))
    throw new InputError(`scoreInterval: the scale runs from ${scale.join(' to ')}.`);
  const n = values.length;
  const sorted = Float64Array.from(values).sort();
  const estimate = sorted.reduce((sum, x) => sum + x, 0) / n;
  if (n < 2) return { estimate, low: null, high: null, confidence, n };
  let squares = 0;
  let cubes = 0;
  for (const x of sorted) {
    squares += (x - estimate) ** 2;
    cubes += (x - estimate) ** 3;
  }
  const least = Math.min(scale[0], sorted[0]);
  const most = Math.max(scale[1], sorted[n - 1]);
  const { two, four } = tieChances(sorted, sameShare * Math.max(Math.abs(least), Math.abs(most)));
  const skewness = squares > 0 ? (cubes / n) * (squares / n) ** -1.5 * (1 - two) : 0;
  const t = tCentralQuantile(confidence, n - 1);
  const bound = (quantile: number) =>
    meanAt(transformed(quantile, skewness / Math.sqrt(n)) / Math.sqrt(n), {
      estimate,
      variance: squares / (n - 1),
      weight: four,
      least,
      most,
    });
  return { estimate, low: bound(t), high: bound(-t), confidence, n };
}

/** Unbiased estimates of the chances that two, and that four, seeds all score the same (of fewer, if there are). */
function tieChances(
  sorted: Float64Array,
  tolerance: number,
): { readonly two: number; readonly four: number } {
  const n = sorted.length;
  let two = 0;
  let four = 0;
  let start = 0;
  for (let i = 1; i <= n; i++) {
    if (i < n && sorted[i] - sorted[i - 1] <= tolerance) continue;
    two += choices(i - start, 2) / choices(n, 2);
    four += choices(i - start, Math.min(4, n)) / choices(n, Math.min(4, n));
    start = i;
  }
  return { two, four };
}

/** k (k - 1) ... with so many factors. */
function choices(k: number, factors: number): number {
  let product = 1;
  for (let i = 0; i < factors; i++) product *= Math.max(0, k - i);
  return product;
}

/** Hall's transformation, inverted. */
function transformed(t: number, a: number): number {
  // Below this the cube root of its argument is 1 to the last digit.
  if (Math.abs(a) < 1e-8) return t;
  return (3 * (Math.cbrt(1 + a * (t - a / 6)) - 1)) / a;
}

interface MeanEquation {
  readonly estimate: number;
  readonly variance: number;
  readonly weight: number;
  readonly least: number;
  readonly most: number;
}

/** The mean mu with estimate - mu = q sqrt(V(mu)): of the quadratic's two roots the one on that side. */
function meanAt(q: number, { estimate, variance, weight, least, most }: MeanEquation): number {
  const a = q * q;
  const square = 1 + a * weight;
  const half = estimate + (a * weight * (least + most)) / 2;
  const constant = estimate * estimate - a * ((1 - weight) * variance - weight * least * most);
  const root = Math.sqrt(Math.max(0, half * half - square * constant));
  return (half - Math.sign(q) * root) / square;
}
