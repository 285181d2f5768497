import type { RandomStream } from '../../core/index.ts';

/** All sign vectors are taken where there are at most this many; else as many are drawn. */
const mostFlips = 4096;

/**
 * The same question as the max-T p of a place, by sign flips of whole blocks: each block's differences keep or
 * change their sign together, and p is the share of sign vectors whose largest |t| over all comparisons reaches that
 * of the comparison (Westfall & Young 1993). Exact for differences that are symmetric about 0, whatever their shape
 * and correlations; its smallest value is 2^(1 - blocks). |t| rises with |sum d| / sqrt(sum d^2), which is used.
 *
 * A check beside the verdicts, never a verdict.
 *
 * @param rows differences, one row per comparison; NaN where a block has none
 * @returns two-sided p per comparison, adjusted within the place; 1 where all differences are 0
 */
export function signFlipCheck(rows: readonly ArrayLike<number>[], stream: RandomStream): number[] {
  const blocks = rows[0]?.length ?? 0;
  const scaled = rows.map((row) => {
    let squares = 0;
    for (let b = 0; b < blocks; b++) if (!Number.isNaN(row[b])) squares += row[b] * row[b];
    const size = Math.sqrt(squares);
    return Float64Array.from(row, (d) => (Number.isNaN(d) || size === 0 ? 0 : d / size));
  });
  const observed = scaled.map((row) => Math.abs(row.reduce((sum, d) => sum + d, 0)));
  // The first block may keep its sign, since t and -t count alike.
  const exact = blocks >= 1 && 2 ** (blocks - 1) <= mostFlips;
  const flips = exact ? 2 ** (blocks - 1) : mostFlips;
  const exceeding = new Float64Array(rows.length);
  const signs = new Float64Array(blocks).fill(1);
  for (let f = 0; f < flips; f++) {
    for (let b = 1; b < blocks; b++) signs[b] = (exact ? (f >> (b - 1)) & 1 : stream.next() < 0.5) ? -1 : 1;
    let most = 0;
    for (const row of scaled) {
      let sum = 0;
      for (let b = 0; b < blocks; b++) sum += signs[b] * row[b];
      most = Math.max(most, Math.abs(sum));
    }
    // Rounding must not turn a tie into a smaller value.
    observed.forEach((own, i) => (exceeding[i] += most >= own * (1 - 1e-12) ? 1 : 0));
  }
  return Array.from(exceeding, (count) => (exact ? count / flips : (count + 1) / (flips + 1)));
}
