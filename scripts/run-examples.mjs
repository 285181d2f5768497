// Runs every program in examples/ against the built package, as a user would.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const folder = path.resolve('examples');
const programs = readdirSync(folder).filter((file) => /\.(ts|mjs)$/.test(file));
if (programs.length === 0) {
  console.error('There is no example in examples/.');
  process.exit(1);
}
for (const program of programs) {
  const cwd = mkdtempSync(path.join(tmpdir(), 'agentmesh-example-'));
  const tsx = path.resolve('node_modules/tsx/dist/cli.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsx, path.join(folder, program)], {
    cwd,
    encoding: 'utf8',
    timeout: 120_000,
  });
  rmSync(cwd, { recursive: true, force: true });
  console.log(`${program}: exit code ${status}`);
  if (status !== 0 || !stdout.trim()) {
    console.error(stdout, stderr);
    console.error(`${program} must exit with 0 and print something.`);
    process.exit(1);
  }
}
