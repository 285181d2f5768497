import { InputError } from '../core/index.ts';
import {
  normalQuantile,
  normalTwoSided,
  probabilityFromLog,
  tQuantile,
  tTwoSided,
} from './distributions/index.ts';
import { requireFinite } from './require-finite.ts';

export interface PearsonResult {
  /** `null` when one of the variables does not vary. */
  readonly r: number | null;
  readonly t: number | null;
  readonly df: number;
  readonly p: number | null;
  readonly logP: number | null;
  /** Fisher's interval; needs four points. */
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number;
}

export interface SlopeResult {
  /** Least-squares slope of y on x. */
  readonly slope: number | null;
  readonly standardError: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

export interface RankCorrelation {
  readonly coefficient: number | null;
  readonly p: number | null;
  /** `exact`: the permutation distribution; `approximate`: its large-sample form. */
  readonly method: 'exact' | 'approximate' | 'not estimable';
  readonly n: number;
}

function requirePairs(name: string, x: ArrayLike<number>, y: ArrayLike<number>, minimum: number): void {
  if (x.length !== y.length) throw new InputError(`${name}: ${x.length} x values and ${y.length} y values.`);
  requireFinite(`${name}, x`, x, minimum);
  requireFinite(`${name}, y`, y, minimum);
}

interface Moments {
  readonly sxx: number;
  readonly syy: number;
  readonly sxy: number;
}

function moments(x: ArrayLike<number>, y: ArrayLike<number>): Moments {
  const n = x.length;
  let mx = 0;
  let my = 0;
  for (let i = 0; i < n; i++) {
    mx += x[i] / n;
    my += y[i] / n;
  }
  let sxx = 0;
  let syy = 0;
  let sxy = 0;
  for (let i = 0; i < n; i++) {
    sxx += (x[i] - mx) ** 2;
    syy += (y[i] - my) ** 2;
    sxy += (x[i] - mx) * (y[i] - my);
  }
  return { sxx, syy, sxy };
}

/** Relative size below which a sum of squares is rounding of a constant. */
function isConstant(values: ArrayLike<number>, squares: number): boolean {
  let scale = 0;
  for (let i = 0; i < values.length; i++) scale += values[i] ** 2;
  return squares <= 1e-24 * scale || squares === 0;
}

/**
 * Pearson's correlation with its t test and Fisher's z interval, tanh(atanh r -+ z / sqrt(n - 3)).
 *
 * @param confidence default 0.95
 * @returns with all points on one line r is -1 or 1 and there is no t and no p
 * @throws InputError with fewer than three pairs, unequal lengths or values that are not finite
 */
export function pearson(x: ArrayLike<number>, y: ArrayLike<number>, confidence = 0.95): PearsonResult {
  requirePairs('pearson', x, y, 3);
  const n = x.length;
  const df = n - 2;
  const { sxx, syy, sxy } = moments(x, y);
  const none = { t: null, df, p: null, logP: null, low: null, high: null, n };
  if (isConstant(x, sxx) || isConstant(y, syy)) return { r: null, ...none };
  const r = Math.max(-1, Math.min(1, sxy / Math.sqrt(sxx * syy)));
  const rest = (1 - r) * (1 + r);
  if (rest <= 1e-15) return { ...none, r: Math.sign(r), low: Math.sign(r), high: Math.sign(r) };
  const t = r * Math.sqrt(df / rest);
  const { p, logP } = tTwoSided(t, df);
  if (n < 4) return { ...none, r, t, p, logP };
  const margin = normalQuantile((1 + confidence) / 2) / Math.sqrt(n - 3);
  const z = Math.atanh(r);
  return { r, t, df, p, logP, low: Math.tanh(z - margin), high: Math.tanh(z + margin), n };
}

/** Least-squares slope of y on x with its t interval. Same input rules as `pearson`. */
export function slope(x: ArrayLike<number>, y: ArrayLike<number>, confidence = 0.95): SlopeResult {
  requirePairs('slope', x, y, 3);
  const { sxx, syy, sxy } = moments(x, y);
  if (isConstant(x, sxx)) return { slope: null, standardError: null, low: null, high: null };
  const df = x.length - 2;
  const estimate = sxy / sxx;
  const standardError = Math.sqrt(Math.max(0, syy - estimate * sxy) / df / sxx);
  const margin = tQuantile((1 + confidence) / 2, df) * standardError;
  return { slope: estimate, standardError, low: estimate - margin, high: estimate + margin };
}

/** Ranks from 1, ties sharing their mean rank. */
export function midRanks(values: ArrayLike<number>): number[] {
  const order = Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[a] - values[b]);
  const ranks = new Array<number>(values.length);
  for (let start = 0; start < order.length;) {
    let end = start;
    while (end + 1 < order.length && values[order[end + 1]] === values[order[start]]) end++;
    for (let i = start; i <= end; i++) ranks[order[i]] = (start + end) / 2 + 1;
    start = end + 1;
  }
  return ranks;
}

/** Up to this many points every ordering is enumerated (9! = 362,880). */
const enumerable = 9;

/**
 * Spearman's rank correlation: Pearson's of the mid-ranks. Its two-sided p is exact for up to nine points, ties
 * included (the share of all orderings whose |rho| is at least as large), else from t with n - 2 df.
 *
 * @param options.exact false for the large-sample p at any size
 */
export function spearman(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  options: { readonly exact?: boolean } = {},
): RankCorrelation {
  requirePairs('spearman', x, y, 3);
  const n = x.length;
  const a = midRanks(x);
  const b = midRanks(y);
  const { r, p } = pearson(a, b);
  if (r === null) return { coefficient: null, p: null, method: 'not estimable', n };
  if (p === null) return { coefficient: r, p: perfectOrderP(x), method: 'exact', n };
  if (n > enumerable || options.exact === false) return { coefficient: r, p, method: 'approximate', n };
  // Twice the ranks are whole numbers, so equal sums compare as equal.
  const centre = n + 1;
  const doubled = a.map((rank) => Math.round(2 * rank) - centre);
  const other = b.map((rank) => Math.round(2 * rank) - centre);
  const observed = Math.abs(doubled.reduce((sum, value, i) => sum + value * other[i], 0));
  const share = shareOfOrderings(other, (order) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += doubled[i] * order[i];
    return Math.abs(sum) >= observed;
  });
  return { coefficient: r, p: share, method: 'exact', n };
}

/**
 * Kendall's tau-b, which allows for ties. Its two-sided p is exact without ties for up to 50 points (from the
 * numbers of orderings with k inversions) and with ties for up to nine (by enumeration), else normal with the
 * tie-corrected variance (Kendall 1970, Rank Correlation Methods).
 *
 * @param options.exact false for the large-sample p at any size
 */
export function kendall(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  options: { readonly exact?: boolean } = {},
): RankCorrelation {
  requirePairs('kendall', x, y, 3);
  const n = x.length;
  const score = concordance(x, y);
  const tiesX = tieSizes(x);
  const tiesY = tieSizes(y);
  const pairs = (n * (n - 1)) / 2;
  const tied = (sizes: readonly number[]) => sizes.reduce((sum, t) => sum + (t * (t - 1)) / 2, 0);
  const scale = Math.sqrt((pairs - tied(tiesX)) * (pairs - tied(tiesY)));
  if (scale === 0) return { coefficient: null, p: null, method: 'not estimable', n };
  const coefficient = score / scale;
  const untied = tiesX.length === n && tiesY.length === n;
  if (options.exact !== false && untied && n <= 50) {
    return { coefficient, p: exactKendall(score, n), method: 'exact', n };
  }
  if (options.exact !== false && n <= enumerable) {
    const observed = Math.abs(score);
    const p = shareOfOrderings(Array.from(y), (order) => Math.abs(concordance(x, order)) >= observed);
    return { coefficient, p, method: 'exact', n };
  }
  const total = (f: (t: number) => number, sizes: readonly number[]) => sizes.reduce((s, t) => s + f(t), 0);
  const cubic = (t: number) => t * (t - 1) * (2 * t + 5);
  const two = (t: number) => t * (t - 1);
  const three = (t: number) => t * (t - 1) * (t - 2);
  const variance =
    (cubic(n) - total(cubic, tiesX) - total(cubic, tiesY)) / 18 +
    (total(two, tiesX) * total(two, tiesY)) / (2 * two(n)) +
    (total(three, tiesX) * total(three, tiesY)) / (9 * three(n));
  const { p } = normalTwoSided(score / Math.sqrt(variance));
  return { coefficient, p, method: 'approximate', n };
}

/** Share of orderings in perfect (dis)agreement: 2 x product of t! over the ties, over n!. */
function perfectOrderP(values: ArrayLike<number>): number {
  const logFactorial = (k: number) => {
    let sum = 0;
    for (let i = 2; i <= k; i++) sum += Math.log(i);
    return sum;
  };
  const ties = tieSizes(values).reduce((sum, t) => sum + logFactorial(t), Math.LN2);
  return Math.min(1, probabilityFromLog(ties - logFactorial(values.length)).p);
}

/** Concordant minus discordant pairs. */
function concordance(x: ArrayLike<number>, y: ArrayLike<number>): number {
  let score = 0;
  for (let i = 1; i < x.length; i++)
    for (let j = 0; j < i; j++) score += Math.sign(x[i] - x[j]) * Math.sign(y[i] - y[j]);
  return score;
}

function tieSizes(values: ArrayLike<number>): number[] {
  const counts = new Map<number, number>();
  for (let i = 0; i < values.length; i++) counts.set(values[i], (counts.get(values[i]) ?? 0) + 1);
  return [...counts.values()];
}

/** P(|S| >= |score|) from the distribution of inversions: adding the k-th item adds 0 to k - 1 of them. */
function exactKendall(score: number, n: number): number {
  let shares = [1];
  for (let k = 2; k <= n; k++) {
    const next = new Array<number>(shares.length + k - 1).fill(0);
    shares.forEach((share, inversions) => {
      for (let more = 0; more < k; more++) next[inversions + more] += share / k;
    });
    shares = next;
  }
  const most = shares.length - 1;
  let p = 0;
  shares.forEach((share, inversions) => {
    if (Math.abs(most - 2 * inversions) >= Math.abs(score)) p += share;
  });
  return Math.min(1, p);
}

/** Share of all orderings of the values for which the test holds (Heap's algorithm). */
function shareOfOrderings(values: readonly number[], test: (order: readonly number[]) => boolean): number {
  const order = values.slice();
  const n = order.length;
  const counters = new Array<number>(n).fill(0);
  let held = test(order) ? 1 : 0;
  let total = 1;
  for (let i = 1; i < n;) {
    if (counters[i] < i) {
      const j = i % 2 === 0 ? 0 : counters[i];
      [order[i], order[j]] = [order[j], order[i]];
      total++;
      if (test(order)) held++;
      counters[i]++;
      i = 1;
    } else counters[i++] = 0;
  }
  return held / total;
}
