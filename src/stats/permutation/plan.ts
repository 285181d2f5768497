import { InputError } from '../../core/errors.ts';
import type { NamePart } from '../../core/random.ts';
import { termSpace, type EstimableSpace, type NotEstimable } from '../linear-model/anova.ts';
import { fullLeverage } from '../linear-model/hc3.ts';
import type { LinearModel } from '../linear-model/model.ts';
import { combine, project } from '../linear-model/orthogonalise.ts';
import { groupWidth } from './group-width.ts';
import { differenceProgram, marginProgram, type MarginProgram } from './margins.ts';
import { projectTerm, type TermProjection } from './term-projection.ts';

/**
 * What is shuffled: the residuals of the model without the term (`freedman-lane`, the default), the residuals
 * of the whole model (`ter-braak`, ter Braak 1992), or the response (`raw`; right for a single factor only).
 * `wild`: the residuals of the model without the term keep their rows and get random signs (Wu 1986; Liu 1988).
 */
export type PermutationScheme = 'freedman-lane' | 'ter-braak' | 'raw' | 'wild';

/** `F`: the classical statistic. `hc3`: studentised with the HC3 covariance, for unequal variances. */
export type PermutationStatistic = 'F' | 'hc3';

/** What the wild bootstrap reads: each row's residual is its cell's offset plus its own deviation. */
export interface SignPlan {
  /** Per row, the response minus its cell's mean; the same for all terms. */
  readonly deviations: Float64Array;
  /** Per group of terms, [cells, groupWidth]: the cell's mean minus the fit of the model without the term. */
  readonly offsets: readonly Float64Array[];
}

export interface PermutationPlanOptions {
  readonly seed: NamePart;
  readonly scheme?: PermutationScheme;
  readonly statistic?: PermutationStatistic;
}

/** Everything the resampling loop reads, as plain data that can be sent to a worker thread. */
export interface PermutationPlan {
  readonly seed: NamePart;
  readonly statistic: PermutationStatistic;
  readonly dfResidual: number;
  readonly terms: readonly TermProjection[];
  /** Per row, its cell. */
  readonly labels: Uint16Array;
  readonly counts: Float64Array;
  /** 1 / (n_c (1 - h_c)^2), for HC3. */
  readonly meatScale: Float64Array;
  /**
   * What is shuffled, one column per term, in groups of `groupWidth` columns that list their rows one after
   * the other. For HC3 as many groups of their squares follow.
   */
  readonly groups: readonly Float64Array[];
  readonly margins: MarginProgram;
  readonly differences: { readonly from: Int32Array; readonly take: Int32Array };
  /** Where every cell is occupied and of one size, sums of squares follow from the margins alone. */
  readonly balanced?: BalancedWeights;
  /** For the scheme `wild`, in which labels stay where they are. */
  readonly signs?: SignPlan;
}

/** Sums of squares as signed sums of the margins' squares, in a balanced design. */
export interface BalancedWeights {
  /** Per tested term, a weight for each margin table. */
  readonly terms: readonly Float64Array[];
  /** The same for the whole model with its intercept. */
  readonly model: Float64Array;
}

export interface PlannedTerms {
  readonly plan: PermutationPlan;
  /** Per term of the model its index in the plan, or why it has none. */
  readonly places: readonly (number | NotEstimable)[];
}

/** Cells are 16-bit labels in the kernel. */
const mostCells = 65536;

/**
 * Prepares the permutation tests of all terms (Type III) of a fitted model.
 *
 * @throws InputError when more than 65,536 cells are occupied
 */
export function planPermutations(model: LinearModel, options: PermutationPlanOptions): PlannedTerms {
  const { cells, terms, leverage } = model;
  if (cells.size > mostCells) {
    throw new InputError(
      `The table has ${cells.size} occupied cells; permutation tests take up to ${mostCells}. ` +
        'Use fewer factors or levels.',
    );
  }
  const statistic = options.statistic ?? 'F';
  const scheme = options.scheme ?? 'freedman-lane';
  const levels = model.factors.map((f) => f.levels.length);
  const margins = marginProgram(cells, levels, terms);
  const robust = statistic === 'hc3';
  const undefinedWeights = robust && leverage.some((h) => h > fullLeverage);

  const projections: TermProjection[] = [];
  const tested: number[] = [];
  const columns: Float64Array[] = [];
  const places = terms.map((term, t): number | NotEstimable => {
    const space = termSpace(model, t, 'III');
    if (!space.estimable) return space;
    if (undefinedWeights) {
      const reason = 'a cell with one row determines a parameter by itself';
      return { term: term.name, estimable: false, reason };
    }
    const column = shuffledColumn(model, space, scheme);
    columns.push(column);
    tested.push(t);
    return projections.push(projectTerm(model, space, margins, column, robust)) - 1;
  });
  const squares = robust ? columns.map((column) => column.map((x) => x * x)) : [];
  const plan: PermutationPlan = {
    seed: options.seed,
    statistic,
    dfResidual: model.dfResidual,
    terms: projections,
    labels: Uint16Array.from(cells.rowCell),
    counts: cells.counts,
    meatScale: leverage.map((h, c) => 1 / (cells.counts[c] * (1 - h) ** 2)),
    groups: [...interleave(columns), ...interleave(squares)],
    margins,
    differences: differenceProgram(margins.tables),
    balanced: !robust && isBalanced(model, levels) ? balancedWeights(model, margins, tested) : undefined,
    signs: scheme === 'wild' ? signPlan(model, columns) : undefined,
  };
  return { plan, places };
}

/** What is shuffled for one term, per row. */
function shuffledColumn(model: LinearModel, space: EstimableSpace, scheme: PermutationScheme): Float64Array {
  const { cells, response, q } = model;
  const kept = new Float64Array(cells.size);
  if (scheme !== 'raw') kept.set(model.fitted);
  if (scheme === 'freedman-lane' || scheme === 'wild') {
    const own = combine(q, combine(space.basis, project(space.basis, model.effects)));
    for (let c = 0; c < cells.size; c++) kept[c] -= own[c] / Math.sqrt(cells.counts[c]);
  }
  const out = new Float64Array(model.n);
  for (let i = 0; i < out.length; i++) out[i] = response[i] - cells.grandMean - kept[cells.rowCell[i]];
  return out;
}

/** Splits every row's residual into its cell's mean residual and its own deviation from the cell's mean. */
function signPlan({ cells, response }: LinearModel, columns: readonly Float64Array[]): SignPlan {
  const offsets = columns.map((column) => {
    const own = new Float64Array(cells.size);
    for (let i = 0; i < column.length; i++) own[cells.rowCell[i]] += column[i];
    return own.map((sum, c) => sum / cells.counts[c]);
  });
  const deviations = Float64Array.from(
    cells.rowCell,
    (cell, i) => response[i] - cells.grandMean - cells.means[cell],
  );
  return { deviations, offsets: interleave(offsets) };
}

/** Columns side by side in groups, filled up with zeros. */
function interleave(columns: readonly Float64Array[]): Float64Array[] {
  const groups: Float64Array[] = [];
  for (let first = 0; first < columns.length; first += groupWidth) {
    const group = new Float64Array(columns[0].length * groupWidth);
    columns.slice(first, first + groupWidth).forEach((column, j) => {
      for (let i = 0; i < column.length; i++) group[i * groupWidth + j] = column[i];
    });
    groups.push(group);
  }
  return groups;
}

function isBalanced({ cells }: LinearModel, levels: readonly number[]): boolean {
  const combinations = levels.reduce((a, b) => a * b, 1);
  return cells.size === combinations && cells.counts.every((count) => count === cells.counts[0]);
}

/** SS of a term = sum over subsets S of its factors of (-1)^(|T| - |S|) sum(margin_S^2) / rows per entry. */
function balancedWeights(
  model: LinearModel,
  margins: MarginProgram,
  tested: readonly number[],
): BalancedWeights {
  const perTerm = model.terms.map(({ factors }) =>
    Float64Array.from(margins.tables, (table) => {
      if (!table.factors.every((f) => factors.includes(f))) return 0;
      const sign = (factors.length - table.factors.length) % 2 === 0 ? 1 : -1;
      return (sign * table.size) / model.n;
    }),
  );
  const whole = Float64Array.from(margins.tables, (table, i) => {
    const intercept = table.factors.length === 0 ? 1 / model.n : 0;
    return perTerm.reduce((sum, weights) => sum + weights[i], intercept);
  });
  return { terms: tested.map((t) => perTerm[t]), model: whole };
}
