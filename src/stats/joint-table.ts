import { InputError } from '../core/index.ts';

/** A table over joint actions: one size per agent, the last agent's action changing fastest. */
export interface JointTable {
  readonly sizes: readonly number[];
  readonly values: ArrayLike<number>;
}

/** Sums of squares about the mean, over all entries. */
export interface JointParts {
  readonly total: number;
  /** What no sum of one function per agent fits: sum of all interactions. */
  readonly beyondAdditive: number;
  /** What no function that rises in one utility per agent fits: at most the former. */
  readonly beyondMonotone: number;
}

/** More orders of actions than this are searched step by step instead of all being tried. */
const mostOrders = 600;

/**
 * How much of a table of joint actions value decompositions can represent: additive ones (VDN), and monotonic ones
 * (QMIX), whose fit is the best isotonic regression over all orders of each agent's actions.
 *
 * Where there are more than 600 orders, the search starts from the order of main effects and swaps neighbours while
 * the fit gets better: what it finds is then an upper bound of `beyondMonotone`.
 *
 * @throws InputError when sizes and values disagree, or a value is not finite
 */
export function jointParts({ sizes, values }: JointTable): JointParts {
  const count = sizes.reduce((product, size) => product * size, 1);
  if (values.length !== count || sizes.length === 0) {
    throw new InputError(`A joint table of ${sizes.join(' x ')} has ${count} entries, not ${values.length}.`);
  }
  let mean = 0;
  for (let k = 0; k < count; k++) {
    if (!Number.isFinite(values[k]))
      throw new InputError(`Entry ${k + 1} of the joint table is ${values[k]}.`);
    mean += values[k] / count;
  }
  const effects = mainEffects({ sizes, values }, mean);
  let total = 0;
  let beyondAdditive = 0;
  for (let k = 0; k < count; k++) {
    const deviation = values[k] - mean;
    const rest = deviation - actionsOf(sizes, k).reduce((sum, a, agent) => sum + effects[agent][a], 0);
    total += deviation * deviation;
    beyondAdditive += rest * rest;
  }
  const rounding = 1e-20 * count * (mean * mean + total);
  if (beyondAdditive <= Math.max(rounding, 1e-24 * total))
    return { total, beyondAdditive: 0, beyondMonotone: 0 };
  return {
    total,
    beyondAdditive,
    beyondMonotone: Math.min(beyondAdditive, bestOrder({ sizes, values }, effects)),
  };
}

/** Mean over the others' actions, less the mean of all, by agent and action. */
export function mainEffects({ sizes, values }: JointTable, mean: number): Float64Array[] {
  const effects = sizes.map((size) => new Float64Array(size));
  for (let k = 0; k < values.length; k++) {
    actionsOf(sizes, k).forEach((a, agent) => {
      effects[agent][a] += ((values[k] - mean) * sizes[agent]) / values.length;
    });
  }
  return effects;
}

/** The joint action of an entry. */
export function actionsOf(sizes: readonly number[], entry: number): number[] {
  const actions = new Array<number>(sizes.length);
  let rest = entry;
  for (let agent = sizes.length - 1; agent >= 0; agent--) {
    actions[agent] = rest % sizes[agent];
    rest = Math.floor(rest / sizes[agent]);
  }
  return actions;
}

function bestOrder(table: JointTable, effects: readonly Float64Array[]): number {
  const { sizes } = table;
  // A fit that falls along an agent's actions rises along their reverse, so all orders are tried.
  const orders = sizes.reduce((product, size) => product * factorial(size), 1);
  if (orders <= mostOrders) {
    let best = Infinity;
    const choose = (agent: number, chosen: readonly (readonly number[])[]): void => {
      if (agent === sizes.length) {
        best = Math.min(best, isotonicError(table, chosen));
        return;
      }
      for (const order of permutations(sizes[agent])) choose(agent + 1, [...chosen, order]);
    };
    choose(0, []);
    return best;
  }
  let order = effects.map((own) => [...own.keys()].sort((a, b) => own[a] - own[b]));
  let error = isotonicError(table, order);
  for (let improved = true; improved;) {
    improved = false;
    for (let agent = 0; agent < sizes.length; agent++)
      for (let k = 0; k + 1 < sizes[agent]; k++) {
        const tried = order.map((own, i) => (i === agent ? swapped(own, k) : own));
        const own = isotonicError(table, tried);
        if (own < error * (1 - 1e-9)) {
          order = tried;
          error = own;
          improved = true;
        }
      }
  }
  return error;
}

function swapped(order: readonly number[], k: number): number[] {
  const next = [...order];
  [next[k], next[k + 1]] = [next[k + 1], next[k]];
  return next;
}

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1);
}

function permutations(n: number): number[][] {
  const insert = (rest: readonly number[][], k: number): number[][] =>
    rest.flatMap((own) =>
      Array.from({ length: k + 1 }, (_, at) => [...own.slice(0, at), k, ...own.slice(at)]),
    );
  return Array.from({ length: n }, (_, k) => k).reduce(insert, [[]]);
}

/**
 * Squared error of the best fit that rises along every agent's order: Dykstra's projections onto the fits that rise
 * along one agent's actions, each by pooling adjacent violators (Dykstra & Robertson 1982).
 */
function isotonicError({ sizes, values }: JointTable, orders: readonly (readonly number[])[]): number {
  const count = values.length;
  const ordered = Float64Array.from({ length: count }, (_, k) => {
    const at = actionsOf(sizes, k).reduce((sum, a, agent) => sum * sizes[agent] + orders[agent][a], 0);
    return values[at];
  });
  const fit = Float64Array.from(ordered);
  const corrections = sizes.map(() => new Float64Array(count));
  let previous = Infinity;
  for (let sweep = 0; sweep < 2000; sweep++) {
    let stride = 1;
    for (let agent = sizes.length - 1; agent >= 0; agent--) {
      const correction = corrections[agent];
      for (let k = 0; k < count; k++) fit[k] -= correction[k];
      const before = Float64Array.from(fit);
      for (let k = 0; k < count; k++) {
        if (Math.floor(k / stride) % sizes[agent] === 0) poolAdjacent(fit, k, stride, sizes[agent]);
      }
      for (let k = 0; k < count; k++) correction[k] = fit[k] - before[k];
      stride *= sizes[agent];
    }
    let error = 0;
    for (let k = 0; k < count; k++) error += (ordered[k] - fit[k]) ** 2;
    if (Math.abs(error - previous) <= 1e-12 * (error + 1e-300)) return error;
    previous = error;
  }
  return previous;
}

/** The best rising fit of one line, in place. */
function poolAdjacent(line: Float64Array, from: number, stride: number, length: number): void {
  const sums: number[] = [];
  const counts: number[] = [];
  for (let k = 0; k < length; k++) {
    sums.push(line[from + k * stride]);
    counts.push(1);
    while (
      sums.length > 1 &&
      sums[sums.length - 2] / counts[counts.length - 2] > sums[sums.length - 1] / counts[counts.length - 1]
    ) {
      const sum = sums.pop()!;
      const own = counts.pop()!;
      sums[sums.length - 1] += sum;
      counts[counts.length - 1] += own;
    }
  }
  let k = 0;
  sums.forEach((sum, block) => {
    for (let own = 0; own < counts[block]; own++, k++) line[from + k * stride] = sum / counts[block];
  });
}
