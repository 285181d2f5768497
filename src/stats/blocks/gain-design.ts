import { InputError } from '../../core/index.ts';
import type { BlockDesign } from './block-design.ts';

/**
 * The design of gains: every level of a within factor minus the baseline, cell by cell and block by block. In it
 * a term asks what the gain depends on, and a between factor's main effect no longer reflects how hard its
 * levels are.
 *
 * The factor keeps its other levels; with a single other level it is gone.
 *
 * @throws InputError when the factor does not vary within blocks, the baseline is no level of it, or no within
 *   factor is left
 */
export function gainDesign(design: BlockDesign, factor: string, baseline: string): BlockDesign {
  const at = design.within.findIndex((f) => f.name === factor);
  if (at < 0) throw new InputError(`"${factor}" does not vary within blocks, so gains cannot be paired.`);
  const { levels } = design.within[at];
  const base = levels.indexOf(baseline);
  if (base < 0) throw new InputError(`"${factor}" has no level "${baseline}"; it has ${levels.join(', ')}.`);
  const others = levels.filter((level) => level !== baseline);
  const single = others.length === 1;
  if (single && design.within.length === 1) {
    throw new InputError(`"${factor}" has two levels and nothing else varies within blocks.`);
  }
  const stride = design.within.slice(at + 1).reduce((product, f) => product * f.levels.length, 1);
  const kept = Array.from({ length: design.cells }, (_, cell) => cell).filter(
    (cell) => Math.floor(cell / stride) % levels.length !== base,
  );
  const partner = kept.map((cell) => cell + (base - (Math.floor(cell / stride) % levels.length)) * stride);
  const groups = design.groups.map((group) => ({
    levels: group.levels,
    blocks: group.blocks.map(({ label, cells }) => ({
      label,
      cells: Float64Array.from(kept, (cell, i) => cells[cell] - cells[partner[i]]),
    })),
  }));
  const within = design.within.flatMap((f, i) => {
    if (i !== at) return [f];
    return single ? [] : [{ name: factor, levels: others }];
  });
  const complete = groups.every(({ blocks }) => blocks.every(({ cells }) => !cells.some(Number.isNaN)));
  return {
    ...design,
    order: design.order.filter((name) => !single || name !== factor),
    within,
    groups,
    cells: kept.length,
    complete,
  };
}
