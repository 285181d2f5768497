import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Where the reference values from R lie, or undefined; says so loudly when they are missing. */
export function goldenFile(name: string): string | undefined {
  const shared = process.env.AGENTMESH_SHARED ?? resolve(root, '../shared');
  for (const path of [
    resolve(shared, 'golden/statistics', name),
    resolve(root, 'test/golden/statistics', name),
  ]) {
    if (existsSync(path)) return path;
  }
  console.warn(`SKIPPED: ${name} is not there; nothing is compared with R in this test.`);
  return undefined;
}

export interface TableRows {
  readonly columns: Readonly<Record<string, readonly string[]>>;
  readonly score: number[];
}

/** A comma-separated file without quotes, as the reference data are. */
export function readRows(path: string): TableRows {
  const [head, ...lines] = readFileSync(path, 'utf8').trim().split('\n');
  const names = head.split(',');
  const cells = lines.map((line) => line.split(','));
  const columns = Object.fromEntries(names.map((name, i) => [name, cells.map((row) => row[i])]));
  return { columns, score: columns.score.map(Number) };
}

/** |a - b| relative to b. */
export function relativeError(a: number, b: number): number {
  return Math.abs(a - b) / Math.abs(b);
}
