import { InputError } from '../../core/errors.ts';
import { randomStream, type RandomStream } from '../../core/random.ts';
import { requireShare } from '../require-finite.ts';
import { dunnettCritical, dunnettUpperTail } from './dunnett.ts';
import { stirlingError } from './gamma.ts';
import { halfLogTwoPi, normalCdf, normalQuantile } from './normal.ts';
import { probabilityFromLog, requireAbove, type Probability } from './probability.ts';
import { findRoot } from './root.ts';
import { tQuantile, tTwoSided } from './student-t.ts';

export interface MaxTOptions {
  /** Source of the random shifts of the quasi-Monte-Carlo rule; a fixed stream by default. */
  readonly stream?: RandomStream;
  /** Stop when the standard error is below this; 1e-6 by default. */
  readonly tolerance?: number;
}

export interface MaxTProbability extends Probability {
  /** Standard error of p: 0 where quadrature gave it. */
  readonly standardError: number;
}

const shifts = 8;
const firstPoints = 1 << 10;
const lastPoints = 1 << 16;

/**
 * P(max |T_i| > t) for a multivariate t with that correlation matrix: the single-step p-value of a family of
 * contrasts ("mvt"; Dunnett's test where all share a control).
 *
 * Quadrature where the correlations are products lambda_i lambda_j (see dunnettUpperTail). Otherwise Genz's
 * separation of variables (Genz & Bretz 2002) with the probability of exceeding accumulated directly, on a
 * randomly shifted Kronecker lattice with the tent transform, doubled until the standard error is small.
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

/** lambda with R_ij = lambda_i lambda_j off the diagonal, or undefined where no such vector exists. */
export function productFactors(correlation: readonly (readonly number[])[]): number[] | undefined {
  const k = correlation.length;
  if (k === 1) return [0];
  let lambdas: number[] | undefined;
  if (k === 2) {
    const root = Math.sqrt(Math.abs(correlation[0][1]));
    lambdas = [root, Math.sign(correlation[0][1]) * root];
  } else {
    lambdas = factorsFromTriples(correlation);
  }
  if (lambdas?.some((x) => !(Math.abs(x) < 1 - 1e-9))) return undefined;
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < i; j++) {
      if (!lambdas || Math.abs(correlation[i][j] - lambdas[i] * lambdas[j]) > 1e-10) return undefined;
    }
  }
  return lambdas;
}

/** From the first row that correlates with two others: lambda_i^2 = R_ij R_ik / R_jk. */
function factorsFromTriples(correlation: readonly (readonly number[])[]): number[] | undefined {
  const k = correlation.length;
  for (let i = 0; i < k; i++) {
    const partners = correlation[i].map((r, j) => ({ r, j })).filter(({ r, j }) => j !== i && r !== 0);
    if (partners.length < 2) continue;
    const [first, second] = partners;
    const square = (first.r * second.r) / correlation[first.j][second.j];
    if (!(square > 0)) return undefined;
    const own = Math.sqrt(square);
    return correlation[i].map((r, j) => (j === i ? own : r / own));
  }
  return correlation.every((row, i) => row.every((r, j) => i === j || r === 0))
    ? new Array<number>(k).fill(0)
    : undefined;
}

function checkCorrelation(correlation: readonly (readonly number[])[]): void {
  const k = correlation.length;
  if (k === 0) throw new InputError('The correlation matrix is empty; it needs at least one statistic.');
  for (let i = 0; i < k; i++) {
    if (correlation[i].length !== k) {
      throw new InputError(
        `Row ${i + 1} of the correlation matrix has ${correlation[i].length} of ${k} entries.`,
      );
    }
    for (let j = 0; j < k; j++) {
      const r = correlation[i][j];
      const good = i === j ? Math.abs(r - 1) < 1e-9 : Math.abs(r) <= 1 + 1e-9;
      if (!good || Math.abs(r - correlation[j][i]) > 1e-9) {
        throw new InputError(
          `Entry (${i + 1}, ${j + 1}) is ${r}; a correlation matrix is symmetric with 1 on its diagonal.`,
        );
      }
    }
  }
}

/** Lower triangular factor; a pivot that is 0 marks a statistic that the earlier ones determine. */
function choleskyRows(correlation: readonly (readonly number[])[]): Float64Array[] {
  const k = correlation.length;
  const rows = correlation.map(() => new Float64Array(k));
  for (let i = 0; i < k; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = correlation[i][j];
      for (let q = 0; q < j; q++) rest -= rows[i][q] * rows[j][q];
      if (i !== j) {
        rows[i][j] = rows[j][j] === 0 ? 0 : rest / rows[j][j];
      } else if (rest < -1e-8) {
        throw new InputError('The correlation matrix is not positive semi-definite.');
      } else {
        rows[i][i] = rest < 1e-10 ? 0 : Math.sqrt(rest);
      }
    }
  }
  return rows;
}

function latticeProbability(
  t: number,
  factor: readonly Float64Array[],
  df: number,
  options: MaxTOptions,
): { readonly p: number; readonly standardError: number } {
  const stream = options.stream ?? randomStream('stats', 'multivariate-t');
  const tolerance = options.tolerance ?? 1e-6;
  const dimensions = factor.length;
  const generators = firstPrimes(dimensions).map((prime) => Math.sqrt(prime) % 1);
  const offsets = Array.from({ length: shifts }, () => generators.map(() => stream.next()));
  const sums = new Float64Array(shifts);
  const coordinates = new Float64Array(dimensions);
  let done = 0;
  for (let points = firstPoints; ; points *= 2) {
    for (let shift = 0; shift < shifts; shift++) {
      const offset = offsets[shift];
      for (let i = done + 1; i <= points; i++) {
        for (let d = 0; d < dimensions; d++) {
          coordinates[d] = Math.abs(2 * ((i * generators[d] + offset[d]) % 1) - 1);
        }
        sums[shift] += exceedProbability(t, factor, df, coordinates);
      }
    }
    done = points;
    const p = sums.reduce((a, b) => a + b, 0) / (shifts * points);
    let variance = 0;
    for (const sum of sums) variance += (sum / points - p) ** 2;
    const standardError = Math.sqrt(variance / (shifts * (shifts - 1)));
    if (standardError < tolerance || points >= lastPoints) return { p, standardError };
  }
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

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) {
    if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  }
  return primes;
}
