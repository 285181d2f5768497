import quantile from '@stdlib/stats-base-dists-f-quantile';
import { InputError } from '../../core/errors.ts';
import { logIncompleteBeta } from './incomplete-beta.ts';
import { probabilityFromLog, requireAbove, type Probability } from './probability.ts';

/** x = df2/(df2 + df1 F) and 1 - x, each without subtraction. */
export function fToBeta(F: number, df1: number, df2: number): { readonly x: number; readonly y: number } {
  if (F === Infinity) return { x: 0, y: 1 };
  const scaled = df1 * F;
  return { x: df2 / (df2 + scaled), y: scaled / (df2 + scaled) };
}

/**
 * P(X > F) for Fisher's F with (df1, df2) degrees of freedom, the p-value of an F statistic.
 *
 * P = I_x(df2/2, df1/2) with x = df2 / (df2 + df1 F) (NIST DLMF 8.17), in logarithms, so that a p far below
 * 1e-308 keeps its logarithm. Degrees of freedom may be fractional.
 *
 * @throws InputError when F is NaN or negative, or a degree of freedom is not above 0
 */
export function fUpperTail(F: number, df1: number, df2: number): Probability {
  const { x, y } = checkedBeta(F, df1, df2);
  return probabilityFromLog(logIncompleteBeta(x, y, df2 / 2, df1 / 2).lower);
}

/** P(X <= F); see fUpperTail. */
export function fLowerTail(F: number, df1: number, df2: number): Probability {
  const { x, y } = checkedBeta(F, df1, df2);
  return probabilityFromLog(logIncompleteBeta(x, y, df2 / 2, df1 / 2).upper);
}

/** The F with P(X <= F) = p. @throws InputError unless 0 < p < 1 and both degrees of freedom are above 0 */
export function fQuantile(p: number, df1: number, df2: number): number {
  requireAbove('df1', df1, 0);
  requireAbove('df2', df2, 0);
  if (!(p > 0 && p < 1)) throw new InputError(`p is ${p}; a quantile needs 0 < p < 1.`);
  return quantile(p, df1, df2);
}

export function checkF(F: number, df1: number, df2: number): void {
  requireAbove('F', F, 0, { allowEqual: true, allowInfinity: true });
  requireAbove('df1', df1, 0);
  requireAbove('df2', df2, 0);
}

function checkedBeta(F: number, df1: number, df2: number): { readonly x: number; readonly y: number } {
  checkF(F, df1, df2);
  return fToBeta(F, df1, df2);
}
