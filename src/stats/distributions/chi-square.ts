import { logGamma } from './gamma.ts';
import { log1mexp, probabilityFromLog, requireAbove, type Probability } from './probability.ts';

/**
 * P(X > x) for chi-square with df degrees of freedom: the regularised incomplete gamma function Q(df/2, x/2), by its
 * series below the mean and its continued fraction above (Press et al., Numerical Recipes, 6.2), in logarithms.
 *
 * @throws InputError when x is below 0 or df not above 0
 */
export function chiSquareUpperTail(x: number, df: number): Probability {
  requireAbove('x', x, 0, { allowEqual: true });
  requireAbove('df', df, 0);
  if (x === 0) return probabilityFromLog(0);
  const a = df / 2;
  const z = x / 2;
  const front = a * Math.log(z) - z - logGamma(a);
  if (z < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let k = 1; term > 1e-17 * sum; k++) sum += term *= z / (a + k);
    return probabilityFromLog(log1mexp(Math.min(0, front + Math.log(sum))));
  }
  // Lentz's method.
  let b = z + 1 - a;
  let c = Infinity;
  let d = 1 / b;
  let fraction = d;
  for (let k = 1; k < 10_000; k++) {
    const step = -k * (k - a);
    b += 2;
    d = 1 / (step * d + b);
    c = b + step / c;
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return probabilityFromLog(front + Math.log(fraction));
}
