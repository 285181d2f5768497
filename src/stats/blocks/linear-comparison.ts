import { InputError } from '../../core/index.ts';
import type { BlockDesign } from './block-design.ts';
import type { CellEstimates } from './cell-estimates.ts';
import { tQuantile, tTwoSided } from '../distributions/index.ts';

/**
 * A weighted sum of cell means: what it compares is in the weights. One array per group of blocks, one weight per
 * within-cell.
 */
export type CellWeights = readonly Float64Array[];

/** An estimate with its t interval; every number is `null` when it is not estimable. */
export interface Comparison {
  readonly estimate: number | null;
  readonly standardError: number | null;
  readonly t: number | null;
  /** Welch-Satterthwaite degrees of freedom, from those of each group. */
  readonly df: number | null;
  readonly p: number | null;
  /** Natural logarithm of p. */
  readonly logP: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly confidence: number;
  readonly reason?: string;
}

/** Which levels a weighting averages over; factors not named are averaged with equal weights. */
export type LevelChoice = Readonly<Record<string, string>>;

/**
 * The weights of the mean of all cells with the given levels, equal for each cell and each group.
 *
 * @example levelWeights(design, { strategy: 'vdn', task: 'coverage' }) // mean over models
 * @throws InputError when a factor or a level does not exist
 */
export function levelWeights(design: BlockDesign, choice: LevelChoice): CellWeights {
  for (const [name, level] of Object.entries(choice)) {
    const factor = [...design.within, ...design.between].find((f) => f.name === name);
    if (!factor) throw new InputError(`There is no factor "${name}"; there are ${design.order.join(', ')}.`);
    if (!factor.levels.includes(level)) {
      throw new InputError(`Factor "${name}" has no level "${level}"; it has ${factor.levels.join(', ')}.`);
    }
  }
  const cells = new Float64Array(design.cells);
  for (const cell of cellsWith(design, choice)) cells[cell] = 1;
  const matching = design.groups.map(({ levels }) =>
    design.between.every((factor, i) => {
      return choice[factor.name] === undefined || choice[factor.name] === factor.levels[levels[i]];
    }),
  );
  const count = cells.reduce((sum, x) => sum + x, 0) * matching.filter(Boolean).length;
  return matching.map((matches) => cells.map((x) => (matches ? x / count : 0)));
}

/** The within-cells at the chosen levels, in increasing order; levels of between factors do not matter. */
export function cellsWith(design: BlockDesign, choice: LevelChoice): number[] {
  const chosen: number[] = [];
  for (let cell = 0; cell < design.cells; cell++) {
    let rest = cell;
    let fits = true;
    for (let i = design.within.length - 1; i >= 0; i--) {
      const { name, levels } = design.within[i];
      if (choice[name] !== undefined && choice[name] !== levels[rest % levels.length]) fits = false;
      rest = Math.floor(rest / levels.length);
    }
    if (fits) chosen.push(cell);
  }
  return chosen;
}

/** a - b. */
export function differenceWeights(a: CellWeights, b: CellWeights): CellWeights {
  return a.map((own, g) => own.map((x, c) => x - b[g][c]));
}

/** sum of weights x values over the entries with a weight, so that an unused cell may be NaN. */
function weigh(weights: Float64Array, values: ArrayLike<number>, offset = 0): number {
  let sum = 0;
  for (let c = 0; c < weights.length; c++) if (weights[c] !== 0) sum += weights[c] * values[offset + c];
  return sum;
}

/** Deviations below this share of the scores are rounding. */
export const roundingShare = 1e-13;

/** Why a weighting cannot be estimated, or undefined. */
function whyNot(estimates: readonly CellEstimates[], weights: CellWeights): string | undefined {
  if (!weights.some(carries)) return 'no blocks';
  for (const [g, { means, blocks }] of estimates.entries()) {
    if (!carries(weights[g])) continue;
    if (blocks < 2) return 'fewer than two blocks';
    if (Number.isNaN(weigh(weights[g], means))) return 'a cell has no usable run';
  }
  return undefined;
}

function carries(weights: Float64Array): boolean {
  return weights.some((w) => w !== 0);
}

/**
 * Estimates a comparison of cell means with separate variances per group of blocks.
 *
 * estimate = sum_g c_g'm_g, variance = sum_g s_g^2 / n_g with s_g^2 the variance of c_g'y over the group's
 * blocks, df = (sum v_g)^2 / sum(v_g^2 / df_g) (Welch 1947; Satterthwaite 1946). With one group and complete
 * blocks it is the paired t test.
 *
 * @param confidence default 0.95
 */
export function linearComparison(
  estimates: readonly CellEstimates[],
  weights: CellWeights,
  confidence = 0.95,
): Comparison {
  const reason = whyNot(estimates, weights);
  const none = {
    estimate: null,
    standardError: null,
    t: null,
    df: null,
    p: null,
    logP: null,
    low: null,
    high: null,
  };
  if (reason) return { ...none, confidence, reason };
  let estimate = 0;
  let variance = 0;
  let spread = 0;
  let scale = 0;
  estimates.forEach((group, g) => {
    const own = weights[g];
    if (!carries(own)) return;
    estimate += weigh(own, group.means);
    for (let c = 0; c < own.length; c++) if (own[c] !== 0) scale = Math.max(scale, Math.abs(group.means[c]));
    const part = groupCovariance(group, own, own);
    variance += part;
    if (part > 0) spread += (part * part) / group.df(own);
  });
  // Equal differences leave rounding behind, which is no spread.
  if (!(Math.sqrt(variance) > roundingShare * scale)) {
    return { ...none, estimate, confidence, reason: 'all blocks show the same difference' };
  }
  const standardError = Math.sqrt(variance);
  const df = (variance * variance) / spread;
  if (!(df > 0)) return { ...none, confidence, reason: 'too few runs for a standard error' };
  const t = estimate / standardError;
  const margin = tQuantile((1 + confidence) / 2, df) * standardError;
  const { p, logP } = tTwoSided(t, df);
  return {
    estimate,
    standardError,
    t,
    df,
    p,
    logP,
    low: estimate - margin,
    high: estimate + margin,
    confidence,
  };
}

/** Covariance of two comparisons' estimates within one group. */
function groupCovariance(group: CellEstimates, a: Float64Array, b: Float64Array): number {
  const { residuals, blocks } = group;
  const cells = a.length;
  let sum = 0;
  for (let row = 0; row < blocks; row++) {
    const x = weigh(a, residuals, row * cells);
    sum += x * (a === b ? x : weigh(b, residuals, row * cells));
  }
  return sum / (blocks * (blocks - 1));
}

/** Covariance of the estimates of two comparisons. */
export function comparisonCovariance(
  estimates: readonly CellEstimates[],
  a: CellWeights,
  b: CellWeights,
): number {
  let sum = 0;
  estimates.forEach((group, g) => {
    if (carries(a[g]) && carries(b[g])) sum += groupCovariance(group, a[g], b[g]);
  });
  return sum;
}

/** Correlations of the estimates of comparisons, all estimable. */
export function comparisonCorrelations(
  estimates: readonly CellEstimates[],
  weights: readonly CellWeights[],
): number[][] {
  const covariance = weights.map((a) => weights.map((b) => comparisonCovariance(estimates, a, b)));
  return covariance.map((row, i) =>
    row.map((x, j) => (i === j ? 1 : x / Math.sqrt(covariance[i][i] * covariance[j][j]))),
  );
}
