import { stirlingError } from './gamma.ts';
import { halfLogTwoPi } from './normal.ts';
import { LogSum } from './probability.ts';

/**
 * log of the expectation of exp(logTail(S)) where S = sqrt(chi-square(df) / df), the scale that turns a normal
 * probability into one for t statistics with a shared estimate of variance.
 *
 * The trapezoidal rule in u = log S: the integrand is analytic and falls off at both ends, so the rule
 * converges geometrically (Trefethen & Weideman 2014); the step below leaves less than 1e-14.
 *
 * @param logTail falling in s, at most 0
 */
export function logScaleExpectation(df: number, logTail: (s: number) => number): number {
  if (df === Infinity) return logTail(1);
  const constant = Math.LN2 - halfLogTwoPi + 0.5 * Math.log(df / 2) - stirlingError(df / 2);
  const term = (u: number) => constant + df * (u - Math.expm1(2 * u) / 2) + logTail(Math.exp(u));
  const step = Math.min(0.1, 1 / (1.7 * Math.sqrt(2 * df)));

  // The density peaks at u = 0 and the tail pulls the product to the left of it.
  let peak = 0;
  let best = term(0);
  for (let stride = 64; stride >= 1; stride /= 2) {
    for (;;) {
      const candidate = term(peak - stride * step);
      if (candidate <= best) break;
      best = candidate;
      peak -= stride * step;
    }
  }
  return logTrapezoid(term, peak, step);
}

/** log of the integral of exp(logTerm) over the line; walks outward from the peak until nothing is added. */
export function logTrapezoid(logTerm: (x: number) => number, peak: number, step: number): number {
  const total = new LogSum();
  total.add(logTerm(peak));
  for (const direction of [1, -1]) {
    let previous = Infinity;
    for (let i = 1; i < 100_000; i++) {
      const value = logTerm(peak + direction * i * step);
      total.add(value);
      if (value <= previous && value < total.value - 40) break;
      previous = value;
    }
  }
  return total.value + Math.log(step);
}
