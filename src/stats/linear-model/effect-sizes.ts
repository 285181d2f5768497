import { noncentralityInterval } from '../distributions/index.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Effect sizes of one F test. */
export interface EffectSizes {
  /** SS / (SS + SS_error): share of the variance that other terms leave. */
  readonly partialEtaSquared: number;
  /** Two-sided interval by inverting the noncentral F distribution (Steiger 2004). */
  readonly partialEtaSquaredInterval: Interval;
  /** Partial eta squared corrected for its bias (Olejnik & Algina 2003); negative values mean less than chance. */
  readonly partialOmegaSquared: number;
  /** The interval of the F that would have omega for its eta (as in R's effectsize). */
  readonly partialOmegaSquaredInterval: Interval;
  /** sqrt(SS / SS_error). */
  readonly cohensF: number;
  readonly cohensFInterval: Interval;
}

/**
 * Effect sizes from an F statistic, its degrees of freedom and the number of rows.
 *
 * eta = F df / (F df + dfe); omega = df (F - 1) / (df (F - 1) + N); f = sqrt(F df / dfe). The interval of eta
 * is ncp / (ncp + dfe) at both ends of the noncentrality's interval.
 *
 * @param level confidence of the two-sided interval, 0.9 by default: it then excludes 0 just when p < 0.05
 */
export function effectSizes(F: number, df: number, dfError: number, n: number, level = 0.9): EffectSizes {
  const eta = noncentralityInterval(F, df, dfError, level);
  const share = (ncp: number) => (ncp === Infinity ? 1 : ncp / (ncp + dfError));
  // Omega by its formula for an F test alone, which takes df + dfError + 1 for the number of rows.
  const omega = Math.max(0, (df * (F - 1)) / (F * df + dfError + 1));
  const omegaInterval = noncentralityInterval((omega / (1 - omega)) * (dfError / df), df, dfError, level);
  return {
    partialEtaSquared: (F * df) / (F * df + dfError),
    partialEtaSquaredInterval: { low: share(eta.low), high: share(eta.high) },
    partialOmegaSquared: (df * (F - 1)) / (df * (F - 1) + n),
    partialOmegaSquaredInterval: { low: share(omegaInterval.low), high: share(omegaInterval.high) },
    cohensF: Math.sqrt((F * df) / dfError),
    cohensFInterval: { low: Math.sqrt(eta.low / dfError), high: Math.sqrt(eta.high / dfError) },
  };
}
