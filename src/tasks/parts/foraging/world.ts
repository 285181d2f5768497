import { bestSchedule, type LoaderGroup, smallestGroups } from './schedule.ts';
import { type Cell, gridDistances, manhattan } from '../grid.ts';

export type ForagingInstance = {
  /** Where the agents start, all on different cells without food. */
  readonly agents: readonly Cell[];
  /** Level of each agent, from 1. */
  readonly levels: readonly number[];
  /** Where food lies, row by row. */
  readonly foods: readonly Cell[];
  /** Level of each food, from 1. */
  readonly foodLevels: readonly number[];
  /** Per agent, the foods in the order in which it numbers them. */
  readonly numbering: readonly (readonly number[])[];
};

/** A situation. Cells are numbers here, row by row; bit k of `left` is set while food k is there. */
export type ForagingState = {
  readonly instance: ForagingInstance;
  readonly time: number;
  readonly cells: readonly number[];
  readonly left: number;
};

export const foragingActions = ['none', 'north', 'south', 'east', 'west', 'load'] as const;
export const loadAction = foragingActions.indexOf('load');
/** What the first five actions add to a column and to a row. */
export const columnStep = [0, 0, 0, 1, -1] as const;
export const rowStep = [0, -1, 1, 0, 0] as const;

/** What follows from an instance alone, worked out once so that steps are cheap. */
export interface ForagingWorld {
  readonly instance: ForagingInstance;
  readonly grid: number;
  /** The cell number of each food. */
  readonly foodCells: readonly number[];
  /** Bit mask of the foods next to each cell. */
  readonly foodsBeside: Uint8Array;
  /** Per food, the groups that can load it. */
  readonly groups: readonly (readonly LoaderGroup[])[];
  /** The cells around each food, in the order of the moves: [4 * food + side]. */
  readonly sideCells: readonly number[];
  /** Steps from a cell to each side, [4 * food + side], around the food of that side alone. */
  legsFrom(cell: number): readonly number[];
  /** `legsFrom` of each side. */
  readonly sideLegs: readonly (readonly number[])[];
  readonly totalLevel: number;
  /** The cell one action away; outside the grid it is -1. */
  neighbour(cell: number, action: number): number;
  /** The actions of an agent on that cell while the foods in `left` are there. */
  available(cell: number, left: number): readonly number[];
  /** Steps from every side to every cell, foods in `known` being in the way: [(4 * food + side) * cells + cell]. */
  distances(known: number): Int16Array;
}

export function foragingWorld(instance: ForagingInstance, grid: number): ForagingWorld {
  const { foods, foodLevels, levels } = instance;
  const cells = grid * grid;
  const foodCells = foods.map(([x, y]) => y * grid + x);
  const next = new Int16Array(cells * 5);
  const foodsBeside = new Uint8Array(cells);
  for (let cell = 0; cell < cells; cell++) {
    for (let action = 0; action < 5; action++) {
      const x = (cell % grid) + columnStep[action];
      const y = Math.floor(cell / grid) + rowStep[action];
      const inside = x >= 0 && y >= 0 && x < grid && y < grid;
      next[cell * 5 + action] = inside ? y * grid + x : -1;
    }
    foods.forEach((food, k) => {
      if (manhattan(food, [cell % grid, Math.floor(cell / grid)]) === 1) foodsBeside[cell] |= 1 << k;
    });
  }
  const neighbour = (cell: number, action: number) => next[cell * 5 + action];

  const availableMemo = new Map<number, readonly number[]>();
  const available = (cell: number, left: number): readonly number[] => {
    const key = left * cells + cell;
    let actions = availableMemo.get(key);
    if (!actions) {
      const open = (to: number) => to >= 0 && !foodCells.some((food, k) => food === to && (left >> k) & 1);
      actions = foragingActions
        .map((_, a) => a)
        .filter((a) => (a === loadAction ? (foodsBeside[cell] & left) !== 0 : open(neighbour(cell, a))));
      availableMemo.set(key, actions);
    }
    return actions;
  };

  const sideCells = foodCells.flatMap((food) => [1, 2, 3, 4].map((a) => neighbour(food, a)));
  const distancesMemo = new Map<number, Int16Array>();
  const distances = (known: number): Int16Array => {
    let out = distancesMemo.get(known);
    if (!out) {
      const blocked = new Uint8Array(cells);
      foodCells.forEach((food, k) => {
        if ((known >> k) & 1) blocked[food] = 1;
      });
      out = new Int16Array(sideCells.length * cells);
      sideCells.forEach((side, k) => out?.set(gridDistances(side, blocked, grid), k * cells));
      distancesMemo.set(known, out);
    }
    return out;
  };

  const legsFrom = (cell: number) =>
    sideCells.map((_, side) => distances(1 << (side >> 2))[side * cells + cell]);

  return {
    instance,
    grid,
    foodCells,
    foodsBeside,
    groups: foodLevels.map((level) => smallestGroups(levels, level)),
    sideCells,
    legsFrom,
    sideLegs: sideCells.map(legsFrom),
    totalLevel: foodLevels.reduce((sum, level) => sum + level, 0),
    neighbour,
    available,
    distances,
  };
}

/**
 * The largest share of food levels that could be collected if agents never met on the way and walked around no
 * food but the one they go to: an upper bound on the return. In any real episode the foods, in the order in which
 * they are collected, with their loaders form a schedule of this kind that is no faster: each loader has walked
 * from the side of its last food to a side of this one, around this food, which was still there; all stood on
 * different sides, and the load took a step and was meant for one food only.
 */
export function foragingBound(world: ForagingWorld, horizon: number): number {
  const { instance } = world;
  const schedule = bestSchedule({
    foodLevels: instance.foodLevels,
    groups: world.groups,
    left: (1 << instance.foods.length) - 1,
    firstLegs: instance.agents.map(([x, y]) => world.legsFrom(y * world.grid + x)),
    legs: world.sideLegs,
    time: horizon,
  });
  return schedule.collected / world.totalLevel;
}
