import { InputError } from '../../core/errors.ts';
import { tUpperTail } from '../distributions/index.ts';

/** What the blocks say of one difference of means. */
export interface Evidence {
  /** Mean difference, in units of the score. */
  readonly estimate: number;
  /** 0 where all differences are equal. */
  readonly standardError: number;
  readonly df: number;
  /** Blocks with a difference. */
  readonly blocks: number;
}

/** Differences of scores below this share of the scores themselves are what rounding leaves. */
export const roundingShare = 1e-12;

/**
 * The evidence of paired differences. A spread that is rounding error counts as none, and so does a mean.
 *
 * @param differences one per block; NaN where a block has none
 * @param magnitude the largest absolute score that the differences were taken from
 * @returns undefined with fewer than two differences
 * @throws InputError when a difference is infinite
 */
export function pairedEvidence(differences: ArrayLike<number>, magnitude: number): Evidence | undefined {
  let blocks = 0;
  let sum = 0;
  for (let b = 0; b < differences.length; b++) {
    const difference = differences[b];
    if (Number.isNaN(difference)) continue;
    if (!Number.isFinite(difference)) throw new InputError(`Difference ${b + 1} is ${difference}.`);
    blocks++;
    sum += difference;
  }
  if (blocks < 2) return undefined;
  const mean = sum / blocks;
  const rounding = roundingShare * magnitude;
  let squares = 0;
  let largest = 0;
  for (let b = 0; b < differences.length; b++) {
    const deviation = differences[b] - mean;
    if (Number.isNaN(deviation)) continue;
    squares += deviation * deviation;
    largest = Math.max(largest, Math.abs(deviation));
  }
  return {
    estimate: Math.abs(mean) <= rounding ? 0 : mean,
    standardError: largest <= rounding ? 0 : Math.sqrt(squares / (blocks * (blocks - 1))),
    df: blocks - 1,
    blocks,
  };
}

/**
 * One-sided p of "the difference is above 0" and of "it is below 0": the paired t test (Student 1908). Where all
 * differences are equal there is no spread to divide by, and the exact sign test takes its place: n differences of
 * one sign have p = 2^-n.
 */
export function oneSidedP({ estimate, standardError, df, blocks }: Evidence): {
  readonly above: number;
  readonly below: number;
} {
  if (standardError > 0) {
    const { p } = tUpperTail(Math.abs(estimate) / standardError, df);
    return estimate > 0 ? { above: p, below: 1 - p } : { above: 1 - p, below: p };
  }
  return { above: estimate > 0 ? 2 ** -blocks : 1, below: estimate < 0 ? 2 ** -blocks : 1 };
}

/**
 * p of "the difference lies within the margin on both sides": two one-sided t tests (Schuirmann 1987).
 *
 * Where all differences equal c, a t test would be sure of anything. But of seeds of which a share q has another
 * difference, n show none of them with probability (1 - q)^n, and each of them can move the mean by the range of
 * the scores at most; so the mean is beyond the margin only if q >= (margin - |c|) / range, and
 * p = (1 - (margin - |c|) / range)^n.
 *
 * @param margin above 0, in units of the score
 * @param range the largest difference that two scores can have
 */
export function equivalenceP(evidence: Evidence, margin: number, range: number): number {
  const { estimate, standardError, df, blocks } = evidence;
  const room = margin - Math.abs(estimate);
  if (standardError > 0) return tUpperTail(room / standardError, df).p;
  if (room <= 0) return 1;
  return Math.max(0, 1 - room / range) ** blocks;
}

/**
 * Mean of the pairwise correlations of rows of differences, over the blocks that both rows have, clipped to
 * [0, 1]: 0 where fewer than two rows vary.
 */
export function meanCorrelation(rows: readonly ArrayLike<number>[]): number {
  let sum = 0;
  let pairs = 0;
  for (let i = 0; i < rows.length; i++)
    for (let j = 0; j < i; j++) {
      const r = correlationOf(rows[i], rows[j]);
      if (Number.isNaN(r)) continue;
      sum += r;
      pairs++;
    }
  return pairs === 0 ? 0 : Math.min(1, Math.max(0, sum / pairs));
}

/** Pearson's r over the entries that both have; NaN where either does not vary. */
function correlationOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let n = 0;
  let meanA = 0;
  let meanB = 0;
  for (let k = 0; k < a.length; k++) {
    if (Number.isNaN(a[k] + b[k])) continue;
    n++;
    meanA += (a[k] - meanA) / n;
    meanB += (b[k] - meanB) / n;
  }
  let aa = 0;
  let bb = 0;
  let ab = 0;
  for (let k = 0; k < a.length; k++) {
    const x = a[k] - meanA;
    const y = b[k] - meanB;
    if (Number.isNaN(x + y)) continue;
    aa += x * x;
    bb += y * y;
    ab += x * y;
  }
  return n > 2 && aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : NaN;
}
