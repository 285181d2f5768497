import type { BlockGroup } from './block-design.ts';
import type { CellEstimates } from './cell-estimates.ts';

/**
 * The blocks of a group with each missing run filled with its least-squares value, level of the block + cell:
 * their plain means over blocks are the estimated cell means again. For descriptions that need whole blocks, such
 * as resampling them; a test must not take filled runs for observed ones.
 *
 * @param largestMissing blocks in which a larger share of the runs is missing are left out; default 0.5
 * @returns one row per block that is kept, with its label; NaN for cells that are not estimable in this group
 */
export function filledCells(
  group: BlockGroup,
  { means }: CellEstimates,
  largestMissing = 0.5,
): { readonly label: string; readonly cells: Float64Array }[] {
  const estimable = Array.from(means.keys()).filter((c) => !Number.isNaN(means[c]));
  return group.blocks.flatMap(({ label, cells }) => {
    const present = estimable.filter((c) => !Number.isNaN(cells[c]));
    if (present.length < 2 || present.length < (1 - largestMissing) * estimable.length) return [];
    let level = 0;
    for (const c of present) level += (cells[c] - means[c]) / present.length;
    const filled = new Float64Array(cells.length).fill(NaN);
    for (const c of estimable) filled[c] = Number.isNaN(cells[c]) ? means[c] + level : cells[c];
    return [{ label, cells: filled }];
  });
}
