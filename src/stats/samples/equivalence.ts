import { InputError } from '../../core/index.ts';
import { tQuantile, tUpperTail } from '../distributions/index.ts';
import { requireFinite, requireShare } from '../require-finite.ts';

export interface EquivalenceTest {
  /** Mean difference. */
  readonly estimate: number;
  /** One-sided p of "above -margin": non-inferiority. */
  readonly nonInferiorityP: number;
  /** One-sided p of "below +margin": not better by more than the margin. */
  readonly nonSuperiorityP: number;
  /** The larger of both: p of "within the margin on both sides". */
  readonly p: number;
  /** The interval that lies within the margin exactly when p is at most alpha: 1 - 2 alpha, 90% by default. */
  readonly low: number;
  readonly high: number;
}

/**
 * Two one-sided t tests of paired differences, and non-inferiority (Schuirmann 1987; R's TOSTER):
 *
 *   t = (mean(d) + margin) / (sd(d) / sqrt(n))  and  t = (mean(d) - margin) / (sd(d) / sqrt(n)),  df = n - 1
 *
 * Verdicts use `equivalenceP`, which also knows differences that are all equal; here they have no test.
 *
 * @param differences one per block, at least two and not all equal
 * @param margin above 0, the largest difference that counts as none
 * @param confidence 1 - alpha of each one-sided test, default 0.95
 * @throws InputError when the margin is not above 0, values are not finite, or all are equal
 */
export function equivalenceTest(
  differences: readonly number[],
  margin: number,
  confidence = 0.95,
): EquivalenceTest {
  requireFinite('differences', differences, 2);
  requireShare('confidence', confidence);
  if (!(margin > 0 && Number.isFinite(margin))) {
    throw new InputError(`margin is ${margin}; give a number above 0, in units of the differences.`);
  }
  const n = differences.length;
  const estimate = differences.reduce((sum, d) => sum + d, 0) / n;
  const error = Math.sqrt(differences.reduce((sum, d) => sum + (d - estimate) ** 2, 0) / (n * (n - 1)));
  if (!(error > 0))
    throw new InputError('All differences are equal, so a t test has no spread to divide by.');
  const nonInferiorityP = tUpperTail((estimate + margin) / error, n - 1).p;
  const nonSuperiorityP = tUpperTail((margin - estimate) / error, n - 1).p;
  const half = tQuantile(confidence, n - 1) * error;
  return {
    estimate,
    nonInferiorityP,
    nonSuperiorityP,
    p: Math.max(nonInferiorityP, nonSuperiorityP),
    low: estimate - half,
    high: estimate + half,
  };
}
