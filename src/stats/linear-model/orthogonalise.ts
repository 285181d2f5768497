/** Columns of one length, one after the other: column j starts at j * rows. */
export interface Columns {
  readonly rows: number;
  readonly count: number;
  readonly data: Float64Array;
}

export interface Orthogonalised {
  /** Orthonormal columns that span the input, in order of appearance. */
  readonly q: Columns;
  /** Every input column in that basis: input = q * r, with r of size q.count x count. */
  readonly r: Columns;
  /** Which input columns added a dimension; the others depend on earlier ones. */
  readonly kept: readonly number[];
}

/** A column that keeps less than this share of its norm depends on the earlier ones. */
const dependence = 1e-9;

/**
 * Gram-Schmidt in the order of the columns, each projected twice, which keeps the result orthogonal to
 * working precision ("twice is enough", Giraud, Langou & Rozloznik 2005) and shows the rank.
 */
export function orthogonalise(input: Columns): Orthogonalised {
  const { rows, count } = input;
  const limit = Math.min(rows, count);
  const q = new Float64Array(rows * limit);
  const r = new Float64Array(limit * count);
  const kept: number[] = [];
  const v = new Float64Array(rows);
  let rank = 0;
  for (let j = 0; j < count; j++) {
    for (let i = 0; i < rows; i++) v[i] = input.data[j * rows + i];
    const before = norm(v);
    for (let pass = 0; pass < 2; pass++) {
      for (let k = 0; k < rank; k++) {
        const at = k * rows;
        const overlap = dot(q, at, v, rows);
        for (let i = 0; i < rows; i++) v[i] -= overlap * q[at + i];
        r[j * limit + k] += overlap;
      }
    }
    const after = norm(v);
    if (rank === limit || !(after > dependence * before)) continue;
    for (let i = 0; i < rows; i++) q[rank * rows + i] = v[i] / after;
    r[j * limit + rank] = after;
    kept.push(j);
    rank++;
  }
  return {
    q: { rows, count: rank, data: q.subarray(0, rank * rows) },
    r: { rows: rank, count, data: rank === limit ? r : dropRows(r, limit, rank, count) },
    kept,
  };
}

/** The columns with those indices, in that order. */
export function selectColumns(source: Columns, indices: readonly number[]): Columns {
  const data = new Float64Array(source.rows * indices.length);
  indices.forEach((from, to) => {
    data.set(source.data.subarray(from * source.rows, (from + 1) * source.rows), to * source.rows);
  });
  return { rows: source.rows, count: indices.length, data };
}

/** Transpose times vector: the dot product of every column with v. */
export function project(columns: Columns, v: ArrayLike<number>): Float64Array {
  const out = new Float64Array(columns.count);
  for (let j = 0; j < columns.count; j++) out[j] = dot(columns.data, j * columns.rows, v, columns.rows);
  return out;
}

/** Columns times vector: the weighted sum of the columns. */
export function combine(columns: Columns, weights: ArrayLike<number>): Float64Array {
  const out = new Float64Array(columns.rows);
  for (let j = 0; j < columns.count; j++) {
    for (let i = 0, at = j * columns.rows; i < columns.rows; i++, at++)
      out[i] += columns.data[at] * weights[j];
  }
  return out;
}

/** A matrix product a * b, column by column. */
export function multiply(a: Columns, b: Columns): Columns {
  const data = new Float64Array(a.rows * b.count);
  for (let j = 0; j < b.count; j++) {
    data.set(combine(a, b.data.subarray(j * b.rows, (j + 1) * b.rows)), j * a.rows);
  }
  return { rows: a.rows, count: b.count, data };
}

export function sumOfSquares(v: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < v.length; i++) sum += v[i] * v[i];
  return sum;
}

/** Four partial sums, since one would wait for each addition before it starts the next. */
function dot(a: Float64Array, from: number, b: ArrayLike<number>, length: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = 0;
  for (; i + 3 < length; i += 4) {
    s0 += a[from + i] * b[i];
    s1 += a[from + i + 1] * b[i + 1];
    s2 += a[from + i + 2] * b[i + 2];
    s3 += a[from + i + 3] * b[i + 3];
  }
  for (; i < length; i++) s0 += a[from + i] * b[i];
  return s0 + s1 + (s2 + s3);
}

function norm(v: Float64Array): number {
  return Math.sqrt(sumOfSquares(v));
}

function dropRows(data: Float64Array, from: number, to: number, count: number): Float64Array {
  const out = new Float64Array(to * count);
  for (let j = 0; j < count; j++) out.set(data.subarray(j * from, j * from + to), j * to);
  return out;
}
