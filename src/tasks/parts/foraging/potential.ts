import type { ForagingWorld } from './world.ts';

/** How much less a food counts per step that its loaders are still away. */
const perStep = 0.85;
const closeness = Array.from({ length: 64 }, (_, k) => {
  let value = 1;
  for (let step = 0; step < k; step++) value *= perStep;
  return value;
});

/**
 * The levels collected so far, and of each food that is left a part that grows as those come near who could load
 * it together, over all food levels:
 *
 *   sum over foods of level * (1 if collected, else max over groups of (mean + min of 0.85^steps) / 2),
 *
 * `steps` being what a member still has to walk, foods in the way aside, and one more to load.
 */
export function foragingPotential(world: ForagingWorld, cells: readonly number[], left: number): number {
  const { instance, foodCells, grid, groups, totalLevel } = world;
  let value = 0;
  foodCells.forEach((food, k) => {
    const level = instance.foodLevels[k];
    if (!((left >> k) & 1)) {
      value += level;
      return;
    }
    let best = 0;
    for (const group of groups[k]) {
      let sum = 0;
      let least = 1;
      for (const i of group.members) {
        const columns = Math.abs((cells[i] % grid) - (food % grid));
        const rows = Math.abs(Math.floor(cells[i] / grid) - Math.floor(food / grid));
        const near = closeness[columns + rows];
        sum += near;
        least = Math.min(least, near);
      }
      best = Math.max(best, (sum / group.members.length + least) / 2);
    }
    value += level * best;
  });
  return value / totalLevel;
}
