// Builds the page of the live view into dist/viewer: one script, one style sheet, nothing from a network.
// Runs after the compiler, whose output holds the colours that the page shares with the report.
import { build, transform } from 'esbuild';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const source = path.join(root, 'src/viewer');
const target = path.join(root, 'dist/viewer');
const { themeCss } = await import(path.join(root, 'dist/report/figures/theme.js'));

mkdirSync(target, { recursive: true });
await build({
  entryPoints: [path.join(source, 'main.tsx')],
  outfile: path.join(target, 'viewer.js'),
  tsconfig: path.join(root, 'tsconfig.json'),
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  legalComments: 'none',
  logLevel: 'warning',
});
const { outputFiles } = await build({
  entryPoints: [path.join(source, 'viewer.css')],
  bundle: true,
  write: false,
  logLevel: 'warning',
});
const { code } = await transform(themeCss + outputFiles[0].text, {
  loader: 'css',
  minify: true,
  target: 'es2022',
});
writeFileSync(path.join(target, 'viewer.css'), code);
for (const name of ['index.html', 'icon.svg']) copyFileSync(path.join(source, name), path.join(target, name));
