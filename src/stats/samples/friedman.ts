import { InputError } from '../../core/index.ts';
import { fUpperTail, studentizedRangeCritical, studentizedRangeUpperTail } from '../distributions/index.ts';
import { requireFinite } from '../require-finite.ts';
import { chiSquareUpperTail } from '../distributions/chi-square.ts';
import { midranks, tieTerm } from './ranks.ts';

export interface FriedmanTest {
  /** Mean rank of each treatment; the highest value has the highest rank. */
  readonly meanRanks: readonly number[];
  /** Corrected for ties; chi-square with treatments - 1 degrees of freedom. */
  readonly chiSquare: number;
  readonly df: number;
  readonly p: number;
  /** Iman & Davenport's F of the same ranks: less conservative with few blocks. Infinite where ranks agree in all. */
  readonly f: number;
  readonly fP: number;
  /** Nemenyi: mean ranks further apart than this differ, at alpha over all pairs. */
  readonly criticalDifference: number;
  /** Nemenyi's p of each pair [i][j], over all pairs; 1 on the diagonal. */
  readonly nemenyi: readonly (readonly number[])[];
  readonly blocks: number;
}

/**
 * Friedman's test of treatments ranked within blocks (Friedman 1937), Iman & Davenport's F (1980), and Nemenyi's
 * comparison of all pairs (Nemenyi 1963; Demšar 2006), as benchmarks over many tasks are compared.
 *
 *   chi2 = 12 sum_j n^2 (R_j - (k + 1)/2)^2 / (n k (k + 1) - sum(t^3 - t) / (k - 1))
 *   q = |R_i - R_j| / sqrt(k (k + 1) / (12 n)),  P = studentised range of k, df = infinity
 *
 * @param blocks one row per block, one value per treatment; no gaps
 * @param alpha of the critical difference, default 0.05
 * @throws InputError with fewer than two blocks or treatments, rows of unequal length, values that are not finite,
 *   or ties everywhere
 */
export function friedmanTest(blocks: readonly ArrayLike<number>[], alpha = 0.05): FriedmanTest {
  const n = blocks.length;
  const k = blocks.at(0)?.length ?? 0;
  if (n < 2 || k < 2) {
    throw new InputError(`Friedman: ${n} block(s) of ${k} treatment(s); at least two of each are needed.`);
  }
  const sums = new Float64Array(k);
  let ties = 0;
  blocks.forEach((row, b) => {
    requireFinite(`Friedman, block ${b + 1}`, row);
    if (row.length !== k) throw new InputError(`Friedman: block ${b + 1} has ${row.length} of ${k} values.`);
    const ranks = midranks(row);
    ranks.forEach((rank, j) => (sums[j] += rank));
    ties += tieTerm(ranks);
  });
  const meanRanks = Array.from(sums, (sum) => sum / n);
  const spread = meanRanks.reduce((sum, rank) => sum + (rank - (k + 1) / 2) ** 2, 0);
  const scale = n * k * (k + 1) - ties / (k - 1);
  if (!(scale > 0))
    throw new InputError('Friedman: all treatments tie in every block; there is nothing to rank.');
  const chiSquare = (12 * n * n * spread) / scale;
  const df = k - 1;
  const rest = n * df - chiSquare;
  const f = rest > 1e-12 * n * df ? ((n - 1) * chiSquare) / rest : Infinity;
  const unit = Math.sqrt((k * (k + 1)) / (12 * n));
  const pairP = (i: number, j: number) =>
    i === j ? 1 : studentizedRangeUpperTail(Math.abs(meanRanks[i] - meanRanks[j]) / unit, k, Infinity).p;
  return {
    meanRanks,
    chiSquare,
    df,
    p: chiSquareUpperTail(chiSquare, df).p,
    f,
    fP: f === Infinity ? 0 : fUpperTail(f, df, df * (n - 1)).p,
    criticalDifference: studentizedRangeCritical(alpha, k, Infinity) * unit,
    nemenyi: meanRanks.map((_, i) => meanRanks.map((_other, j) => pairP(i, j))),
    blocks: n,
  };
}
