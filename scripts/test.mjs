// `npm test`: everything a change must pass, in one command. Ends with a line "N passed, N failed".
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const scratch = mkdtempSync(path.join(tmpdir(), 'agentmesh-test-'));
const results = path.join(scratch, 'vitest.json');

/** Steps of one line run side by side; lines run one after the other. */
const plan = [
  [
    ['format', 'npx', ['prettier', '--check', '--log-level', 'warn', '.']],
    ['build', 'npm', ['run', '--silent', 'build']],
  ],
  [
    ['types', 'npx', ['tsc', '-p', 'tsconfig.json']],
    ['layers', 'npx', ['depcruise', '--config', '.dependency-cruiser.cjs', '--output-type', 'err', 'src']],
  ],
  [
    ['lint', 'npx', ['eslint', '.']],
    ['chromium', 'node', ['scripts/ensure-chromium.mjs']],
  ],
  [
    [
      'tests',
      'npx',
      ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${results}`],
    ],
  ],
  [
    ['examples', 'node', ['scripts/run-examples.mjs']],
    ['package', 'node', ['scripts/check-package.mjs']],
  ],
];

function run([name, command, args]) {
  return new Promise((resolve) => {
    const start = performance.now();
    // What is installed is said before it is.
    const streamed = name === 'tests' || name === 'chromium';
    const child = spawn(command, args, {
      stdio: ['ignore', streamed ? 'inherit' : 'pipe', streamed ? 'inherit' : 'pipe'],
    });
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ name, ok: false, output: String(error) }));
    child.on('close', (code) => {
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`);
      if (code !== 0 && output) console.log(output);
      resolve({ name, ok: code === 0 });
    });
  });
}

let passed = 0;
let failed = 0;
for (const steps of plan) {
  for (const { name, ok } of await Promise.all(steps.map(run))) {
    const counts = name === 'tests' ? testCounts() : undefined;
    passed += counts?.passed ?? (ok ? 1 : 0);
    failed += counts?.failed ?? 0;
    if (!ok && !counts?.failed) failed++;
  }
}
rmSync(scratch, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

function testCounts() {
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(results, 'utf8'));
    return { passed: numPassedTests, failed: numFailedTests };
  } catch {
    return undefined;
  }
}
