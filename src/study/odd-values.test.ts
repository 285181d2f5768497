import { describe, expect, it } from 'vitest';
import { builtInCatalogue } from '../api/catalogue.ts';
import { InputError } from '../core/index.ts';
import { resolveStudy } from './resolve.ts';
import { parseStudyYaml } from './source.ts';

const yaml = (...more: string[]) =>
  ['name: odd', 'models: [scripted]', 'strategies: [none]', 'tasks: [coverage]', ...more].join('\n');
const resolve = (text: string) => resolveStudy(parseStudyYaml(text, 'study.yaml'), builtInCatalogue);

describe.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'])(
  'the key %s',
  (key) => {
    it.each([
      ['a setting', yaml(`${key}: 1`), 5],
      ['a factor', yaml(`factors: {${key}: [1, 2]}`), 5],
      ['a factor beside another', yaml('factors:', '  temperature: [1, 2]', `  ${key}: [1, 2]`), 7],
      ['an option of a task', yaml().replace('[coverage]', `[{id: coverage, ${key}: 1}]`), 4],
      ['an option of a model', yaml().replace('[scripted]', `[{id: scripted, ${key}: {a: 1}}]`), 2],
      ['an option of a strategy', yaml().replace('[none]', `[{id: none, ${key}: true}]`), 3],
      ['a part of the budget', yaml(`budget: {${key}: 1}`), 5],
    ])('is unknown like any other as %s of YAML', (_, text, line) => {
      expect(() => resolve(text)).toThrow(InputError);
      expect(() => resolve(text)).toThrow(new RegExp(`^study\\.yaml:${line}(:\\d+)?: .*Unknown .*"${key}"`));
    });

    it('is unknown in JSON and in a program', () => {
      const study = JSON.parse(
        `{"name": "odd", "models": ["scripted"], "strategies": ["none"], "tasks": ["coverage"], "factors": {"${key}": [1]}}`,
      ) as unknown;
      const source = { value: study, placeOf: () => ({ file: 'study.ts' }) };
      expect(() => resolveStudy(source, builtInCatalogue)).toThrow(/Unknown factor/);
      expect(() => resolve(JSON.stringify(study))).toThrow(/Unknown factor/);
    });
  },
);

it('is unknown where a program writes it as a literal, which sets a prototype instead of a key', () => {
  const base = { name: 'odd', models: ['scripted'], strategies: ['none'], tasks: ['coverage'] };
  const resolved = (value: unknown) =>
    resolveStudy({ value, placeOf: () => ({ file: 'study.ts' }) }, builtInCatalogue);
  expect(() => resolved({ ...base, factors: { __proto__: [1, 2] } })).toThrow(/Unknown factor "__proto__"/);
  expect(() => resolved({ ...base, tasks: [{ __proto__: { grid: 5 }, id: 'coverage' }] })).toThrow(
    /Unknown option in tasks\.0 "__proto__"/,
  );
  expect(resolved({ ...base, factors: Object.create(null) as object }).factors).toEqual([]);
});

it('a value that contains itself is refused with its place', () => {
  const text = yaml().replace('[coverage]', '[&t {id: coverage, grid: *t}]');
  expect(() => resolve(text)).toThrow(/^study\.yaml:4:\d+: The value of tasks\.0\.grid contains itself/);
});
