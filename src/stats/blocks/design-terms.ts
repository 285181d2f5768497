import type { BlockDesign, Factor } from './block-design.ts';

/** One term of the full factorial of a block design: which within and which between factors it involves. */
export interface DesignTerm {
  /** Factor names joined by `:`, in the design's order. */
  readonly name: string;
  /** Indices into design.within; empty for a term that only concerns between factors. */
  readonly within: readonly number[];
  /** Indices into design.between. */
  readonly between: readonly number[];
}

/** Every main effect and interaction, main effects first, then by order and by the factors' own order. */
export function designTerms(design: BlockDesign): DesignTerm[] {
  const factors = design.order.length;
  const place = (name: string) => design.order.indexOf(name);
  const terms: { term: DesignTerm; places: number[] }[] = [];
  for (let mask = 1; mask < 2 ** factors; mask++) {
    const places = Array.from({ length: factors }, (_, i) => i).filter((i) => mask & (1 << i));
    const uses = (factor: Factor) => places.includes(place(factor.name));
    const indices = (list: readonly Factor[]) => list.flatMap((factor, i) => (uses(factor) ? [i] : []));
    const term = {
      name: places.map((i) => design.order[i]).join(':'),
      within: indices(design.within),
      between: indices(design.between),
    };
    terms.push({ term, places });
  }
  terms.sort((a, b) => a.places.length - b.places.length || compare(a.places, b.places));
  return terms.map(({ term }) => term);
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i] - b[i];
  return 0;
}

/** A dense matrix, row-major. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

/**
 * Orthonormal Helmert contrasts: row i compares level i + 1 with the mean of the levels before it.
 *
 * @returns [levels - 1, levels]; rows have unit length, are orthogonal to each other and sum to zero
 */
export function helmertContrasts(levels: number): Matrix {
  const data = new Float64Array((levels - 1) * levels);
  for (let i = 1; i < levels; i++) {
    const norm = Math.sqrt(i * (i + 1));
    for (let j = 0; j < i; j++) data[(i - 1) * levels + j] = -1 / norm;
    data[(i - 1) * levels + i] = i / norm;
  }
  return { rows: levels - 1, columns: levels, data };
}

/** The averaging row of unit length, 1/sqrt(levels) everywhere. */
function unitMean(levels: number): Matrix {
  return { rows: 1, columns: levels, data: new Float64Array(levels).fill(1 / Math.sqrt(levels)) };
}

function kronecker(a: Matrix, b: Matrix): Matrix {
  const rows = a.rows * b.rows;
  const columns = a.columns * b.columns;
  const data = new Float64Array(rows * columns);
  for (let i = 0; i < a.rows; i++)
    for (let j = 0; j < a.columns; j++)
      for (let k = 0; k < b.rows; k++)
        for (let l = 0; l < b.columns; l++)
          data[(i * b.rows + k) * columns + j * b.columns + l] =
            a.data[i * a.columns + j] * b.data[k * b.columns + l];
  return { rows, columns, data };
}

/**
 * The contrasts of a term among the cells of a factorial: contrasts of the factors in `subset`, averages over
 * the others, all of unit length. The matrices of all subsets together are an orthonormal basis of the cells,
 * so sums of squares of projections add up.
 *
 * @returns [product of (levels - 1) over the subset, product of levels]
 */
export function termContrasts(factors: readonly Factor[], subset: readonly number[]): Matrix {
  let out: Matrix = { rows: 1, columns: 1, data: Float64Array.of(1) };
  factors.forEach((factor, i) => {
    const levels = factor.levels.length;
    out = kronecker(out, subset.includes(i) ? helmertContrasts(levels) : unitMean(levels));
  });
  return out;
}

/** matrix x vector. */
export function apply(matrix: Matrix, vector: ArrayLike<number>): Float64Array {
  const out = new Float64Array(matrix.rows);
  for (let i = 0; i < matrix.rows; i++) {
    let sum = 0;
    const row = i * matrix.columns;
    for (let j = 0; j < matrix.columns; j++) sum += matrix.data[row + j] * vector[j];
    out[i] = sum;
  }
  return out;
}

/** Whether every combination of the between factors' levels has blocks, so that their terms can be told apart. */
export function betweenIsCrossed(design: BlockDesign): boolean {
  return design.groups.length === design.between.reduce((n, factor) => n * factor.levels.length, 1);
}
