import type { RandomStream } from '../../../core/index.ts';
import type { ForagingInstance } from './world.ts';
import { allCells, type Cell, sameCell } from '../grid.ts';

export interface ForagingSizes {
  readonly agents: number;
  readonly maxLevel: number;
  readonly foods: number;
  readonly grid: number;
}

/**
 * Draws levels, foods and starting cells by the rules of level-based foraging; undefined where the foods drawn
 * so far left no place for the next one.
 *
 * Food lies off the border. Around a food its eight neighbours hold no other, nor do the cells two away in a
 * straight line, so that nobody stands beside two foods and a load is meant for one. A food's level is uniform
 * in 1..(sum of the three lowest agent levels).
 */
export function drawForaging(sizes: ForagingSizes, stream: RandomStream): ForagingInstance | undefined {
  const levels = Array.from({ length: sizes.agents }, () => stream.integer(1, sizes.maxLevel));
  const foods: Cell[] = [];
  const inside = allCells(sizes.grid).filter(
    ([x, y]) => Math.min(x, y) > 0 && Math.max(x, y) < sizes.grid - 1,
  );
  while (foods.length < sizes.foods) {
    const free = inside.filter((cell) => foods.every((food) => farEnough(cell, food)));
    if (free.length === 0) return undefined;
    foods.push(stream.pick(free));
  }
  foods.sort((a, b) => a[1] - b[1] || a[0] - b[0]);
  const lowest = levels
    .slice()
    .sort((a, b) => a - b)
    .slice(0, 3)
    .reduce((sum, level) => sum + level, 0);
  const foodLevels = foods.map(() => stream.integer(1, lowest));
  const open = allCells(sizes.grid).filter((cell) => !foods.some((food) => sameCell(food, cell)));
  const numbers = foods.map((_, k) => k);
  return {
    agents: stream.shuffle(open).slice(0, sizes.agents),
    levels,
    foods,
    foodLevels,
    numbering: levels.map(() => stream.shuffle(numbers)),
  };
}

function farEnough(a: Cell, b: Cell): boolean {
  const dx = Math.abs(a[0] - b[0]);
  const dy = Math.abs(a[1] - b[1]);
  return Math.max(dx, dy) >= 2 && !(dx + dy === 2);
}
