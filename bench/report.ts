/**
 * What the report of a large study costs: time of analysis and page, and the page's size, for 3,640 runs.
 *
 *   npm run bench -- report [runs of it, default 3]
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../src/core/index.ts';
import { openStore } from '../src/store/index.ts';
import { fillStore, syntheticStudy } from '../test/support/synthetic-study.ts';
import { type Finished, median, printFigures, runNode } from './parts/measure.ts';

const data = mkdtempSync(path.join(tmpdir(), 'bench-report-'));
const folder = path.join(data, 'large');
const program = path.resolve(import.meta.dirname, '../bin/agentmesh.js');
const repetitions = Number(process.argv[2] ?? 3);

const study = syntheticStudy({ name: 'large', price: 0.1 });
const store = await openStore(folder, { clock: systemClock });
await fillStore(store, study);
await store.close();

const first: Finished[] = [];
const again: Finished[] = [];
for (let k = 0; k < repetitions; k++) {
  rmSync(path.join(folder, 'analysis.json'), { force: true });
  first.push(await runNode([program, 'report', 'large', '--data', data]));
  again.push(await runNode([program, 'report', 'large', '--data', data]));
}
const bytes = statSync(path.join(folder, 'report.html')).size;
const seconds = (results: readonly Finished[], key: 'wallMs' | 'cpuMs') =>
  median(results.map((result) => result[key])) / 1000;

const fine = printFigures([
  {
    what: `report of ${study.study.runs.length} runs, analysis included`,
    measured: seconds(first, 'wallMs'),
    unit: 's',
    atMost: 5,
  },
  { what: 'the same, CPU', measured: seconds(first, 'cpuMs'), unit: 's' },
  { what: 'report again, analysis kept', measured: seconds(again, 'wallMs'), unit: 's' },
  { what: 'the same, CPU', measured: seconds(again, 'cpuMs'), unit: 's' },
  { what: 'size of the page', measured: bytes / 1e6, unit: 'MB', atMost: 5 },
]);
rmSync(data, { recursive: true });
process.exitCode = fine ? 0 : 1;
