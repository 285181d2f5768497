import { InputError } from '../../core/errors.ts';
import { requireFinite } from '../require-finite.ts';
import { collapseToCells, type Cells } from './cells.ts';
import { dropUnusedLevels, type FactorColumn } from './factor.ts';
import { orthogonalise, project, sumOfSquares, type Columns } from './orthogonalise.ts';
import { factorialTerms, namedTerms, type Term } from './terms.ts';

export interface LinearModelOptions {
  /** Highest order of interactions; 2 by default (all pairs). */
  readonly order?: number;
  /** The terms by name instead of an order, for instance to add a block without its interactions. */
  readonly terms?: readonly (readonly string[])[];
  /** What the response is called in messages. */
  readonly responseName?: string;
}

/** A least-squares fit of a factorial model, reduced to what every later analysis reads. */
export interface LinearModel {
  /** Rows of the table. */
  readonly n: number;
  readonly response: ArrayLike<number>;
  readonly factors: readonly FactorColumn[];
  readonly terms: readonly Term[];
  readonly cells: Cells;
  /** Per term the indices of its columns; column 0 is the intercept. */
  readonly termColumns: readonly (readonly number[])[];
  /** Orthonormal basis of the weighted design, [cells, rank]: row c is sqrt(n_c) times a cell's row. */
  readonly q: Columns;
  /** Every column of the design in that basis, [rank, columns]. */
  readonly r: Columns;
  /** The columns of the basis; the others are linear combinations of these ("aliased"). */
  readonly kept: readonly number[];
  /** The centred response in that basis. */
  readonly effects: Float64Array;
  /** Fitted value per cell, minus the grand mean. */
  readonly fitted: Float64Array;
  readonly leverage: Float64Array;
  readonly rank: number;
  readonly dfResidual: number;
  readonly residualSumOfSquares: number;
  readonly totalSumOfSquares: number;
  /** Residual mean square. */
  readonly sigma2: number;
}

const maximumFactors = 5;

/**
 * Fits a linear model with sum-to-zero coded factors to a table, of any size and balance.
 *
 * Rows are first gathered by cell; then the sqrt(n)-weighted cells x columns matrix is orthogonalised column
 * by column, which shows the rank (empty cells, confounded factors) without ever forming the row matrix.
 * Residuals are summed as "within cells" plus "lack of fit", so nothing is lost to cancellation.
 *
 * @param response one finite number per row, any unit
 * @param factors one to five factors of the same length; levels without rows are dropped
 * @throws InputError for empty, NaN or infinite input (by name and row), a factor with one level, or no more
 *   rows than the model has parameters
 */
export function fitLinearModel(
  response: ArrayLike<number>,
  factors: readonly FactorColumn[],
  options: LinearModelOptions = {},
): LinearModel {
  const responseName = options.responseName ?? 'response';
  requireFinite(responseName, response);
  const used = checkFactors(factors, response.length);
  const names = used.map(({ name }) => name);
  const terms = options.terms ? namedTerms(names, options.terms) : factorialTerms(names, options.order);
  const cells = collapseToCells(response, used);
  const { columns, termColumns } = weightedDesign(cells, used, terms);
  const { q, r, kept } = orthogonalise(columns);

  const n = response.length;
  const rank = kept.length;
  const dfResidual = n - rank;
  if (dfResidual < 1) {
    throw new InputError(
      `The model has ${rank} parameters but the table only ${n} rows, so nothing is left to estimate the ` +
        `noise. Leave out interactions or add rows.`,
    );
  }
  const weighted = cells.means.map((mean, c) => mean * Math.sqrt(cells.counts[c]));
  const effects = project(q, weighted);
  const fitted = new Float64Array(cells.size);
  const leverage = new Float64Array(cells.size);
  for (let j = 0; j < rank; j++) {
    for (let c = 0, at = j * cells.size; c < cells.size; c++, at++) {
      fitted[c] += (q.data[at] * effects[j]) / Math.sqrt(cells.counts[c]);
      leverage[c] += (q.data[at] * q.data[at]) / cells.counts[c];
    }
  }
  let residual = 0;
  let total = 0;
  for (let c = 0; c < cells.size; c++) {
    residual += cells.within[c] + cells.counts[c] * (cells.means[c] - fitted[c]) ** 2;
    total += cells.within[c] + cells.counts[c] * cells.means[c] ** 2;
  }
  if (total === 0) {
    throw new InputError(
      `${responseName} is ${cells.grandMean} in every row; there is no variation to explain.`,
    );
  }
  // What is left of scores that the factors explain exactly is rounding, in proportion to the scores themselves.
  const size = Math.sqrt(sumOfSquares(weighted)) * 1e-12 + Math.abs(cells.grandMean) * Math.sqrt(n) * 1e-14;
  if (residual <= size ** 2) {
    throw new InputError(
      `The factors explain ${responseName} exactly, so there is no noise to compare effects with. ` +
        'Use fewer interactions, or a response that varies between repetitions.',
    );
  }
  return {
    n,
    response,
    factors: used,
    terms,
    cells,
    termColumns,
    q,
    r,
    kept,
    effects,
    fitted,
    leverage,
    rank,
    dfResidual,
    residualSumOfSquares: residual,
    totalSumOfSquares: total,
    sigma2: residual / dfResidual,
  };
}

function checkFactors(factors: readonly FactorColumn[], rows: number): FactorColumn[] {
  if (factors.length === 0 || factors.length > maximumFactors) {
    throw new InputError(`${factors.length} factors given; a model takes one to ${maximumFactors}.`);
  }
  const seen = new Set<string>();
  return factors.map((given) => {
    if (seen.has(given.name)) throw new InputError(`The factor "${given.name}" is given twice.`);
    seen.add(given.name);
    if (given.codes.length !== rows) {
      throw new InputError(`Factor "${given.name}" has ${given.codes.length} rows, the response ${rows}.`);
    }
    const used = dropUnusedLevels(given);
    if (used.levels.length < 2) {
      throw new InputError(
        `Factor "${given.name}" has only the level "${used.levels[0]}"; an effect needs at least two levels. ` +
          'Leave the factor out.',
      );
    }
    return used;
  });
}

/** One row of the design in sum-to-zero coding, for any combination of levels, occupied or not. */
function designRow(
  factors: readonly FactorColumn[],
  terms: readonly Term[],
  levels: readonly number[],
): number[] {
  const codes = factors.map((f, i) => sumCodes(levels[i], f.levels.length));
  const row = [1];
  for (const term of terms) {
    let values = [1];
    for (const f of term.factors) values = values.flatMap((value) => codes[f].map((code) => value * code));
    row.push(...values);
  }
  return row;
}

/** Sum-to-zero coding: the last level is -1 in every column. */
function sumCodes(level: number, levels: number): number[] {
  return Array.from({ length: levels - 1 }, (_, j) => (level === levels - 1 ? -1 : level === j ? 1 : 0));
}

function weightedDesign(cells: Cells, factors: readonly FactorColumn[], terms: readonly Term[]) {
  const widths = terms.map((term) => term.factors.reduce((w, f) => w * (factors[f].levels.length - 1), 1));
  const count = widths.reduce((a, b) => a + b, 1);
  const data = new Float64Array(cells.size * count);
  for (let c = 0; c < cells.size; c++) {
    const root = Math.sqrt(cells.counts[c]);
    const row = designRow(
      factors,
      terms,
      cells.codes.map((codes) => codes[c]),
    );
    for (let j = 0; j < count; j++) data[j * cells.size + c] = root * row[j];
  }
  let next = 1;
  const termColumns = widths.map((width) => Array.from({ length: width }, () => next++));
  return { columns: { rows: cells.size, count, data }, termColumns };
}
