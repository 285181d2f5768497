import type { IntervalEstimate } from './bootstrap.ts';
import { tQuantile } from './distributions/index.ts';
import { requireShare } from './require-finite.ts';

/**
 * A statistic of independent items with its delete-one jackknife interval (Tukey 1958), t with n - 1 degrees of
 * freedom.
 *
 *   pseudo_i = n s - (n - 1) s(without i),  s +- t sd(pseudo) / sqrt(n)
 *
 * @param statistic of all items (undefined) or of all but one; NaN where it cannot be computed
 * @returns bounds of `null` with fewer than two items, or where leaving one out leaves nothing to compute
 */
export function jackknife(
  n: number,
  statistic: (without?: number) => number,
  confidence = 0.95,
): IntervalEstimate {
  requireShare('confidence', confidence);
  const estimate = statistic();
  if (n < 2) return { estimate, low: null, high: null, confidence, n };
  const left = Array.from({ length: n }, (_, i) => statistic(i));
  const mean = left.reduce((sum, x) => sum + x, 0) / n;
  const squares = left.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  const half = tQuantile(0.5 + confidence / 2, n - 1) * Math.sqrt((squares * (n - 1)) / n);
  if (!Number.isFinite(half)) return { estimate, low: null, high: null, confidence, n };
  return { estimate, low: estimate - half, high: estimate + half, confidence, n };
}
