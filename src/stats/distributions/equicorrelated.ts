import { InputError } from '../../core/errors.ts';
import { normalCdf, normalQuantile } from './normal.ts';
import { findRoot } from './root.ts';

/** A correlation between this and 1 counts as this one: the quadrature's step falls with sqrt(1 - rho). */
const highestCorrelation = 0.995;
/** Below this p the union bound differs from the answer by less than rounding. */
const unionBelow = 1e-14;

/**
 * The chance that the largest of k test statistics is as far out as one with the given one-sided p, when each is
 * brought to a standard normal by its own null distribution and all of them correlate equally: the single-step
 * max-T adjustment of one-sided p-values (Westfall & Young 1993), with a normal copula for their dependence.
 *
 *   z = Phi^-1(1 - p),  P(max Z_i > z) = integral of phi(x) (1 - Phi((z - sqrt(rho) x) / sqrt(1 - rho))^k) dx
 *
 * Each statistic keeps its own null distribution and degrees of freedom, exact or not; with normal statistics and
 * equal correlation it is Dunnett's test (1955) with known variance. The integral is one-dimensional and its
 * integrand analytic, so the trapezoidal rule gives 9 digits for five comparisons and 5 for thirty.
 *
 * @param p one-sided, in [0, 1]
 * @param comparisons k, a whole number of at least 1
 * @param correlation rho in [0, 1]; 0 gives 1 - (1 - p)^k, 1 gives p
 * @returns at least p, at most min(1, k p)
 * @throws InputError when an argument is outside its range
 */
export function maxTAdjusted(p: number, comparisons: number, correlation: number): number {
  check(p, comparisons, correlation);
  if (comparisons === 1 || correlation === 1 || p === 0 || p === 1) return p;
  if (p < unionBelow) return comparisons * p;
  if (correlation === 0) return -Math.expm1(comparisons * Math.log1p(-p));
  const rho = Math.min(highestCorrelation, correlation);
  const z = -normalQuantile(p);
  const shared = Math.sqrt(rho);
  const own = Math.sqrt(1 - rho);
  const step = 0.5 * Math.min(1, own / shared);
  let sum = 0;
  for (let x = -8.5; x <= 8.5; x += step) {
    const tail = normalCdf((shared * x - z) / own);
    if (tail > 0)
      sum += Math.exp(-0.5 * x * x) * (tail >= 1 ? 1 : -Math.expm1(comparisons * Math.log1p(-tail)));
  }
  return Math.min(1, comparisons * p, Math.max(p, (sum * step) / Math.sqrt(2 * Math.PI)));
}

/**
 * The one-sided level of a single comparison at which `maxTAdjusted` gives alpha: what the intervals of a place
 * are computed with.
 *
 * @param alpha in (0, 1)
 */
export function maxTLevel(alpha: number, comparisons: number, correlation: number): number {
  check(alpha, comparisons, correlation);
  if (comparisons === 1 || correlation === 1) return alpha;
  if (correlation === 0) return -Math.expm1(Math.log1p(-alpha) / comparisons);
  const excess = (logP: number) => Math.log(maxTAdjusted(Math.exp(logP), comparisons, correlation) / alpha);
  return Math.exp(findRoot(excess, Math.log(alpha / comparisons) - 1e-9, Math.log(alpha), 1e-9));
}

function check(p: number, comparisons: number, correlation: number): void {
  if (!(p >= 0 && p <= 1)) throw new InputError(`p is ${p}; it must lie between 0 and 1.`);
  if (!Number.isInteger(comparisons) || comparisons < 1) {
    throw new InputError(`There are ${comparisons} comparisons; give a whole number of at least 1.`);
  }
  if (!(correlation >= 0 && correlation <= 1)) {
    throw new InputError(`The correlation is ${correlation}; it must lie between 0 and 1.`);
  }
}
