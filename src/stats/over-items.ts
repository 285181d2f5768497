import { InputError } from '../core/index.ts';
import type { IntervalEstimate } from './bootstrap.ts';
import { requireFinite } from './require-finite.ts';
import { scoreInterval } from './score-interval.ts';

/**
 * The expected best of k values drawn from n without replacement, which is unbiased for the best of k new attempts:
 *
 *   sum over i of x_(i) C(i - 1, k - 1) / C(n, k),   x_(1) <= ... <= x_(n)
 *
 * For values of 0 and 1, c of them 1, it is 1 - C(n - c, k) / C(n, k): pass@k of Chen et al. 2021, arXiv 2107.03374.
 *
 * @param values of the n attempts, any unit
 * @param k at least 1 and at most n
 * @throws InputError when empty, NaN or infinite, or when there are fewer than k attempts
 */
export function bestOfK(values: ArrayLike<number>, k: number): number {
  requireFinite('bestOfK', values);
  const n = values.length;
  if (!(Number.isInteger(k) && k >= 1 && k <= n))
    throw new InputError(`bestOfK: the best of ${k} cannot be told from ${n} attempts.`);
  const sorted = Float64Array.from(values).sort();
  let sum = 0;
  // Of the largest value it is k / n; each smaller one is the largest of fewer draws.
  let weight = k / n;
  for (let i = n; i >= k; i--) {
    sum += weight * sorted[i - 1];
    weight *= (i - k) / (i - 1);
  }
  return sum;
}

/**
 * The mean over items of a statistic of each item's own attempts, with an interval that takes items, and not attempts,
 * for independent: `scoreInterval` of one number per item. It speaks of items like these, each counting the same.
 *
 * @param items the values of each item's attempts; an item without any is left out
 * @param statistic their mean when absent
 * @param scale the ends of the statistic's scale, [0, 1] when absent
 * @returns undefined where no item has an attempt
 * @throws InputError when a value is NaN or infinite
 */
export function overItems(
  items: Iterable<readonly number[]>,
  statistic: (attempts: readonly number[]) => number = meanOf,
  scale: readonly [number, number] = [0, 1],
): IntervalEstimate | undefined {
  const own = [...items].filter((attempts) => attempts.length > 0).map(statistic);
  return own.length === 0 ? undefined : scoreInterval(own, { scale });
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
