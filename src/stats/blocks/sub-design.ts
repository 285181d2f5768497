import { InputError } from '../../core/index.ts';
import type { BlockDesign } from './block-design.ts';

/**
 * The part of a design at one level of a factor, for simple effects: the factor is gone from it.
 *
 * @throws InputError when the factor or the level does not exist, or when no within factor would be left
 */
export function atLevel(design: BlockDesign, factor: string, level: string): BlockDesign {
  const between = design.between.findIndex((f) => f.name === factor);
  const within = design.within.findIndex((f) => f.name === factor);
  const found = design.between[between] ?? design.within[within];
  if (!found) throw new InputError(`There is no factor "${factor}"; there are ${design.order.join(', ')}.`);
  const index = found.levels.indexOf(level);
  if (index < 0) {
    throw new InputError(`Factor "${factor}" has no level "${level}"; it has ${found.levels.join(', ')}.`);
  }
  const order = design.order.filter((name) => name !== factor);
  if (between >= 0) {
    const groups = design.groups
      .filter(({ levels }) => levels[between] === index)
      .map(({ levels, blocks }) => ({ levels: levels.filter((_, i) => i !== between), blocks }));
    return rebuild(design, { order, between: design.between.filter((_, i) => i !== between), groups });
  }
  if (design.within.length === 1) {
    throw new InputError(`"${factor}" is the only factor within blocks; nothing is left to compare.`);
  }
  const levels = found.levels.length;
  const after = design.within.slice(within + 1).reduce((product, f) => product * f.levels.length, 1);
  const kept = Array.from({ length: design.cells }, (_, cell) => cell).filter(
    (cell) => Math.floor(cell / after) % levels === index,
  );
  const groups = design.groups.map((group) => ({
    levels: group.levels,
    blocks: group.blocks.map(({ label, cells }) => ({
      label,
      cells: Float64Array.from(kept, (c) => cells[c]),
    })),
  }));
  return rebuild(design, { order, within: design.within.filter((_, i) => i !== within), groups });
}

function rebuild(
  design: BlockDesign,
  change: Partial<Pick<BlockDesign, 'order' | 'within' | 'between'>> & Pick<BlockDesign, 'groups'>,
): BlockDesign {
  const within = change.within ?? design.within;
  const blocks = change.groups.flatMap((group) => group.blocks);
  const runs = blocks.reduce((sum, { cells }) => sum + cells.filter((x) => !Number.isNaN(x)).length, 0);
  const cells = within.reduce((product, factor) => product * factor.levels.length, 1);
  return {
    ...design,
    ...change,
    cells,
    blockCount: blocks.length,
    complete: runs === cells * blocks.length,
    runs,
  };
}
