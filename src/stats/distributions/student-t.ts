import quantile from '@stdlib/stats-base-dists-t-quantile';
import { InputError } from '../../core/errors.ts';
import { logIncompleteBeta } from './incomplete-beta.ts';
import { normalQuantile, normalTwoSided, normalUpperTail } from './normal.ts';
import { log1mexp, probabilityFromLog, requireAbove, type Probability } from './probability.ts';

function logTwoSided(t: number, df: number): number {
  if (t === 0) return 0;
  const square = t * t;
  // x = df/(df + t^2) and its complement, in a form that survives t^2 = Infinity.
  const x = square > df ? df / square / (1 + df / square) : df / (df + square);
  const y = square > df ? 1 / (1 + df / square) : square / (df + square);
  return logIncompleteBeta(x, y, df / 2, 0.5).lower;
}

/**
 * P(T > t) for Student's t with df degrees of freedom; df may be fractional, and Infinity is the normal.
 *
 * P(|T| > t) = I_x(df/2, 1/2) with x = df / (df + t^2) (NIST DLMF 8.17), in logarithms.
 *
 * @throws InputError when t is NaN or df is not above 0
 */
export function tUpperTail(t: number, df: number): Probability {
  checkT(t, df);
  if (df === Infinity) return normalUpperTail(t);
  const logHalf = logTwoSided(t, df) - Math.LN2;
  return probabilityFromLog(t >= 0 ? logHalf : log1mexp(logHalf));
}

/** P(T <= t); see tUpperTail. */
export function tLowerTail(t: number, df: number): Probability {
  return tUpperTail(-t, df);
}

/** P(|T| > |t|), the two-sided p-value of a t statistic; see tUpperTail. */
export function tTwoSided(t: number, df: number): Probability {
  checkT(t, df);
  return df === Infinity ? normalTwoSided(t) : probabilityFromLog(logTwoSided(t, df));
}

/** The t with P(T <= t) = p. @throws InputError unless 0 < p < 1 and df > 0 */
export function tQuantile(p: number, df: number): number {
  requireAbove('df', df, 0, { allowInfinity: true });
  if (!(p > 0 && p < 1)) throw new InputError(`p is ${p}; a quantile needs 0 < p < 1.`);
  if (p === 0.5) return 0;
  return df === Infinity ? normalQuantile(p) : quantile(p, df);
}

function checkT(t: number, df: number): void {
  if (Number.isNaN(t)) throw new InputError('t is NaN; a tail probability needs a number.');
  requireAbove('df', df, 0, { allowInfinity: true });
}
