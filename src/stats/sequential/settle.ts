import { tQuantile } from '../distributions/index.ts';
import type { Evidence } from '../verdicts/evidence.ts';

/**
 * How a level of a growing study is settled: a gain or harm is shown, it is shown to be as good as the baseline, or it is
 * dropped, because a gain of the margin is unlikely.
 */
export type HowSettled = 'shown' | 'as good' | 'dropped';

/** How sure it must be that a gain is smaller than the margin before a level is dropped. */
const futility = 0.95;

/**
 * What settles a level at a look; undefined while it is open. It is dropped where a one-sided interval of 95% says that
 * its gain is below the margin: that claims nothing and cannot raise the error (a futility bound that does not bind).
 * Equal differences in every block say nothing of how much others would differ, and drop nothing.
 *
 * @param margin above 0, in units of the score
 */
export function settledBy(
  { shown, asGood }: { readonly shown: boolean; readonly asGood: boolean },
  { estimate, standardError, df }: Evidence,
  margin: number,
): HowSettled | undefined {
  if (shown) return 'shown';
  if (asGood) return 'as good';
  const futile = standardError > 0 && estimate + tQuantile(futility, df) * standardError < margin;
  return futile ? 'dropped' : undefined;
}
