import type { Cells } from '../linear-model/cells.ts';
import type { Term } from '../linear-model/terms.ts';

/** A table of sums over some of the factors; entries in the order of the levels, last factor fastest. */
export interface MarginTable {
  readonly factors: readonly number[];
  readonly shape: readonly number[];
  /** Place of its first entry in the work space. */
  readonly offset: number;
  readonly size: number;
}

/**
 * How sums per cell become sums per combination of levels of every subset of the terms' factors, as a list of
 * additions in a work space that starts with the cells. Each table is added up from the smallest table that
 * contains it, so that main effects do not visit the cells again.
 */
export interface MarginProgram {
  readonly cells: number;
  /** Entries of the work space: cells, then all tables. */
  readonly size: number;
  readonly tables: readonly MarginTable[];
  readonly addTo: Int32Array;
  readonly addFrom: Int32Array;
}

export function marginProgram(
  cells: Cells,
  levels: readonly number[],
  terms: readonly Term[],
): MarginProgram {
  const subsets = new Map<string, readonly number[]>();
  for (const { factors } of terms) {
    for (let mask = 0; mask < 1 << factors.length; mask++) {
      const subset = factors.filter((_, i) => (mask >> i) & 1);
      subsets.set(subset.join(), subset);
    }
  }
  const order = [...subsets.values()].sort((a, b) => b.length - a.length);
  const tables: MarginTable[] = [];
  const addTo: number[] = [];
  const addFrom: number[] = [];
  let size = cells.size;
  for (const factors of order) {
    const shape = factors.map((f) => levels[f]);
    const table = { factors, shape, offset: size, size: shape.reduce((a, b) => a * b, 1) };
    const parent = smallestContaining(tables, factors);
    const count = parent ? parent.size : cells.size;
    for (let entry = 0; entry < count; entry++) {
      const level = parent
        ? levelsOfEntry(parent, entry)
        : new Map(factors.map((f) => [f, cells.codes[f][entry]]));
      addTo.push(table.offset + entryOf(table, level));
      addFrom.push((parent?.offset ?? 0) + entry);
    }
    tables.push(table);
    size += table.size;
  }
  return {
    cells: cells.size,
    size,
    tables,
    addTo: Int32Array.from(addTo),
    addFrom: Int32Array.from(addFrom),
  };
}

function smallestContaining(tables: readonly MarginTable[], factors: readonly number[]) {
  return tables
    .filter((table) => factors.every((f) => table.factors.includes(f)))
    .sort((a, b) => a.size - b.size)
    .at(0);
}

/** The level of each factor of a table's entry. */
function levelsOfEntry(table: MarginTable, entry: number): Map<number, number> {
  const levels = new Map<number, number>();
  let rest = entry;
  for (let i = table.factors.length - 1; i >= 0; i--) {
    levels.set(table.factors[i], rest % table.shape[i]);
    rest = Math.floor(rest / table.shape[i]);
  }
  return levels;
}

function entryOf(table: MarginTable, levels: ReadonlyMap<number, number>): number {
  return table.factors.reduce((entry, f, i) => entry * table.shape[i] + (levels.get(f) ?? 0), 0);
}

/**
 * Turns margin tables into products with sum-to-zero coded columns: along every axis, the last level is
 * subtracted from the others. As a list of subtractions, in order.
 */
export function differenceProgram(tables: readonly MarginTable[]): {
  readonly from: Int32Array;
  readonly take: Int32Array;
} {
  const from: number[] = [];
  const take: number[] = [];
  for (const table of tables) {
    let stride = table.size;
    table.shape.forEach((length) => {
      stride /= length;
      for (let entry = 0; entry < table.size; entry++) {
        const level = Math.floor(entry / stride) % length;
        if (level === length - 1) continue;
        from.push(table.offset + entry);
        take.push(table.offset + entry + (length - 1 - level) * stride);
      }
    });
  }
  return { from: Int32Array.from(from), take: Int32Array.from(take) };
}

/** Places in the work space of a term's sum-to-zero columns, in the order of the design's columns. */
export function columnEntries(table: MarginTable): number[] {
  const places: number[] = [];
  for (let entry = 0; entry < table.size; entry++) {
    const level = [...levelsOfEntry(table, entry).values()].reverse();
    if (level.every((value, i) => value < table.shape[i] - 1)) places.push(table.offset + entry);
  }
  return places;
}
