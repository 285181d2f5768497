/**
 * How long the first command takes: `npm start` in a fresh clone of the last commit, after `npm ci`.
 *
 *     npm run bench -- start
 *
 * Needs a package registry, for `npm ci`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Figure, printFigures, reportLoad } from './parts/measure.ts';

const root = path.resolve(import.meta.dirname, '..');
const folder = mkdtempSync(path.join(tmpdir(), 'agentmesh-start-'));

function seconds(command: string, args: readonly string[], cwd: string): number {
  const start = performance.now();
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`);
  return (performance.now() - start) / 1000;
}

reportLoad();
try {
  const clone = path.join(folder, 'clone');
  seconds('git', ['clone', '--quiet', root, clone], folder);
  const figures: Figure[] = [
    { what: 'npm ci', measured: seconds('npm', ['ci', '--no-audit', '--no-fund'], clone), unit: 's' },
    {
      what: 'npm start: build, study, table and report',
      measured: seconds('npm', ['start'], clone),
      unit: 's',
      atMost: 120,
    },
  ];
  if (!printFigures(figures)) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
