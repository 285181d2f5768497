/**
 * `npm run bench` runs every program of this folder that needs nothing installed, one after the other;
 * `npm run bench -- harness` runs one, with further arguments passed on; `npm run bench -- --list` says what each
 * measures: the first sentence of the comment it begins with. A program is a file, or a folder with a `run.ts`.
 * One whose comment has a line that begins with "Needs" runs only when it is named.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const folder = import.meta.dirname;

const programs = readdirSync(folder, { withFileTypes: true })
  .map((entry) => (entry.isDirectory() ? `${entry.name}/run.ts` : entry.name))
  .filter((file) => file.endsWith('.ts') && existsSync(path.join(folder, file)))
  .sort()
  .map((file) => {
    const [comment = ''] = /^\/\*\*[^]*?\*\//.exec(readFileSync(path.join(folder, file), 'utf8')) ?? [];
    const lines = comment.split('\n').map((line) => line.replace(/^\s*\/?\*+\/?\s?/, '').trim());
    const [measures] = /^.*?\.(?=\s|$)/.exec(lines.join(' ').trim()) ?? ['(no comment says what).'];
    return {
      name: file.replace(/(\/run)?\.ts$/, ''),
      file,
      measures,
      needs: lines.find((line) => line.startsWith('Needs')),
    };
  });

const [wanted, ...rest] = process.argv.slice(2);
const chosen = wanted
  ? programs.filter(({ name }) => name === wanted)
  : programs.filter(({ needs }) => !needs);

if (wanted === '--list' || chosen.length === 0) {
  if (wanted !== '--list') console.error(`There is no benchmark "${wanted}". Available:`);
  for (const { name, measures, needs } of programs) {
    console.log(`${name.padEnd(14)} ${measures}${needs ? ` ${needs}` : ''}`);
  }
  process.exit(wanted === '--list' ? 0 : 2);
}

for (const { name, file, measures } of chosen) {
  console.log(`\n${name}: ${measures}`);
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', path.join(folder, file), ...rest], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
