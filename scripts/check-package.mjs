// What would be published: small enough, with everything that the command line needs, and with every page that the
// README and its pages lead to.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const limitBytes = 15e6;
const needed = [
  'bin/agentmesh.js',
  'bin/start.js',
  'bin/check-node.cjs',
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
const folders = new Set([...files].flatMap((file) => above(path.posix.dirname(file))));

function above(folder) {
  return folder === '.' ? [] : [folder, ...above(path.posix.dirname(folder))];
}

/** What a page leads to: its links and pictures; of the README also the paths that it names in backticks. */
function targets(page) {
  const text = readFileSync(page, 'utf8').replace(/^```.*?^```/gms, '');
  const links = [...text.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)]
    .map(([, to]) => to)
    .filter((to) => !/^[a-z]+:/i.test(to))
    .map((to) => path.posix.join(path.posix.dirname(page), to));
  if (page !== 'README.md') return links;
  const named = [...text.matchAll(/`((?:docs|examples|schema|models|studies)\/[\w./-]*|[A-Z]{5,}\.md)`/g)];
  return [...links, ...named.map(([, to]) => to.replace(/\/$/, ''))];
}

const dead = [...files]
  .filter((file) => file.endsWith('.md'))
  .flatMap((page) =>
    targets(page)
      .filter((to) => !files.has(to) && !folders.has(to))
      .map((to) => `${page} -> ${to}`),
  );
const missing = needed.filter((file) => !files.has(file));
const stray = [...files].filter((file) => /\.test\.|tsbuildinfo|\.part-/.test(file));
console.log(`${pack.filename}: ${(pack.size / 1e6).toFixed(2)} MB packed, ${files.size} files`);
const faults = [
  ...(pack.size > limitBytes ? [`The package is larger than ${limitBytes / 1e6} MB.`] : []),
  ...(missing.length > 0 ? [`The package lacks ${missing.join(', ')}.`] : []),
  ...(stray.length > 0 ? [`The package contains ${stray.join(', ')}.`] : []),
  ...(dead.length > 0 ? [`Pages of the package lead to what it lacks: ${dead.join(', ')}.`] : []),
];
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);
