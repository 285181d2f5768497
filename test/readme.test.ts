import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

it('the README’s library example is examples/readme.ts, which `npm test` runs', () => {
  expect(read('README.md')).toContain(`\`\`\`ts\n${read('examples/readme.ts')}\`\`\``);
});

it('the README’s two commands are the scripts of the package and what CI runs', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  expect(scripts.start).toBeDefined();
  const [, start, test] =
    /```sh\n(npm ci && npm start).*\n(npm ci && npm test)/.exec(read('README.md')) ?? [];
  expect(start).toBe('npm ci && npm start');
  expect(read('.ci/run')).toContain(`\n${test}\n`);
});

it('the blocks of docs/own-program.md are parts of examples, which `npm test` runs', () => {
  const blocks = [...read('docs/own-program.md').matchAll(/<!-- (\S+) -->\n```ts\n([^]*?)\n```/g)];
  expect(blocks.length).toBeGreaterThan(4);
  const unindented = (text: string) => text.replace(/^ +/gm, '');
  for (const [, file, block] of blocks)
    for (const paragraph of block.split('\n\n'))
      expect(unindented(read(file)), file).toContain(unindented(paragraph.trimEnd()));
  expect(read('docs/own-program.md').split('```ts\n').length - 1).toBe(blocks.length);
});
