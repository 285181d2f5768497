import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { builtInCatalogue } from './catalogue.ts';
import { catalogueFor, catalogueWithOwn, ownModule } from './own-definitions.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'agentmesh-own-'));
  mkdirSync(path.join(folder, 'studies'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}

const half = `{ id: 'mine', title: 'Mine', type: 'dense', optionsSchema: { safeParse: () => ({}) }`;
const own = `${half}, create: () => ({}) }`;
const idsOf = (definitions: readonly { readonly id: string }[]) => definitions.map(({ id }) => id);
const builtIn = idsOf(builtInCatalogue.tasks);

describe('what a module lists', () => {
  it.each([
    ['a definition', `[${own}]`],
    ['a definition with options', `[{ id: ${own}, rounds: 3 }]`],
    ['beside ids of built-in ones', `['coverage', { id: 'foraging', grid: 5 }, ${own}]`],
  ])('%s comes after the built-in ones', async (_, tasks) => {
    const file = write('agentmesh.config.ts', `export default { tasks: ${tasks} };`);
    expect(idsOf((await catalogueWithOwn(file)).tasks)).toEqual([...builtIn, 'mine']);
  });

  it('takes the place of what has its id', async () => {
    const file = write('mine.ts', `export default { tasks: [${own.replace("'mine'", "'coverage'")}] };`);
    const { tasks } = await catalogueWithOwn(file);
    expect(tasks).toHaveLength(builtIn.length);
    expect(tasks.at(-1)).toMatchObject({ id: 'coverage', title: 'Mine' });
  });

  it('may be exported by name', async () => {
    const file = write('mine.ts', `export const tasks = [${own}];`);
    expect(idsOf((await catalogueWithOwn(file)).tasks)).toContain('mine');
  });
});

it('a YAML study knows what the config beside or above it defines; a module brings its own', async () => {
  const config = write('agentmesh.config.ts', `export default { tasks: [${own}] };`);
  const yaml = write('studies/study.yaml', 'name: some');
  expect(ownModule(yaml)).toBe(config);
  expect(idsOf((await catalogueFor(yaml)).tasks)).toContain('mine');
  expect(await catalogueFor(config)).toBe(builtInCatalogue);
});

describe('is refused, with the file, the entry and what to do', () => {
  it.each([
    [
      'what is no code',
      'export default { tasks: [',
      /mine\.ts:1:\d+: The module cannot be loaded: .*Mend the file/,
    ],
    [
      'what throws',
      `throw new Error('boom');`,
      /mine\.ts: The module cannot be loaded: boom\. Mend the file/,
    ],
    [
      'a package that is not there',
      `import { x } from 'not-there-at-all'; export default { tasks: [x] };`,
      /Cannot find module 'not-there-at-all'\. Install it where the file is: npm install not-there-at-all \(in /,
    ],
    ['no object', 'export default 3;', /mine\.ts: Its default export is no object\. Export `\{ tasks: /],
    ['no list', `export default { tasks: ${own} };`, /mine\.ts: `tasks` is no list\. Write \[\.\.\.\]/],
    [
      'no definition',
      'export default { tasks: [7] };',
      /mine\.ts: tasks\[0\] is neither an id nor a definition/,
    ],
    [
      'half a definition',
      `export default { tasks: ['coverage', ${half} }] };`,
      /mine\.ts: tasks\[1\] \("mine"\) is no definition: it lacks `create`\. A definition has an id, a title/,
    ],
    [
      'a strategy without parts',
      `export default { strategies: [${own}] };`,
      /strategies\[0\] \("mine"\) is no definition: it lacks `parts`/,
    ],
  ])('%s', async (_, text, message) => {
    await expect(catalogueWithOwn(write('mine.ts', text))).rejects.toThrow(message);
  });

  it('a file that is not there', async () => {
    await expect(catalogueWithOwn(path.join(folder, 'no.ts'))).rejects.toThrow(
      /no\.ts: There is no such study file/,
    );
  });
});
