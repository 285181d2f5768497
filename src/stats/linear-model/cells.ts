import { InputError } from '../../core/errors.ts';
import type { Codes, FactorColumn } from './factor.ts';

/** The rows of a table gathered by their combination of factor levels; only combinations that occur. */
export interface Cells {
  /** Number of occupied cells; they are in the order of the levels, last factor fastest. */
  readonly size: number;
  /** Per factor, the level of each cell. */
  readonly codes: readonly Uint32Array[];
  /** Rows per cell. */
  readonly counts: Float64Array;
  /** Mean response per cell, minus the grand mean. */
  readonly means: Float64Array;
  /** Sum of squared deviations from the cell's own mean. */
  readonly within: Float64Array;
  /** Per row, its cell. */
  readonly rowCell: Codes;
  /** Mean response of all rows. */
  readonly grandMean: number;
}

/** Up to this many combinations a table indexes the cells; beyond, a map does. */
const denseLimit = 1 << 22;

/** Gathers the rows by cell, in a few passes over typed arrays. */
export function collapseToCells(response: ArrayLike<number>, factors: readonly FactorColumn[]): Cells {
  const n = response.length;
  const combinations = factors.reduce((product, { levels }) => product * levels.length, 1);
  if (combinations > Number.MAX_SAFE_INTEGER) {
    throw new InputError(
      `The factors have ${combinations} combinations of levels; that is too many to index.`,
    );
  }
  const { rowCell, keys } =
    combinations <= denseLimit ? indexDense(factors, n, combinations) : indexByMap(factors, n);
  const size = keys.length;
  let total = 0;
  for (let i = 0; i < n; i++) total += response[i];
  const grandMean = total / n;
  const counts = new Float64Array(size);
  const means = new Float64Array(size);
  for (let i = 0; i < n; i++) {
    const cell = rowCell[i];
    counts[cell]++;
    means[cell] += response[i] - grandMean;
  }
  for (let cell = 0; cell < size; cell++) means[cell] /= counts[cell];
  const within = new Float64Array(size);
  for (let i = 0; i < n; i++) {
    const cell = rowCell[i];
    const deviation = response[i] - grandMean - means[cell];
    within[cell] += deviation * deviation;
  }
  return { size, codes: decodeKeys(keys, factors), counts, means, within, rowCell, grandMean };
}

/** The place of each row's combination among all combinations, last factor fastest. */
function rowKeys(factors: readonly FactorColumn[], into: Codes | Float64Array): void {
  const n = into.length;
  factors.forEach(({ codes, levels }, f) => {
    if (f === 0) return into.set(codes);
    const radix = levels.length;
    for (let i = 0; i < n; i++) into[i] = into[i] * radix + codes[i];
  });
}

function indexDense(factors: readonly FactorColumn[], n: number, combinations: number) {
  const rows =
    combinations <= 256 ? new Uint8Array(n) : combinations <= 65536 ? new Uint16Array(n) : new Uint32Array(n);
  rowKeys(factors, rows);
  const occupied = new Uint8Array(combinations);
  for (let i = 0; i < n; i++) occupied[rows[i]] = 1;
  const cellOf = new Uint32Array(combinations);
  const keys: number[] = [];
  for (let key = 0; key < combinations; key++) {
    if (occupied[key] === 1) cellOf[key] = keys.push(key) - 1;
  }
  // Where every combination occurs, a row's combination is its cell.
  if (keys.length < combinations) for (let i = 0; i < n; i++) rows[i] = cellOf[rows[i]];
  return { rowCell: rows, keys };
}

function indexByMap(factors: readonly FactorColumn[], n: number) {
  const rows = new Float64Array(n);
  rowKeys(factors, rows);
  const keys = [...new Set(rows)].sort((a, b) => a - b);
  const cellOf = new Map(keys.map((key, cell) => [key, cell]));
  return { rowCell: Uint32Array.from(rows, (key) => cellOf.get(key) ?? 0), keys };
}

function decodeKeys(keys: readonly number[], factors: readonly FactorColumn[]): Uint32Array[] {
  const codes = factors.map(() => new Uint32Array(keys.length));
  keys.forEach((key, cell) => {
    let rest = key;
    for (let f = factors.length - 1; f >= 0; f--) {
      const radix = factors[f].levels.length;
      const next = Math.floor(rest / radix);
      codes[f][cell] = rest - next * radix;
      rest = next;
    }
  });
  return codes;
}
