import type { EstimableSpace } from '../linear-model/anova.ts';
import type { LinearModel } from '../linear-model/model.ts';
import { multiply, sumOfSquares } from '../linear-model/orthogonalise.ts';
import { columnEntries, type MarginProgram } from './margins.ts';

/** One tested term: an orthonormal basis of the whole model in which the term's own part comes last. */
export interface TermProjection {
  readonly df: number;
  /** Place in the work space of each independent column's product with the shuffled values. */
  readonly gather: Int32Array;
  /** Lower triangle, row after row: coordinates in the basis = packed * column products. */
  readonly packed: Float64Array;
  /** For HC3: the transposed triangle row after row: coefficients = transposed * coordinates. */
  readonly transposed?: Float64Array;
  /** Sum of squares of what is shuffled; shuffling does not change it. */
  readonly total: number;
  /**
   * For HC3: per pair (i, j <= i) of the term's basis vectors their product in each cell, four pairs together,
   * [ceil(pairs / 4), cells, 4].
   */
  readonly products?: Float64Array;
}

export function projectTerm(
  model: LinearModel,
  space: EstimableSpace,
  margins: MarginProgram,
  column: Float64Array,
  robust: boolean,
): TermProjection {
  const { steps, order, basis } = space;
  const entries = designEntries(model, margins);
  const packed = invertTriangle(steps.r.data, steps.r.rows, steps.kept);
  return {
    df: basis.count,
    gather: Int32Array.from(steps.kept, (k) => entries[order[k]]),
    packed,
    transposed: robust ? transposeTriangle(packed, steps.kept.length) : undefined,
    total: sumOfSquares(column),
    products: robust ? pairProducts(model, space) : undefined,
  };
}

/** Where the work space holds the product of each of the design's columns. */
function designEntries(model: LinearModel, margins: MarginProgram): number[] {
  const entries = new Array<number>(model.r.count).fill(0);
  const tableOf = (factors: readonly number[]) => {
    const table = margins.tables.find((t) => t.factors.join() === factors.join());
    if (!table) throw new Error(`no margin table for factors ${factors.join()}`);
    return table;
  };
  entries[0] = tableOf([]).offset;
  model.terms.forEach(({ factors }, t) => {
    columnEntries(tableOf(factors)).forEach((entry, j) => (entries[model.termColumns[t][j]] = entry));
  });
  return entries;
}

/** The inverse of the transposed upper triangle that the kept columns form, packed. */
function invertTriangle(r: Float64Array, rank: number, kept: readonly number[]): Float64Array {
  const at = (i: number, j: number) => r[kept[j] * rank + i];
  const packed = new Float64Array((rank * (rank + 1)) / 2);
  const place = (i: number, j: number) => (i * (i + 1)) / 2 + j;
  for (let j = 0; j < rank; j++) {
    packed[place(j, j)] = 1 / at(j, j);
    for (let i = j + 1; i < rank; i++) {
      let sum = 0;
      for (let k = j; k < i; k++) sum += at(k, i) * packed[place(k, j)];
      packed[place(i, j)] = -sum / at(i, i);
    }
  }
  return packed;
}

/** Row j lists elements (j, j), (j + 1, j), ... of the packed lower triangle. */
function transposeTriangle(packed: Float64Array, rank: number): Float64Array {
  const out = new Float64Array(packed.length);
  let next = 0;
  for (let j = 0; j < rank; j++) {
    for (let i = j; i < rank; i++) out[next++] = packed[(i * (i + 1)) / 2 + j];
  }
  return out;
}

function pairProducts(model: LinearModel, space: EstimableSpace): Float64Array {
  const { rows, count, data } = multiply(model.q, space.basis);
  const blocks = Math.ceil((count * (count + 1)) / 8);
  const products = new Float64Array(blocks * rows * 4);
  let pair = 0;
  for (let i = 0; i < count; i++) {
    for (let j = 0; j <= i; j++, pair++) {
      const start = Math.floor(pair / 4) * rows * 4 + (pair % 4);
      for (let c = 0; c < rows; c++) products[start + c * 4] = data[i * rows + c] * data[j * rows + c];
    }
  }
  return products;
}
