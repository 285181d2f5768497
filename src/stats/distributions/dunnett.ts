import { InputError } from '../../core/errors.ts';
import { halfLogTwoPi, logNormalUpper } from './normal.ts';
import { log1mexp, LogSum, probabilityFromLog, requireAbove, type Probability } from './probability.ts';
import { logScaleExpectation } from './scale-mixture.ts';
import { criticalValue } from './studentized-range.ts';

/**
 * P(max |T_i| > t) for t statistics that share their variance estimate and whose correlations are products,
 * corr(T_i, T_j) = lambda_i lambda_j: Dunnett's comparisons of independent means with one control
 * (Dunnett 1955), where lambda_i = sqrt(n_i / (n_i + n_0)).
 *
 * Given the shared normal Z the statistics are independent, so the probability is a double integral
 * (over Z and over the scale), taken by the trapezoidal rule in logarithms; exact to about 1e-13 relative.
 *
 * @param lambdas each in (-1, 1), at least one
 * @param df degrees of freedom of the variance, above 0, may be Infinity
 * @throws InputError on NaN or values outside these ranges
 */
export function dunnettUpperTail(t: number, lambdas: readonly number[], df: number): Probability {
  requireAbove('t', t, 0, { allowEqual: true });
  requireAbove('df', df, 0, { allowInfinity: true });
  if (lambdas.length === 0) throw new InputError('Dunnett needs at least one comparison; lambdas is empty.');
  for (const lambda of lambdas) {
    if (!(Math.abs(lambda) < 1)) throw new InputError(`lambda is ${lambda}; it must lie between -1 and 1.`);
  }
  if (t === 0) return probabilityFromLog(0);
  return probabilityFromLog(logScaleExpectation(df, (s) => logMaxNormalTail(t * s, lambdas)));
}

/** The t with P(max |T_i| > t) = alpha; see dunnettUpperTail. */
export function dunnettCritical(alpha: number, lambdas: readonly number[], df: number): number {
  return criticalValue(alpha, (t) => dunnettUpperTail(t, lambdas, df).logP);
}

function logMaxNormalTail(w: number, lambdas: readonly number[]): number {
  const spread = lambdas.map((lambda) => Math.sqrt(1 - lambda * lambda));
  let sharpness = 1;
  let reach = 9;
  lambdas.forEach((lambda, i) => {
    sharpness += (lambda / spread[i]) ** 2;
    reach = Math.max(reach, Math.abs(lambda) * w + 9);
  });
  const step = 0.7 / Math.sqrt(sharpness);
  const total = new LogSum();
  // The integrand is even in z: half of the line, the middle counted once.
  for (let i = 0; i * step <= reach; i++) {
    const z = i * step;
    let logNone = 0;
    const exceed = new LogSum();
    for (let j = 0; j < lambdas.length; j++) {
      const either = new LogSum();
      either.add(logNormalUpper((w - lambdas[j] * z) / spread[j]));
      either.add(logNormalUpper((w + lambdas[j] * z) / spread[j]));
      const logEither = Math.min(0, either.value);
      exceed.add(logEither);
      logNone += log1mexp(logEither);
    }
    // Below 1e-300 "none exceeds" rounds to certainty, and the union bound is exact.
    const logAny = logNone > -1e-300 ? exceed.value : log1mexp(logNone);
    total.add(logAny - 0.5 * z * z - halfLogTwoPi + (i === 0 ? 0 : Math.LN2));
  }
  return Math.min(0, total.value + Math.log(step));
}
