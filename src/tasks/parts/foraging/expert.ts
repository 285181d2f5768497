import type { Expert } from '../../../contracts/index.ts';
import { gridDistances } from '../grid.ts';
import { foragingSight } from './view.ts';
import { perInstance } from '../per-instance.ts';
import {
  columnStep,
  type ForagingInstance,
  type ForagingState,
  type ForagingWorld,
  loadAction,
  rowStep,
} from './world.ts';

interface ExpertOptions {
  readonly agents: number;
  readonly sight: number;
  worldOf(instance: ForagingInstance): ForagingWorld;
}

/**
 * An expert that plans for all teammates in sight and takes its own part of the plan.
 *
 * All go together to the food that is nearest to them in sum, each to a side of its own, one after the other,
 * each around those that stand. Agents with the same sight find the same plan, because ties are broken by what
 * they share: positions relative to each other and the order of the team. Where teammates announced a move it
 * plans from where they will be, and leaves their cells free. With nothing in sight it walks in a slow zigzag.
 *
 * A plan that divides the team among foods (`bestSchedule`) collects no more on default instances, and is far
 * harder to see in an observation: a model that imitates this expert plays much better.
 */
export function foragingExpert(options: ExpertOptions): Expert {
  const sightOf = perInstance((world: ForagingWorld) => foragingSight(world, options.sight));
  return (environment, agent, announced) => {
    const state = environment.snapshot() as ForagingState;
    const world = options.worldOf(state.instance);
    const sight = sightOf(world);
    const available = world.available(state.cells[agent], state.left);
    const known = sight.knownFoods(state, state.cells[agent]);
    if (known === 0) return wander(state.time, agent, available);
    const seen = state.cells.map((cell) => sight.sees(state.cells[agent], cell));
    return ownMove(world, { state, known, seen, agent, announced, available });
  };
}

function wander(time: number, agent: number, available: readonly number[]): number {
  for (let turn = 0; turn < 4; turn++) {
    const action = 1 + ((Math.floor(time / 4) + agent + turn) % 4);
    if (available.includes(action)) return action;
  }
  return 0;
}

interface Situation {
  readonly state: ForagingState;
  readonly known: number;
  readonly seen: readonly boolean[];
  readonly agent: number;
  readonly announced: readonly (number | undefined)[];
  readonly available: readonly number[];
}

function ownMove(world: ForagingWorld, situation: Situation): number {
  const { state, seen, agent, announced } = situation;
  const heard = announced.map((action, i) => (i !== agent && seen[i] ? action : undefined));
  const own: Situation = { ...situation, announced: heard };
  if (completesLoad(world, own)) return loadAction;
  const expected = plannedActions(world, { ...own, announced: [] });
  // What everybody expects anyway is no news.
  const asExpected = state.cells.every((_, i) => heard[i] === undefined || heard[i] === expected[i]);
  return asExpected ? expected[agent] : plannedActions(world, own)[agent];
}

/** The actions of all agents in sight when announced ones are kept and the others follow the plan. */
function plannedActions(world: ForagingWorld, situation: Situation): readonly number[] {
  const { state, known, seen, agent, announced, available } = situation;
  const { grid } = world;
  // Walls are known only where they stop the agent itself, so ways are searched with a margin of one cell around
  // the grid: no shortest way around things inside the grid leaves it.
  const width = grid + 2;
  const padded = (cell: number) => (Math.floor(cell / grid) + 1) * width + (cell % grid) + 1;
  const offset = (action: number) =>
    action === loadAction ? 0 : rowStep[action] * width + columnStep[action];
  const cells = state.cells.map((cell, i) => padded(cell) + offset(announced[i] ?? 0));
  const food = new Uint8Array(width * width);
  world.foodCells.forEach((cell, k) => {
    if ((known >> k) & 1) food[padded(cell)] = 1;
  });
  const goals = goalsOf(world, situation);
  const side = (k: number, a: number) => padded(world.foodCells[k]) + offset(a);
  const { sides, distances } = assignSides(goals, cells, seen, food, side, width);

  const standing = food;
  const claimed = new Set<number>();
  const walkers: number[] = [];
  const planned = cells.map((cell, i) => {
    if (!seen[i]) return 0;
    const action = announced[i];
    if (action !== undefined) {
      claimed.add(cell);
      return action;
    }
    if (sides[i] < 0 || sides[i] === cell) standing[cell] = 1;
    else walkers.push(i);
    return sides[i] === cell ? loadAction : 0;
  });
  walkers.sort((a, b) => distances[a] - distances[b] || a - b);
  for (const i of walkers) {
    const way = gridDistances(sides[i], standing, width);
    for (let a = 1; a < 5; a++) {
      const to = cells[i] + offset(a);
      if (way[to] < 0 || claimed.has(to) || (i === agent && !available.includes(a))) continue;
      if (way[to] < way[cells[i] + offset(planned[i])]) planned[i] = a;
    }
    claimed.add(cells[i] + offset(planned[i]));
  }
  return planned;
}

/** Whether the agent's load, with those that announced theirs, collects a food that would stay without it. */
function completesLoad(world: ForagingWorld, situation: Situation): boolean {
  const { state, agent, announced } = situation;
  const { levels, foodLevels } = world.instance;
  const beside = world.foodsBeside[state.cells[agent]] & state.left;
  if (beside === 0) return false;
  let loading = 0;
  levels.forEach((level, i) => {
    if (announced[i] === loadAction && world.foodsBeside[state.cells[i]] & beside) loading += level;
  });
  const needed = foodLevels[31 - Math.clz32(beside)];
  return loading < needed && loading + levels[agent] >= needed;
}

/**
 * Per agent, the food that it goes to; -1 where it is not seen. All in sight go together to the food with the
 * least summed distance, ties to the least distance of the last one and then to the order of cells, on which all
 * agree.
 */
function goalsOf(world: ForagingWorld, { state, known, seen, announced }: Situation): readonly number[] {
  const { grid, foodCells } = world;
  const column = (cell: number) => cell % grid;
  const row = (cell: number) => Math.floor(cell / grid);
  const from = state.cells.map((cell, i) => {
    const action = announced[i];
    return action === undefined || action === loadAction ? cell : world.neighbour(cell, action);
  });
  let goal = -1;
  let least = Infinity;
  foodCells.forEach((food, k) => {
    if (!((known >> k) & 1)) return;
    let sum = 0;
    let last = 0;
    from.forEach((cell, i) => {
      if (!seen[i]) return;
      const distance = Math.abs(column(cell) - column(food)) + Math.abs(row(cell) - row(food));
      sum += distance;
      last = Math.max(last, distance);
    });
    const cost = sum * 100 + last;
    if (cost < least) [least, goal] = [cost, k];
  });
  return seen.map((inSight) => (inSight ? goal : -1));
}

/**
 * Different sides of a food for all agents that go there, such that the last one arrives early and the summed
 * distance is small; -1 where an agent has no goal or no side is left.
 */
function assignSides(
  goals: readonly number[],
  cells: readonly number[],
  seen: readonly boolean[],
  food: Uint8Array,
  side: (food: number, direction: number) => number,
  width: number,
): { readonly sides: readonly number[]; readonly distances: readonly number[] } {
  const sides = goals.map(() => -1);
  const arrival = goals.map(() => 0);
  for (const k of new Set(goals)) {
    if (k < 0) continue;
    const members = goals.map((_, i) => i).filter((i) => goals[i] === k);
    const taken = new Set(cells.filter((_, i) => seen[i] && goals[i] !== k));
    const open = [1, 2, 3, 4].map((a) => side(k, a)).filter((cell) => !taken.has(cell));
    const distances = members.map((i) => gridDistances(cells[i], food, width));
    let best = Infinity;
    const choice: number[] = [];
    const choose = (m: number, last: number, sum: number): void => {
      const cost = last * 1000 + sum;
      if (cost >= best) return;
      if (m === members.length) {
        best = cost;
        members.forEach((i, n) => {
          sides[i] = choice[n];
          arrival[i] = distances[n][choice[n]];
        });
        return;
      }
      for (const cell of open) {
        if (choice.includes(cell)) continue;
        const steps = distances[m][cell];
        if (steps < 0) continue;
        choice.push(cell);
        choose(m + 1, Math.max(last, steps), sum + steps);
        choice.pop();
      }
    };
    choose(0, 0, 0);
  }
  return { sides, distances: arrival };
}
