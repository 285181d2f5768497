import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import type { RandomStream } from '../core/index.ts';
import { InputError } from '../core/index.ts';
import { tCentralQuantile } from './distributions/student-t-whole.ts';
import { requireFinite, requireShare } from './require-finite.ts';

/** An estimate with an interval; `null` bounds mean that the data do not allow an interval. */
export interface IntervalEstimate {
  readonly estimate: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly confidence: number;
  /** Number of values the estimate rests on. */
  readonly n: number;
}

export type BootstrapMethod = 'percentile' | 'expanded' | 'basic' | 'bca';

export interface BootstrapOptions {
  /** Source of the resamples; the same stream state gives the same interval. */
  readonly stream: RandomStream;
  /** Default 2,000. */
  readonly resamples?: number;
  /** Default 0.95. */
  readonly confidence?: number;
}

/** mean = sum(x) / n. Empty input is refused. */
export function mean(values: ArrayLike<number>): number {
  requireFinite('mean', values);
  return meanOf(values);
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/**
 * The quantile of bootstrap replicates: between order statistics, interpolated on the normal scale, as in
 * Davison & Hinkley 1997, equation 5.8, and R's `boot`. It never extrapolates beyond the extreme replicates.
 *
 * @param sorted replicates in increasing order
 * @param share in (0, 1)
 */
export function bootstrapQuantile(sorted: ArrayLike<number>, share: number): number {
  const count = sorted.length;
  const rank = (count + 1) * share;
  const k = Math.floor(rank);
  if (k < 1) return sorted[0];
  if (k >= count) return sorted[count - 1];
  if (k === rank) return sorted[k - 1];
  const z = normalQuantile(share, 0, 1);
  const low = normalQuantile(k / (count + 1), 0, 1);
  const high = normalQuantile((k + 1) / (count + 1), 0, 1);
  return sorted[k - 1] + ((z - low) / (high - low)) * (sorted[k] - sorted[k - 1]);
}

/**
 * The two shares of the replicates' distribution between which the interval lies. Pure, so that stored
 * replicates from elsewhere can be checked.
 *
 * - percentile: alpha/2 and 1 - alpha/2.
 * - expanded: the percentile interval widened for the narrowness of the bootstrap distribution in small
 *   samples: share = Phi(-sqrt(n/(n-1)) t_{1-alpha/2, n-1}) (Hesterberg 2015, The American Statistician 69).
 * - bca: bias-corrected and accelerated (Efron 1987), with z0 from the share of replicates below the estimate
 *   and a from the jackknife, a = sum(L^3) / (6 sum(L^2)^1.5), L_i = mean(jack) - jack_i.
 */
export function bcaShares(
  replicates: ArrayLike<number>,
  estimate: number,
  acceleration: number,
  confidence = 0.95,
): [number, number] {
  let below = 0;
  for (let i = 0; i < replicates.length; i++) {
    below += replicates[i] < estimate ? 1 : replicates[i] === estimate ? 0.5 : 0;
  }
  // Kept inside (0, 1): z0 of a one-sided set of replicates would be infinite.
  const share = Math.min(Math.max(below, 0.5), replicates.length - 0.5) / replicates.length;
  const z0 = normalQuantile(share, 0, 1);
  const at = (probability: number): number => {
    const z = z0 + normalQuantile(probability, 0, 1);
    return normalCdf(z0 + z / (1 - acceleration * z), 0, 1);
  };
  return [at((1 - confidence) / 2), at((1 + confidence) / 2)];
}

/** Jackknife acceleration of BCa; 0 when the statistic does not change when a value is left out. */
export function jackknifeAcceleration(leaveOneOut: ArrayLike<number>): number {
  const centre = meanOf(leaveOneOut);
  let squares = 0;
  let cubes = 0;
  for (let i = 0; i < leaveOneOut.length; i++) {
    const influence = centre - leaveOneOut[i];
    squares += influence ** 2;
    cubes += influence ** 3;
  }
  return squares > 0 ? cubes / (6 * squares ** 1.5) : 0;
}

/**
 * The bootstrap interval of a statistic from its replicates, whatever made them (plain or stratified).
 *
 * @param replicates statistics of the resamples, any order
 * @param n number of values; the expanded method needs it
 * @param acceleration BCa's a, default 0 (which is the bias-corrected percentile interval)
 */
export function intervalFromReplicates(
  replicates: ArrayLike<number>,
  estimate: number,
  options: {
    readonly method: BootstrapMethod;
    readonly confidence?: number;
    readonly n?: number;
    readonly acceleration?: number;
  },
): [number, number] {
  const confidence = options.confidence ?? 0.95;
  requireShare('confidence', confidence);
  requireFinite('replicates', replicates, 2);
  const sorted = Float64Array.from(replicates).sort();
  let shares: [number, number] = [(1 - confidence) / 2, (1 + confidence) / 2];
  if (options.method === 'bca') {
    shares = bcaShares(replicates, estimate, options.acceleration ?? 0, confidence);
  } else if (options.method === 'expanded') {
    const n = options.n ?? 0;
    if (n < 2) throw new InputError(`bootstrap: the expanded interval needs n of at least 2, not ${n}.`);
    const tail = normalCdf(-Math.sqrt(n / (n - 1)) * tCentralQuantile(confidence, n - 1), 0, 1);
    shares = [tail, 1 - tail];
  }
  const [low, high] = shares.map((share) => bootstrapQuantile(sorted, share));
  return options.method === 'basic' ? [2 * estimate - high, 2 * estimate - low] : [low, high];
}

/**
 * A mean and its bootstrap interval: what a table of scores shows beside a mean.
 *
 * Resamples the values with replacement and takes the expanded percentile interval (Hesterberg 2015), which
 * for ten normal values covers about 94%, where the plain percentile interval covers about 90%.
 *
 * @param values finite numbers, any unit
 * @returns for one value, bounds of `null`: a single value
 *   says nothing about its spread
 * @throws InputError when empty, or when a value is NaN or infinite
 * @example bootstrapMeanInterval([0.2, 0.5, 0.4], { stream: randomStream('table', 'vdn') })
 */
export function bootstrapMeanInterval(
  values: ArrayLike<number>,
  options: BootstrapOptions & { readonly method?: BootstrapMethod },
): IntervalEstimate {
  requireFinite('bootstrapMeanInterval', values);
  const method = options.method ?? 'expanded';
  const confidence = options.confidence ?? 0.95;
  requireShare('confidence', confidence);
  const n = values.length;
  const estimate = meanOf(values);
  if (n < 2) return { estimate, low: null, high: null, confidence, n };
  const { stream } = options;
  const replicates = new Float64Array(resampleCount(options));
  for (let r = 0; r < replicates.length; r++) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += values[Math.floor(stream.next() * n)];
    replicates[r] = sum / n;
  }
  let acceleration = 0;
  if (method === 'bca') {
    // The mean without x_i is (n mean - x_i) / (n - 1).
    const leaveOneOut = Float64Array.from({ length: n }, (_, i) => (n * estimate - values[i]) / (n - 1));
    acceleration = jackknifeAcceleration(leaveOneOut);
  }
  const [low, high] = intervalFromReplicates(replicates, estimate, { method, confidence, n, acceleration });
  return { estimate, low, high, confidence, n };
}

/** The number of resamples asked for, checked. */
export function resampleCount(options: { readonly resamples?: number }, fallback = 2000): number {
  const count = options.resamples ?? fallback;
  if (!Number.isInteger(count) || count < 100) {
    throw new InputError(`resamples is ${count}; give a whole number of at least 100.`);
  }
  return count;
}
