import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { builtInCatalogue, studyJsonSchema } from '../src/api/index.ts';

const root = path.join(import.meta.dirname, '..');
const shipped = JSON.parse(readFileSync(path.join(root, 'schema/study.schema.json'), 'utf8')) as object;

it('the shipped JSON Schema of study files is current (`npm run schema` writes it)', () => {
  expect(shipped).toEqual(JSON.parse(JSON.stringify(studyJsonSchema())));
});

describe('an editor with the shipped schema', () => {
  const schema = z.fromJSONSchema(shipped as z.core.JSONSchema.JSONSchema);
  const accepts = (study: unknown) => schema.safeParse(study).success;
  const study = (over: object) => ({
    name: 'mine',
    models: ['pocket-32k'],
    strategies: ['none'],
    tasks: ['coverage'],
    ...over,
  });

  it.each(readdirSync(path.join(root, 'studies')).filter((file) => file.endsWith('.yaml')))(
    'accepts studies/%s',
    (file) => {
      expect(accepts(parse(readFileSync(path.join(root, 'studies', file), 'utf8')))).toBe(true);
    },
  );

  it.each([
    ['an id of its own', { tasks: ['my-chores'] }],
    ['an id with an argument', { models: ['openai-compatible:http://127.0.0.1:1234/v1#some-model'] }],
    ['options beside an id', { strategies: [{ id: 'qmix', label: 'slow', gamma: 0.9 }, { id: 'mine' }] }],
  ])('lets %s stand', (_, over) => {
    expect(accepts(study(over))).toBe(true);
  });

  it.each([
    ['an empty id', { models: [''] }],
    ['no id', { tasks: [{ label: 'nothing' }] }],
    ['an empty list', { strategies: [] }],
    ['a setting that there is not', { sedes: 3 }],
    ['an advice that there is not', { advice: 'shouted' }],
  ])('refuses %s', (_, over) => {
    expect(accepts(study(over))).toBe(false);
  });

  it.each(['models', 'strategies', 'tasks'] as const)('offers every id of %s with its title', (kind) => {
    interface Offer {
      readonly const?: string;
      readonly description?: string;
      readonly anyOf?: readonly Offer[];
      readonly properties?: { readonly id: Offer };
    }
    const { properties } = shipped as { properties: Record<typeof kind, { items: Offer }> };
    const [alone, withOptions] = properties[kind].items.anyOf!;
    const offered = ({ anyOf = [] }: Offer) =>
      anyOf.flatMap(({ const: id, description }) => (id === undefined ? [] : [{ id, title: description }]));
    const known = builtInCatalogue[kind].map(({ id, title }) => ({ id, title }));
    known.sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(known.length).toBeGreaterThan(5);
    expect(offered(alone)).toEqual(known);
    expect(offered(withOptions.properties!.id)).toEqual(known);
  });
});
