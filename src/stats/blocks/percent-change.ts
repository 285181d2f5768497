import type { CellEstimates } from './cell-estimates.ts';
import { comparisonCovariance, linearComparison, type CellWeights } from './linear-comparison.ts';

/** A relative change in percent, or why there is none. */
export interface PercentChange {
  /** 100 (mean / baseline mean - 1); `null` where the baseline is too close to zero. */
  readonly estimate: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly reason?: string;
}

/**
 * The change of a mean against a baseline in percent: the ratio of the two means, with Fieller's interval (1954)
 * from the same blocks. A mean of per-block percentages would explode on blocks where the baseline scores
 * little, and any ratio is meaningless near zero, so there is none unless the baseline's lower confidence bound
 * exceeds the floor.
 *
 * @param options.floor in score units, default 0.1
 * @param options.confidence default 0.95
 */
export function percentChange(
  estimates: readonly CellEstimates[],
  level: CellWeights,
  baseline: CellWeights,
  options: { readonly floor?: number; readonly confidence?: number } = {},
): PercentChange {
  const floor = options.floor ?? 0.1;
  const none = (reason: string): PercentChange => ({ estimate: null, low: null, high: null, reason });
  const top = linearComparison(estimates, level, options.confidence);
  const bottom = linearComparison(estimates, baseline, options.confidence);
  if (top.estimate === null || bottom.estimate === null) return none(top.reason ?? bottom.reason ?? '');
  const lower = bottom.low ?? bottom.estimate;
  if (!(lower > floor)) {
    return none(`the baseline's lower bound ${lower.toFixed(3)} is not above ${floor}`);
  }
  const ratio = top.estimate / bottom.estimate;
  const percent = (x: number) => 100 * (x - 1);
  if (bottom.high === null || bottom.standardError === null) {
    return { estimate: percent(ratio), low: null, high: null, reason: 'no spread between blocks' };
  }
  // Fieller: the ratios r with (top - r bottom)^2 <= t^2 var(top - r bottom).
  const critical = (bottom.high - bottom.estimate) / bottom.standardError;
  const square = critical * critical;
  const a = bottom.estimate ** 2 - square * comparisonCovariance(estimates, baseline, baseline);
  const b = top.estimate * bottom.estimate - square * comparisonCovariance(estimates, level, baseline);
  const c = top.estimate ** 2 - square * comparisonCovariance(estimates, level, level);
  const root = Math.sqrt(Math.max(0, b * b - a * c));
  return { estimate: percent(ratio), low: percent((b - root) / a), high: percent((b + root) / a) };
}
