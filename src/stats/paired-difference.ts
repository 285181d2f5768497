import { InputError } from '../core/index.ts';
import { tQuantile } from './distributions/index.ts';
import { requireFinite, requireShare } from './require-finite.ts';

export interface PairedDifference {
  /** Mean of x - y over pairs. */
  readonly estimate: number;
  /** t interval with n - 1 degrees of freedom; `null` with a single pair. */
  readonly low: number | null;
  readonly high: number | null;
  /** Pairs. */
  readonly n: number;
}

/**
 * Mean difference of pairs with its t interval: what two runs of the same instances differ by (Student 1908).
 *
 *   d_i = x_i - y_i,  mean(d) +- t(1 - alpha/2, n - 1) sd(d) / sqrt(n)
 *
 * @param x, y  paired values, of equal length
 * @param confidence  in (0, 1), default 0.95
 * @throws InputError when there is no pair, lengths differ, or a value is not finite
 */
export function pairedDifference(
  x: readonly number[],
  y: readonly number[],
  confidence = 0.95,
): PairedDifference {
  if (x.length !== y.length)
    throw new InputError(`Pairs need as many x as y; there are ${x.length} and ${y.length}.`);
  requireFinite('x', x);
  requireFinite('y', y);
  requireShare('confidence', confidence);
  const n = x.length;
  const differences = x.map((value, i) => value - y[i]);
  const estimate = differences.reduce((sum, d) => sum + d, 0) / n;
  if (n === 1) return { estimate, low: null, high: null, n };
  const variance = differences.reduce((sum, d) => sum + (d - estimate) ** 2, 0) / (n - 1);
  const margin = tQuantile(0.5 + confidence / 2, n - 1) * Math.sqrt(variance / n);
  return { estimate, low: estimate - margin, high: estimate + margin, n };
}
