import { InputError } from '../../core/index.ts';
import { logNoncentralTUpper } from '../distributions/noncentral-t.ts';
import { log1mexp } from '../distributions/probability.ts';
import { logGamma } from '../distributions/gamma.ts';
import { findRoot } from '../distributions/root.ts';
import { requireFinite, requireShare } from '../require-finite.ts';

/** An effect in standard deviations, with its interval. */
export interface StandardisedEffect {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Cohen's dz, the mean of paired differences over their standard deviation, with the interval of all effects whose
 * noncentral t does not reject it (Steiger & Fouladi 1997).
 *
 * @throws InputError with fewer than two differences, or when all are equal
 */
export function cohensDz(differences: readonly number[], confidence = 0.95): StandardisedEffect {
  requireFinite('differences', differences, 2);
  const { mean, squares } = moments(differences);
  const n = differences.length;
  const deviation = Math.sqrt(squares / (n - 1));
  if (!(deviation > 0)) throw new InputError('All differences are equal: there is no spread to divide by.');
  return withInterval(mean / deviation, Math.sqrt(1 / n), n - 1, 1, confidence);
}

/**
 * Hedges' g of two independent samples, mean(x) - mean(y) over the pooled standard deviation, without the bias of
 * small samples: J = Gamma(df/2) / (sqrt(df/2) Gamma((df - 1)/2)) (Hedges 1981). Its interval by the noncentral t.
 *
 * @throws InputError with fewer than two values in either, or when neither sample varies
 */
export function hedgesG(x: readonly number[], y: readonly number[], confidence = 0.95): StandardisedEffect {
  requireFinite("Hedges' g, x", x, 2);
  requireFinite("Hedges' g, y", y, 2);
  const [a, b] = [moments(x), moments(y)];
  const df = x.length + y.length - 2;
  const deviation = Math.sqrt((a.squares + b.squares) / df);
  if (!(deviation > 0)) throw new InputError('Neither sample varies: there is no spread to divide by.');
  const unit = Math.sqrt(1 / x.length + 1 / y.length);
  return withInterval((a.mean - b.mean) / deviation, unit, df, smallSampleFactor(df), confidence);
}

/** What an effect over a standard deviation of df degrees of freedom is too large by: below 1. */
export function smallSampleFactor(df: number): number {
  return Math.exp(logGamma(df / 2) - Math.log(df / 2) / 2 - logGamma((df - 1) / 2));
}

function moments(values: readonly number[]) {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return { mean, squares: values.reduce((sum, x) => sum + (x - mean) ** 2, 0) };
}

/** @param unit standard error of the effect in its own units: t = effect / unit */
function withInterval(effect: number, unit: number, df: number, factor: number, confidence: number) {
  requireShare('confidence', confidence);
  const t = effect / unit;
  const log = Math.log((1 - confidence) / 2);
  const upper = (shift: number) => logNoncentralTUpper(t, df, shift);
  const bound = (excess: (shift: number) => number) => {
    let reach = 2 + Math.abs(t) / 4;
    while (excess(t - reach) > 0 === excess(t + reach) > 0) reach *= 2;
    return findRoot(excess, t - reach, t + reach, 1e-12 * (1 + Math.abs(t)));
  };
  const low = bound((shift) => upper(shift) - log);
  const high = bound((shift) => log1mexp(upper(shift)) - log);
  return { estimate: factor * effect, low: factor * low * unit, high: factor * high * unit };
}
