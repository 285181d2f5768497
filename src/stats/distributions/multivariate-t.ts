import { randomStream, type RandomStream } from '../../core/random.ts';
import { requireShare } from '../require-finite.ts';
import { checkCorrelation, choleskyRows, productFactors } from './correlation.ts';
import { lattices } from './lattice.ts';
import { dunnettCritical, dunnettUpperTail } from './dunnett.ts';
import { stirlingError } from './gamma.ts';
import { halfLogTwoPi, normalCdf, normalQuantile } from './normal.ts';
import { probabilityFromLog, requireAbove, type Probability } from './probability.ts';
import { findRoot } from './root.ts';
import { tQuantile, tTwoSided } from './student-t.ts';

export interface MaxTOptions {
  /** Source of the random shifts of the quasi-Monte-Carlo rule; a fixed stream by default. */
  readonly stream?: RandomStream;
  /** Stop when the standard error is below this; 3e-6 by default. */
  readonly tolerance?: number;
}

export interface MaxTProbability extends Probability {
  /** Standard error of p: 0 where quadrature gave it. */
  readonly standardError: number;
}

const shifts = 8;
const defaultTolerance = 3e-6;

/**
 * P(max |T_i| > t) for a multivariate t with that correlation matrix: the single-step p-value of a family of
 * contrasts ("mvt"; Dunnett's test where all share a control).
 *
 * Quadrature where the correlations are products lambda_i lambda_j (see dunnettUpperTail). Otherwise Genz's
 * separation of variables (Genz & Bretz 2002) with the probability of exceeding accumulated directly, on
 * randomly shifted lattices with the tent transform, larger ones until the standard error is small.
 * Where p is so small that the rule knows less than two digits of it, the answer is the union bound
 * sum P(|T_i| > t), which is never too small. The matrix may be singular (all pairwise differences).
 *
 * @param t at least 0
 * @param correlation symmetric, unit diagonal, positive semi-definite
 * @param df above 0, may be Infinity
 * @throws InputError when the matrix is not a correlation matrix, or on NaN
 */
export function maxAbsTUpperTail(
  t: number,
  correlation: readonly (readonly number[])[],
  df: number,
  options: MaxTOptions = {},
): MaxTProbability {
  requireAbove('t', t, 0, { allowEqual: true });
  requireAbove('df', df, 0, { allowInfinity: true });
  checkCorrelation(correlation);
  const lambdas = productFactors(correlation);
  if (lambdas) return { ...dunnettUpperTail(t, lambdas, df), standardError: 0 };

  const single = tTwoSided(t, df).logP;
  const union = Math.min(0, single + Math.log(correlation.length));
  if (union < Math.log(1e-12)) return { ...probabilityFromLog(union), standardError: 0 };
  const estimate = latticeProbability(t, choleskyRows(correlation), df, options);
  if (estimate.standardError > 0.02 * estimate.p) {
    return { ...probabilityFromLog(union), standardError: 0 };
  }
  const logP = Math.min(union, Math.max(single, Math.log(estimate.p)));
  return { ...probabilityFromLog(logP), standardError: estimate.standardError };
}

/**
 * The t with P(max |T_i| > t) = alpha; see maxAbsTUpperTail.
 *
 * @param options.tolerance standard error of the probability; by default 2e-4 of alpha, which leaves the
 *   critical value good to about 1e-4 (exact where quadrature serves)
 */
export function maxAbsTCritical(
  alpha: number,
  correlation: readonly (readonly number[])[],
  df: number,
  options: Pick<MaxTOptions, 'tolerance'> = {},
): number {
  requireShare('alpha', alpha);
  checkCorrelation(correlation);
  const lambdas = productFactors(correlation);
  if (lambdas) return dunnettCritical(alpha, lambdas, df);
  const tolerance = options.tolerance ?? 2e-4 * Math.min(alpha, 1 - alpha);
  // One test bounds the answer from below, the union bound from above; a fixed stream makes the tail smooth.
  const low = -tQuantile(alpha / 2, df);
  const high = -tQuantile(alpha / 2 / correlation.length, df);
  const excess = (t: number) =>
    Math.log(maxAbsTUpperTail(t, correlation, df, { tolerance }).p) - Math.log(alpha);
  return excess(low) <= 0 ? low : excess(high) >= 0 ? high : findRoot(excess, low, high, 1e-5);
}

function latticeProbability(
  t: number,
  factor: readonly Float64Array[],
  df: number,
  options: MaxTOptions,
): { readonly p: number; readonly standardError: number } {
  const stream = options.stream ?? randomStream('stats', 'multivariate-t');
  const tolerance = options.tolerance ?? defaultTolerance;
  const dimensions = factor.length;
  const coordinates = new Float64Array(dimensions);
  let answer = { p: NaN, standardError: NaN };
  for (const { size, vector } of lattices) {
    const means = Array.from({ length: shifts }, () => {
      const offset = coordinates.map(() => stream.next());
      let sum = 0;
      for (let i = 0; i < size; i++) {
        for (let d = 0; d < dimensions; d++) {
          // Past the constructed components the coordinates matter little; plain random numbers serve.
          const u = d < vector.length ? ((i * vector[d]) % size) / size + offset[d] : stream.next();
          coordinates[d] = Math.abs(2 * (u % 1) - 1);
        }
        sum += exceedProbability(t, factor, df, coordinates);
      }
      return sum / size;
    });
    const p = means.reduce((a, b) => a + b, 0) / shifts;
    const variance = means.reduce((sum, mean) => sum + (mean - p) ** 2, 0) / (shifts * (shifts - 1));
    answer = { p, standardError: Math.sqrt(variance) };
    if (answer.standardError < tolerance) break;
  }
  return answer;
}

/** Probability that some |T_i| exceeds t, given uniform coordinates: scale first, then one normal each. */
function exceedProbability(
  t: number,
  factor: readonly Float64Array[],
  df: number,
  uniforms: Float64Array,
): number {
  const k = factor.length;
  const { scale, weight } = drawScale(df, uniforms[k - 1]);
  const bound = t * scale;
  const normals = exceedBuffer.length >= k ? exceedBuffer : (exceedBuffer = new Float64Array(k));
  let exceeded = 0;
  let inside = 1;
  for (let j = 0; j < k; j++) {
    const row = factor[j];
    let centre = 0;
    for (let q = 0; q < j; q++) centre += row[q] * normals[q];
    if (row[j] === 0) {
      normals[j] = 0;
      if (Math.abs(centre) <= bound * (1 + 1e-9)) continue;
      return weight * (exceeded + inside);
    }
    const below = normalCdf((-bound - centre) / row[j]);
    const above = normalCdf((centre - bound) / row[j]);
    const within = Math.max(0, 1 - below - above);
    exceeded += inside * (below + above);
    inside *= within;
    if (j === k - 1 || inside === 0) break;
    normals[j] = normalQuantile(Math.min(1 - 1e-16, Math.max(1e-300, below + uniforms[j] * within)));
  }
  return weight * exceeded;
}

let exceedBuffer = new Float64Array(16);

/**
 * sqrt(chi-square/df) from a uniform by Wilson & Hilferty's cube (1931), with the weight that makes up for the
 * difference between its density and the true one.
 */
function drawScale(df: number, uniform: number): { readonly scale: number; readonly weight: number } {
  if (df === Infinity) return { scale: 1, weight: 1 };
  const z = normalQuantile(Math.min(1 - 1e-15, Math.max(1e-15, uniform)));
  const c = 2 / (9 * df);
  const cube = 1 - c + z * Math.sqrt(c);
  if (cube <= 0) return { scale: 0, weight: 0 };
  const scale = cube ** 1.5;
  const u = Math.log(scale);
  const logDensity =
    Math.LN2 -
    halfLogTwoPi +
    0.5 * Math.log(df / 2) -
    stirlingError(df / 2) +
    df * (u - Math.expm1(2 * u) / 2) -
    u;
  // d scale / d z = 1.5 cube^(1/2) sqrt(c), so the density of the draw is phi(z) over that.
  const logDrawn = -0.5 * z * z - halfLogTwoPi - Math.log(1.5 * Math.sqrt(cube * c));
  return { scale, weight: Math.exp(logDensity - logDrawn) };
}
