import { steps } from '../counts.ts';
import { type ForagingState, type ForagingWorld } from './world.ts';

/** What agents can tell apart at a distance: shared by the text, the features and the expert. */
export interface ForagingSight {
  /** Columns eastwards from one cell to another. */
  dx(from: number, to: number): number;
  /** Rows southwards. */
  dy(from: number, to: number): number;
  distance(from: number, to: number): number;
  sees(from: number, to: number): boolean;
  /** Bit mask of the foods that are there and that somebody on that cell sees. */
  knownFoods(state: ForagingState, from: number): number;
}

export function foragingSight({ grid, foodCells }: ForagingWorld, sight: number): ForagingSight {
  const dx = (from: number, to: number) => (to % grid) - (from % grid);
  const dy = (from: number, to: number) => Math.floor(to / grid) - Math.floor(from / grid);
  const distance = (from: number, to: number) => Math.abs(dx(from, to)) + Math.abs(dy(from, to));
  const sees = (from: number, to: number) => distance(from, to) <= sight;
  const knownFoods = ({ left }: ForagingState, from: number) => {
    let known = 0;
    foodCells.forEach((food, k) => (known |= (left >> k) & 1 && sees(from, food) ? 1 << k : 0));
    return known;
  };
  return { dx, dy, distance, sees, knownFoods };
}

interface ViewContext {
  readonly world: ForagingWorld;
  readonly sight: ForagingSight;
  readonly names: readonly string[];
  readonly horizon: number;
}

/** Foods come nearest first, in the agent's own numbering; behind each stands how far teammates are from it. */
export function foragingText(
  { world, sight, names, horizon }: ViewContext,
  state: ForagingState,
  agent: number,
): string {
  const { instance, foodCells } = world;
  const own = state.cells[agent];
  const known = sight.knownFoods(state, own);
  const where = (cell: number) => {
    const dx = sight.dx(own, cell);
    const dy = sight.dy(own, cell);
    return `${Math.abs(dy)} ${dy > 0 ? 'south' : 'north'} ${Math.abs(dx)} ${dx < 0 ? 'west' : 'east'}`;
  };
  const sentences = [`Step ${state.time + 1} of ${horizon}.`, `Your level is ${instance.levels[agent]}.`];
  const order = nearestFirst(sight, own, foodCells);
  const number = (food: number) => instance.numbering[agent].indexOf(food) + 1;
  for (const food of order.filter((k) => (known >> k) & 1)) {
    const cell = foodCells[food];
    const theirs = names.flatMap((name, other) => {
      if (other === agent) return [];
      const from = state.cells[other];
      return sight.sees(own, from) ? `${name} ${steps(sight.distance(from, cell))} off` : `${name} unseen`;
    });
    const facts = [where(cell), `level ${instance.foodLevels[food]}`, ...theirs];
    sentences.push(`Food ${number(food)} is ${facts.join(', ')}.`);
  }
  for (const food of order.filter((k) => !((known >> k) & 1))) {
    sentences.push(`Food ${number(food)} is gone or not seen.`);
  }
  names.forEach((name, other) => {
    if (other === agent) return;
    const cell = state.cells[other];
    const seen = sight.sees(own, cell);
    sentences.push(
      seen ? `${name} is ${where(cell)}, level ${instance.levels[other]}.` : `${name} is far out of sight.`,
    );
  });
  return sentences.join(' ');
}

/** Foods by distance, ties by position as seen: an order that no two agents share by convention. */
function nearestFirst(sight: ForagingSight, own: number, foodCells: readonly number[]): number[] {
  const rank = (food: number) =>
    (sight.distance(own, food) * 64 + sight.dx(own, food)) * 64 + sight.dy(own, food);
  return foodCells.map((_, k) => k).sort((a, b) => rank(foodCells[a]) - rank(foodCells[b]));
}

export function foragingFeatureLength({ agents, foods }: { agents: number; foods: number }): number {
  return 2 + agents + 8 + 11 * foods + 4 * (agents - 1);
}

/** The same facts as numbers. Foods by distance, ties by position as seen; foods gone or out of sight are zeros. */
export function foragingFeatures(
  { world, sight, names, horizon, maxLevel }: ViewContext & { readonly maxLevel: number },
  state: ForagingState,
  agent: number,
  out: Float32Array,
  offset: number,
): void {
  const { instance, foodCells, grid } = world;
  const { levels, foodLevels } = instance;
  const { cells, left } = state;
  const own = cells[agent];
  const known = sight.knownFoods(state, own);
  const seenTeammates = names.map((_, i) => i).filter((i) => i !== agent && sight.sees(own, cells[i]));
  const levelScale = 3 * maxLevel;
  let p = offset;
  out[p++] = 1 - state.time / horizon;
  out[p++] = levels[agent] / maxLevel;
  for (let i = 0; i < names.length; i++) out[p++] = i === agent ? 1 : 0;
  const available = world.available(own, left);
  for (let action = 1; action < 5; action++) {
    const open = available.includes(action);
    const taken = open && seenTeammates.some((i) => cells[i] === world.neighbour(own, action));
    out[p++] = open ? 0 : 1;
    out[p++] = taken ? 1 : 0;
  }
  const foods = nearestFirst(sight, own, foodCells).filter((k) => (known >> k) & 1);
  for (const k of foods) {
    const food = foodCells[k];
    const dx = sight.dx(own, food);
    const dy = sight.dy(own, food);
    const distance = Math.abs(dx) + Math.abs(dy);
    let besideLevel = 0;
    let summed = 0;
    for (const i of seenTeammates) {
      const theirs = sight.distance(cells[i], food);
      summed += theirs;
      if (theirs === 1) besideLevel += levels[i];
    }
    out[p++] = 1;
    out[p++] = dx / grid;
    out[p++] = dy / grid;
    out[p++] = Math.sign(dx);
    out[p++] = Math.sign(dy);
    out[p++] = distance / grid;
    out[p++] = foodLevels[k] / levelScale;
    out[p++] = besideLevel / levelScale;
    out[p++] = distance === 1 ? 1 : 0;
    out[p++] = distance === 1 && besideLevel + levels[agent] >= foodLevels[k] ? 1 : 0;
    out[p++] = seenTeammates.length === 0 ? 0 : summed / seenTeammates.length / grid;
  }
  for (let missing = foods.length; missing < foodCells.length; missing++) {
    for (let k = 0; k < 11; k++) out[p++] = 0;
  }
  for (let other = 0; other < names.length; other++) {
    if (other === agent) continue;
    const seen = seenTeammates.includes(other);
    out[p++] = seen ? sight.dx(own, cells[other]) / grid : 0;
    out[p++] = seen ? sight.dy(own, cells[other]) / grid : 0;
    out[p++] = seen ? levels[other] / maxLevel : 0;
    out[p++] = seen ? 1 : 0;
  }
}
