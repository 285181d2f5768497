import type { Matrix } from './design-terms.ts';
import { fUpperTail } from '../distributions/index.ts';
import type { GroupSample } from './flip-statistic.ts';
import { symmetricPower } from '../symmetric.ts';

export interface SatterthwaiteTest {
  readonly f: number;
  readonly df1: number;
  readonly df2: number;
  readonly p: number;
  /** Natural logarithm of p. */
  readonly logP: number;
}

/**
 * F approximation of the Wald statistic v' V^-1 v with V a sum of independent covariance estimates V_g, each
 * with its own degrees of freedom: the multivariate Welch-Satterthwaite approximation of Krishnamoorthy & Yu
 * 2004 (Statistics & Probability Letters 66), f = (d + d^2) / sum_g (tr((V_g V^-1)^2) + tr(V_g V^-1)^2) / df_g,
 * F = W (f - d + 1) / (f d) on (d, f - d + 1). With one contrast it is Welch's t squared, with one group
 * Hotelling's T squared.
 *
 * @param dfs degrees of freedom of each group's covariance
 * @returns `null` when V is singular or has too few degrees of freedom
 */
export function satterthwaiteTest(
  groups: readonly GroupSample[],
  dimension: number,
  { rows: h, columns: count, data: H }: Matrix,
  dfs: readonly number[],
): SatterthwaiteTest | null {
  const size = h * dimension;
  const vector = new Float64Array(size);
  const parts = groups.map(({ mean, residuals, blocks }, g) => {
    const part = new Float64Array(size * size);
    for (let i = 0; i < h; i++)
      for (let k = 0; k < dimension; k++) vector[i * dimension + k] += H[i * count + g] * mean[k];
    for (let b = 0; b < blocks; b++) {
      const row = new Float64Array(size);
      for (let i = 0; i < h; i++)
        for (let k = 0; k < dimension; k++) {
          row[i * dimension + k] = H[i * count + g] * residuals[b * dimension + k];
        }
      for (let i = 0; i < size; i++)
        for (let j = 0; j < size; j++) part[i * size + j] += (row[i] * row[j]) / (blocks * (blocks - 1));
    }
    return part;
  });
  const total = new Float64Array(size * size);
  for (const part of parts) for (let i = 0; i < total.length; i++) total[i] += part[i];
  const { matrix: inverse, rank } = symmetricPower(total, size, -1, 1e-12);
  if (rank < size) return null;
  let wald = 0;
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) wald += vector[i] * inverse[i * size + j] * vector[j];
  let sum = 0;
  parts.forEach((part, g) => {
    let trace = 0;
    let square = 0;
    const product = new Float64Array(size * size);
    for (let i = 0; i < size; i++)
      for (let k = 0; k < size; k++) {
        const x = part[i * size + k];
        if (x !== 0) for (let j = 0; j < size; j++) product[i * size + j] += x * inverse[k * size + j];
      }
    for (let i = 0; i < size; i++) {
      trace += product[i * size + i];
      for (let j = 0; j < size; j++) square += product[i * size + j] * product[j * size + i];
    }
    sum += (square + trace * trace) / dfs[g];
  });
  const df = (size + size * size) / sum;
  const df2 = df - size + 1;
  if (!(df2 > 0)) return null;
  const f = (wald * df2) / (df * size);
  return { f, df1: size, df2, ...fUpperTail(f, size, df2) };
}
