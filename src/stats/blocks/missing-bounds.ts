import type { BlockDesign } from './block-design.ts';
import type { CellWeights } from './linear-comparison.ts';

export interface MissingBounds {
  /** Lowest and highest value the comparison could have, had every missing run been there. */
  readonly low: number;
  readonly high: number;
  /** Missing cells that carry weight. */
  readonly missing: number;
  /** Cells that carry weight. */
  readonly cells: number;
}

/**
 * Worst-case and best-case values of a comparison when runs are missing: every missing score is set to the end
 * of its range that hurts, or helps, most (Horowitz & Manski 2000). Assumes nothing about why runs are missing.
 *
 * A bound on the estimate, not a confidence interval.
 *
 * @param range lowest and highest score a run could have had
 */
export function missingBounds(
  design: BlockDesign,
  weights: CellWeights,
  range: readonly [number, number],
): MissingBounds {
  let low = 0;
  let high = 0;
  let missing = 0;
  let cells = 0;
  design.groups.forEach((group, g) => {
    for (const block of group.blocks) {
      weights[g].forEach((weight, c) => {
        if (weight === 0) return;
        cells++;
        const value = block.cells[c];
        const w = weight / group.blocks.length;
        if (Number.isNaN(value)) {
          missing++;
          low += w * (w > 0 ? range[0] : range[1]);
          high += w * (w > 0 ? range[1] : range[0]);
        } else {
          low += w * value;
          high += w * value;
        }
      });
    }
  });
  return { low, high, missing, cells };
}
