// Runs every program in examples/ against the built package, as a user would, as many at once as there are cores.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';

const folder = path.resolve('examples');
const tsx = path.resolve('node_modules/tsx/dist/cli.mjs');
/** Ends only what hangs. */
const patienceMs = 600_000;

const programs = readdirSync(folder).filter((file) => /\.(ts|mjs)$/.test(file));
if (programs.length === 0) {
  console.error('There is no example in examples/.');
  process.exit(1);
}

function run(program) {
  const cwd = mkdtempSync(path.join(tmpdir(), 'agentmesh-example-'));
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [tsx, path.join(folder, program)], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: patienceMs,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    child.on('error', (error) => (stderr += String(error)));
    child.on('close', (code) => {
      rmSync(cwd, { recursive: true, force: true });
      console.log(`${program}: exit code ${code}`);
      const ok = code === 0 && stdout.trim() !== '';
      if (!ok) console.error(`${stdout}${stderr}\n${program} must exit with 0 and print something.`);
      resolve(ok);
    });
  });
}

const waiting = [...programs];
let failed = false;
async function worker() {
  for (let program = waiting.shift(); program; program = waiting.shift()) {
    if (!(await run(program))) failed = true;
  }
}
await Promise.all(Array.from({ length: availableParallelism() }, worker));
process.exitCode = failed ? 1 : 0;
