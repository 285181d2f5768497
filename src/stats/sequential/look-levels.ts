import { InputError } from '../../core/errors.ts';
import { normalUpperTail } from '../distributions/index.ts';
import { findRoot } from '../distributions/root.ts';
import { requireShare } from '../require-finite.ts';

/**
 * The error that may be spent by the time a share of all blocks has been seen: alpha t^2, of the power family of Kim
 * and DeMets (1987, Biometrika 74). Little is spent early, so the last look keeps nearly the level of a fixed design.
 *
 * @param share of the blocks, in [0, 1]
 */
export function spentAlpha(alpha: number, share: number): number {
  return alpha * share ** 2;
}

/**
 * The level of each look at a family of one-sided comparisons whose differences are looked at again and again: at
 * these levels the chance that any comparison without a difference is claimed at any look is at most alpha.
 *
 * Each of m comparisons may spend 1 - (1 - spent)^(1/m), as m independent ones would (Šidák). Its levels follow from
 * that by the recursion of Armitage, McPherson and Rowe (1969, JRSS A 132) for a Brownian motion: a family of m such
 * levels is 1 - (1 - level)^m. Correlated comparisons err less often than independent ones.
 *
 * @param alpha of the family, over all looks
 * @param blocks seen at each look, rising; the last number is the most there can be
 * @param comparisons levels times places, at least 1
 * @returns one level per look, for the whole family
 * @throws InputError when alpha is no probability or the blocks do not rise
 */
export function lookLevels(alpha: number, blocks: readonly number[], comparisons: number): number[] {
  requireShare('alpha', alpha);
  const most = blocks.at(-1) ?? 0;
  blocks.forEach((n, k) => {
    if (!(n > (blocks[k - 1] ?? 0)))
      throw new InputError(
        `Looks at ${blocks.join(', ')} blocks do not rise. Give each look more blocks than the last.`,
      );
  });
  const shares = blocks.map((n) => n / most);
  const spent = shares.map((t) => -Math.expm1(Math.log1p(-spentAlpha(alpha, t)) / comparisons));
  return spendingLevels(spent, shares).map((level) => -Math.expm1(comparisons * Math.log1p(-level)));
}

const gridPoints = 601;
/** Standard deviations below zero at which a path is taken for lost. */
const lowest = 8;

/**
 * Levels at which a Brownian motion that is looked at again has crossed with exactly these probabilities.
 *
 * @param spent chance of having crossed by each look, rising
 * @param shares of the time, rising, the last 1
 * @returns the one-sided level of z at each look
 */
export function spendingLevels(spent: readonly number[], shares: readonly number[]): number[] {
  let uncrossed: Paths = { at: Float64Array.of(0), mass: Float64Array.of(1) };
  return shares.map((share, k) => {
    const step = Math.sqrt(share - (shares[k - 1] ?? 0));
    const own = spent[k] - (spent[k - 1] ?? 0);
    const bound = findRoot(
      (c) => Math.log(crossing(uncrossed, c, step)) - Math.log(own),
      -lowest * Math.sqrt(share),
      4 * lowest * Math.sqrt(share),
      1e-10,
    );
    uncrossed = advanced(uncrossed, bound, step, share);
    return normalUpperTail(bound / Math.sqrt(share)).p;
  });
}

/** Paths that have not crossed yet: where they are, and how much probability is there. */
interface Paths {
  readonly at: Float64Array;
  readonly mass: Float64Array;
}

/** The chance to be above a bound after one step. */
function crossing({ at, mass }: Paths, bound: number, step: number): number {
  let sum = 0;
  for (let i = 0; i < at.length; i++) sum += mass[i] * normalUpperTail((bound - at[i]) / step).p;
  return sum;
}

/** The paths below a bound after one step, by Simpson's rule. */
function advanced({ at, mass }: Paths, bound: number, step: number, share: number): Paths {
  const low = -lowest * Math.sqrt(share);
  const width = (bound - low) / (gridPoints - 1);
  const next = { at: new Float64Array(gridPoints), mass: new Float64Array(gridPoints) };
  const scale = width / (3 * step * Math.sqrt(2 * Math.PI));
  for (let j = 0; j < gridPoints; j++) {
    const x = low + j * width;
    let density = 0;
    for (let i = 0; i < at.length; i++) density += mass[i] * Math.exp(-0.5 * ((x - at[i]) / step) ** 2);
    next.at[j] = x;
    next.mass[j] = density * scale * (j === 0 || j === gridPoints - 1 ? 1 : j % 2 === 1 ? 4 : 2);
  }
  return next;
}
