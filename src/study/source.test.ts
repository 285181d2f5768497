import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { InputError } from '../core/index.ts';
import { parseStudyYaml, readStudyFile } from './source.ts';

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'source-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

it.each(['mjs', 'ts'])(
  'loads a study module by a path relative to the working folder: %s',
  async (extension) => {
    const file = path.join(folder(), `own.${extension}`);
    writeFileSync(file, "export default { name: 'own' };\n");
    const { value } = await readStudyFile(path.relative(process.cwd(), file));
    expect(value).toEqual({ name: 'own' });
  },
);

it('says which module is not there, and what in one is wrong', async () => {
  const missing = path.join(folder(), 'missing.ts');
  await expect(readStudyFile(missing)).rejects.toThrow(InputError);
  await expect(readStudyFile(missing)).rejects.toThrow(/missing\.ts: The study file cannot be read \(ENOENT/);
  const broken = path.join(folder(), 'broken.ts');
  writeFileSync(broken, 'throw new Error("no luck");\n');
  await expect(readStudyFile(broken)).rejects.toThrow(/broken\.ts: The module cannot be loaded: no luck/);
});

it('refuses aliases that would become too large, with their place', () => {
  const bomb = ['a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]', 'b: &b [*a, *a, *a, *a, *a, *a, *a, *a]'];
  const more = ['c: &c [*b, *b, *b, *b, *b, *b, *b]', 'd: [*c, *c, *c, *c, *c, *c, *c]'];
  const text = [...bomb, ...more].join('\n');
  expect(() => parseStudyYaml(text, 'study.yaml')).toThrow(InputError);
  expect(() => parseStudyYaml(text, 'study.yaml')).toThrow(
    /^study\.yaml:4:\d+: The aliases .* Write the values out\.$/,
  );
  expect(() => parseStudyYaml('a: 1\nb: *nobody', 'study.yaml')).toThrow(/^study\.yaml:2:4: .*nobody/);
  expect(() => parseStudyYaml(`a: ${'['.repeat(50_000)}`, 'study.yaml')).toThrow(/nested too deeply/);
});

it('merges what merge keys name, own values first', () => {
  const text = [
    'name: merged',
    'tasks:',
    '  - &small {id: coverage, grid: 5}',
    '  - {<<: *small, label: long, horizon: 9}',
  ];
  const { value, placeOf } = parseStudyYaml(text.join('\n'), 'study.yaml');
  expect(value).toEqual({
    name: 'merged',
    tasks: [
      { id: 'coverage', grid: 5 },
      { id: 'coverage', grid: 5, label: 'long', horizon: 9 },
    ],
  });
  // A merged value stands in the entry that merges it.
  expect(placeOf(['tasks', 1, 'grid'])).toMatchObject({ line: 4 });
  expect(() => parseStudyYaml('a: 1\nb: {<<: 3}', 'study.yaml')).toThrow(/^study\.yaml:2:\d+: .*[Mm]erge/);
});
