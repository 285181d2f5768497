import { logNormalUpper } from './normal.ts';
import { logScaleExpectation } from './scale-mixture.ts';

/**
 * log P(T > t) of the noncentral t: the mean of P(Z > t S - shift) over S = sqrt(chi-square(df) / df).
 *
 * For t below 0 it is taken from the other tail, since the mixture's integrand falls in S only for t above 0.
 */
export function logNoncentralTUpper(t: number, df: number, shift: number): number {
  if (t >= 0)
    return Math.min(
      0,
      logScaleExpectation(df, (s) => logNormalUpper(t * s - shift)),
    );
  const lower = Math.min(
    0,
    logScaleExpectation(df, (s) => logNormalUpper(-t * s + shift)),
  );
  return Math.log1p(-Math.exp(lower));
}
