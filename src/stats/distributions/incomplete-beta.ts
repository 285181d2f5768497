import { log1mexp } from './probability.ts';
import { stirlingError } from './gamma.ts';

const halfLogTwoPi = 0.9189385332046727;
const tiny = 1e-300;

/**
 * log(x^a y^b / B(a, b)) for y = 1 - x, without the cancellation of log Gamma at large a and b: the powers are
 * taken relative to the mode a/(a + b) (Loader 2000, the saddle-point form).
 */
export function logBetaKernel(x: number, y: number, a: number, b: number): number {
  const total = a + b;
  return (
    a * logRatio(x, y, a, b) +
    b * logRatio(y, x, b, a) +
    0.5 * (Math.log(a) + Math.log(b) - Math.log(total)) -
    halfLogTwoPi -
    (stirlingError(a) + stirlingError(b) - stirlingError(total))
  );
}

/** log(x / (a / (a + b))) for x + y = 1, accurate where x is close to the mode. */
function logRatio(x: number, y: number, a: number, b: number): number {
  const excess = (x * b - y * a) / a;
  return Math.abs(excess) < 0.5 ? Math.log1p(excess) : Math.log(x) - Math.log(a / (a + b));
}

/** Continued fraction of the incomplete beta function by Lentz's method (NIST DLMF 8.17.22). */
function betaContinuedFraction(x: number, a: number, b: number): number {
  const guard = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / guard(1 - ((a + b) * x) / (a + 1));
  let h = d;
  const limit = 1000 + 10 * Math.sqrt(Math.max(a, b));
  for (let m = 1; m <= limit; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / guard(1 + even * d);
    c = guard(1 + even / c);
    h *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / guard(1 + odd * d);
    c = guard(1 + odd / c);
    const step = d * c;
    h *= step;
    if (Math.abs(step - 1) < 3e-16) return h;
  }
  return h;
}

/**
 * Natural logarithms of the regularised incomplete beta function I_x(a, b) and of its complement, from
 * whichever of the two is the small one, so that neither loses digits in its tail.
 *
 * @param x in [0, 1]
 * @param y 1 - x, given separately because subtraction would lose it
 */
export function logIncompleteBeta(
  x: number,
  y: number,
  a: number,
  b: number,
): { readonly lower: number; readonly upper: number } {
  if (x <= 0) return { lower: -Infinity, upper: 0 };
  if (y <= 0) return { lower: 0, upper: -Infinity };
  const kernel = logBetaKernel(x, y, a, b);
  if (x * (a + b + 2) <= a + 1) {
    const lower = Math.min(0, kernel - Math.log(a) + Math.log(betaContinuedFraction(x, a, b)));
    return { lower, upper: log1mexp(lower) };
  }
  const upper = Math.min(0, kernel - Math.log(b) + Math.log(betaContinuedFraction(y, b, a)));
  return { lower: log1mexp(upper), upper };
}
