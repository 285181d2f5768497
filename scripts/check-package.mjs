// What would be published: small enough, and with everything that the command line needs.
import { execFileSync } from 'node:child_process';

const limitBytes = 15e6;
const needed = [
  'bin/agentmesh.js',
  'dist/cli/main.js',
  'dist/api/index.js',
  'dist/api/index.d.ts',
  'dist/viewer/index.html',
  'dist/viewer/viewer.js',
  'dist/viewer/viewer.css',
  'schema/study.schema.json',
  'LICENSE',
  'README.md',
];

const [pack] = JSON.parse(
  execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }),
);
const files = new Set(pack.files.map((file) => file.path));
const missing = needed.filter((file) => !files.has(file));
const stray = [...files].filter((file) => /\.test\.|test-worker|tsbuildinfo/.test(file));
console.log(`${pack.filename}: ${(pack.size / 1e6).toFixed(2)} MB packed, ${files.size} files`);
if (pack.size > limitBytes) console.error(`The package is larger than ${limitBytes / 1e6} MB.`);
if (missing.length > 0) console.error(`The package lacks ${missing.join(', ')}.`);
if (stray.length > 0) console.error(`The package contains ${stray.join(', ')}.`);
if (pack.size > limitBytes || missing.length > 0 || stray.length > 0) process.exit(1);
