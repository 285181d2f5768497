import type { RandomStream } from '../core/index.ts';
import { InputError } from '../core/index.ts';
import {
  intervalFromReplicates,
  jackknifeAcceleration,
  resampleCount,
  type BootstrapMethod,
  type IntervalEstimate,
} from './bootstrap.ts';
import { requireFinite } from './require-finite.ts';

/**
 * Interquartile mean: the mean of the values without the lowest and highest quarter (whole values only,
 * floor(n/4) on either side), which outliers cannot move and which uses more of the data than the median
 * (Agarwal et al. 2021, arXiv 2108.13264).
 *
 * @throws InputError when empty, NaN or infinite
 */
export function interquartileMean(values: ArrayLike<number>): number {
  requireFinite('interquartileMean', values);
  const sorted = Float64Array.from(values).sort();
  const cut = Math.floor(sorted.length / 4);
  let sum = 0;
  for (let i = cut; i < sorted.length - cut; i++) sum += sorted[i];
  return sum / (sorted.length - 2 * cut);
}

/**
 * P(X > Y) + P(X = Y) / 2 for a random score of each: how likely x is the better one, whatever the size of the
 * difference (Agarwal et al. 2021; the Mann-Whitney statistic over n m).
 */
export function probabilityOfImprovement(x: ArrayLike<number>, y: ArrayLike<number>): number {
  requireFinite('probabilityOfImprovement, x', x);
  requireFinite('probabilityOfImprovement, y', y);
  const sorted = Float64Array.from(y).sort();
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    sum += (countBelow(sorted, x[i], false) + countBelow(sorted, x[i], true)) / 2;
  }
  return sum / (x.length * y.length);
}

/**
 * `probabilityOfImprovement` of many resamples of the same items: sorted once, then O(n) for each resample.
 *
 * @param x one score per item; NaN where the item has none
 * @param y the same for the other side
 * @returns the probability for a resample that holds item i `counts[i]` times; NaN when a side of it is empty
 */
export function resampledImprovement(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
): (counts: ArrayLike<number>) => number {
  const entries = [x, y].flatMap((scores, side) =>
    Array.from(scores, (score, item) => ({ score, item, side })).filter(({ score }) => !Number.isNaN(score)),
  );
  entries.sort((a, b) => a.score - b.score);
  const items = Int32Array.from(entries, ({ item }) => item);
  const isX = Uint8Array.from(entries, ({ side }) => 1 - side);
  const endsTie = Uint8Array.from(entries, ({ score }, k) => Number(entries[k + 1]?.score !== score));
  return (counts) => {
    let wins = 0;
    let [seenX, seenY, tiedX, tiedY] = [0, 0, 0, 0];
    for (let k = 0; k < items.length; k++) {
      if (isX[k]) tiedX += counts[items[k]];
      else tiedY += counts[items[k]];
      if (!endsTie[k]) continue;
      // Halves are exact, so the order of summation changes nothing.
      wins += tiedX * (seenY + tiedY / 2);
      seenX += tiedX;
      seenY += tiedY;
      tiedX = tiedY = 0;
    }
    return wins / (seenX * seenY);
  };
}

/**
 * `interquartileMean` of many resamples of the same items: sorted once, then O(n) for each resample.
 *
 * @param values finite numbers
 * @param items which item each value belongs to
 * @returns the mean for a resample that holds item i `counts[i]` times; NaN when it is empty
 * @throws InputError when empty, NaN or infinite
 */
export function resampledInterquartileMean(
  values: ArrayLike<number>,
  items: ArrayLike<number>,
): (counts: ArrayLike<number>) => number {
  requireFinite('resampledInterquartileMean', values);
  const order = Array.from(values, (_, i) => i).sort((a, b) => values[a] - values[b]);
  const sorted = Float64Array.from(order, (i) => values[i]);
  const owner = Int32Array.from(order, (i) => items[i]);
  return (counts) => {
    let n = 0;
    for (let k = 0; k < owner.length; k++) n += counts[owner[k]];
    const cut = Math.floor(n / 4);
    let sum = 0;
    let rank = 0;
    for (let k = 0; k < owner.length; k++) {
      const end = rank + counts[owner[k]];
      // Added one by one, as the sum over the sorted resample is.
      for (let r = Math.max(rank, cut); r < Math.min(end, n - cut); r++) sum += sorted[k];
      rank = end;
    }
    return sum / (n - 2 * cut);
  };
}

/** How many sorted values lie below the value (or at it, when inclusive). */
function countBelow(sorted: Float64Array, value: number, inclusive: boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value || (inclusive && sorted[middle] === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Share of scores above each threshold (Dolan & Moré 2002; Agarwal et al. 2021). */
export function performanceProfile(values: ArrayLike<number>, thresholds: readonly number[]): number[] {
  requireFinite('performanceProfile', values);
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  return thresholds.map((tau) => (n - countBelow(sorted, tau, true)) / n);
}

/** mean of max(target - x, 0): how far the scores fall short of the target (Agarwal et al. 2021). */
export function optimalityGap(values: ArrayLike<number>, target = 1): number {
  requireFinite('optimalityGap', values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += Math.max(target - values[i], 0);
  return sum / values.length;
}

/**
 * Interval of a statistic of several strata by resampling within each: in a study the strata are tasks and the
 * items seeds, so every resample keeps the tasks and redraws the seeds (Agarwal et al. 2021).
 *
 * @param strata the items of each stratum; an item may be a number, or a block with all its scores so that what
 *   was paired stays paired
 * @param statistic of the strata; a finite number, or NaN for a resample in which it has no value
 * @param options.method `percentile` (default) or `bca`, whose acceleration comes from leaving out each item once
 * @returns bounds of `null` when some stratum has a single item, or some resample no value
 * @throws InputError when a stratum is empty, or the statistic is not finite
 */
export function stratifiedBootstrap<T>(
  strata: readonly (readonly T[])[],
  statistic: (strata: readonly (readonly T[])[]) => number,
  options: {
    readonly stream: RandomStream;
    readonly resamples?: number;
    readonly confidence?: number;
    readonly method?: Extract<BootstrapMethod, 'percentile' | 'bca'>;
  },
): IntervalEstimate {
  const confidence = options.confidence ?? 0.95;
  const method = options.method ?? 'percentile';
  if (strata.length === 0) throw new InputError('stratifiedBootstrap: there are no strata.');
  strata.forEach((items, s) => {
    if (items.length === 0) throw new InputError(`stratifiedBootstrap: stratum ${s + 1} is empty.`);
  });
  const checked = (value: number): number => {
    if (!Number.isFinite(value)) throw new InputError(`stratifiedBootstrap: the statistic is ${value}.`);
    return value;
  };
  const estimate = checked(statistic(strata));
  const n = strata.reduce((sum, items) => sum + items.length, 0);
  if (strata.some((items) => items.length < 2)) return { estimate, low: null, high: null, confidence, n };
  const { stream } = options;
  const replicates = new Float64Array(resampleCount(options));
  for (let r = 0; r < replicates.length; r++) {
    const value = statistic(
      strata.map((items) => items.map(() => items[Math.floor(stream.next() * items.length)])),
    );
    if (Number.isNaN(value)) return { estimate, low: null, high: null, confidence, n };
    replicates[r] = checked(value);
  }
  let acceleration = 0;
  if (method === 'bca') {
    const left = strata.flatMap((items, s) =>
      items.map((_, i) =>
        statistic(strata.map((other, k) => (k === s ? other.filter((_item, j) => j !== i) : other))),
      ),
    );
    acceleration = jackknifeAcceleration(left);
  }
  const [low, high] = intervalFromReplicates(replicates, estimate, { method, confidence, n, acceleration });
  return { estimate, low, high, confidence, n };
}
