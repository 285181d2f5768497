import { writeFileSync } from 'node:fs';
import { randomStream } from '../../src/core/index.ts';
import type { FactorColumn } from '../../src/stats/index.ts';

export interface BenchTable {
  readonly name: string;
  readonly factors: readonly FactorColumn[];
  readonly response: Float64Array;
}

const sizes = { strategy: 5, model: 7, task: 4 };
const names = Object.keys(sizes) as (keyof typeof sizes)[];

/** 5 x 7 x 4 cells of ten rows each: the default study. */
export function balancedTable(): BenchTable {
  const rows = allCells().flatMap((cell) => Array.from({ length: 10 }, () => cell));
  return tableOf('balanced-1400', rows, 1);
}

/** 3,400 rows over the same cells, nine of them empty and the others of very different size. */
export function unbalancedTable(): BenchTable {
  const stream = randomStream('bench', 'unbalanced');
  const cells = allCells();
  const empty = new Set([139, 135, 131, 138, 134, 79, 45, 127, 88]);
  const occupied = cells.filter((_, c) => !empty.has(c));
  const weights = occupied.map(() => 0.2 + stream.next() ** 2 * 4);
  const rows = occupied.flatMap((cell) => [cell, cell]);
  while (rows.length < 3400) rows.push(occupied[stream.categorical(weights)]);
  return tableOf('unbalanced-3400', rows, 2);
}

/** A million rows, cells drawn at random. */
export function millionTable(): BenchTable {
  const stream = randomStream('bench', 'million');
  const cells = allCells();
  const rows = Array.from({ length: 1_000_000 }, () => stream.pick(cells));
  return tableOf('million', rows, 3);
}

/** For the peers: level numbers and the response, without a header. */
export function writeTable(table: BenchTable, file: string): void {
  const lines = Array.from(table.response, (y, i) => [...table.factors.map((f) => f.codes[i]), y].join(','));
  writeFileSync(file, lines.join('\n') + '\n');
}

function allCells(): number[][] {
  const range = (n: number) => Array.from({ length: n }, (_, i) => i);
  return range(sizes.strategy).flatMap((s) =>
    range(sizes.model).flatMap((m) => range(sizes.task).map((t) => [s, m, t])),
  );
}

/** Scores with weak effects, so that p-values lie in the middle and counts of all programs can be compared. */
function tableOf(name: string, rows: readonly (readonly number[])[], seed: number): BenchTable {
  const stream = randomStream('bench', 'response', seed);
  const effect = 2 / Math.sqrt(rows.length);
  const response = Float64Array.from(rows, ([s, m, t]) => {
    const pull = effect * (0.4 * s + 0.3 * m + 0.5 * (t === 2 && s > 2 ? 1 : 0));
    return pull + stream.normal();
  });
  const factors = names.map((factorName, f) => ({
    name: factorName,
    levels: Array.from({ length: sizes[factorName] }, (_, level) => `${factorName}${level}`),
    codes: Uint8Array.from(rows, (row) => row[f]),
  }));
  return { name, factors, response };
}
