// `npm run check`: what a change must pass before it is committed, without a build: types, format, layers, lint and
// unit tests. Lint and format look again only at what has changed. `npm run check -- src/stats` runs the unit tests
// of one folder. `npm test` runs everything.
import { spawn } from 'node:child_process';

const cache = 'node_modules/.cache/agentmesh';
const only = process.argv.slice(2);
/** Steps of one line run side by side; lines run one after the other. */
const plan = [
  [
    ['types', 'tsgo', '-p', 'tsconfig.json'],
    [
      'format',
      'prettier',
      '--check',
      '--log-level',
      'warn',
      '--cache',
      '--cache-location',
      `${cache}/prettier`,
      '.',
    ],
  ],
  [
    ['layers', 'depcruise', '--config', '.dependency-cruiser.cjs', '--output-type', 'err', 'src'],
    ['lint', 'eslint', '--cache', '--cache-strategy', 'content', '--cache-location', `${cache}/eslint`, '.'],
  ],
  [['tests', 'vitest', 'run', '--project', 'unit', '--reporter=dot', ...only]],
];

function run([name, command, ...args]) {
  return new Promise((resolve) => {
    const start = performance.now();
    const child = spawn('npx', [command, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ name, ok: false, output: String(error) }));
    child.on('close', (code) => {
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`);
      if (code !== 0) console.log(output);
      resolve(code === 0);
    });
  });
}

for (const steps of plan) {
  const passed = await Promise.all(steps.map(run));
  if (passed.includes(false)) process.exitCode = 1;
}
