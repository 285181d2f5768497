import { existsSync } from 'node:fs';
import path from 'node:path';
import { InputError, type Place } from '../core/index.ts';
import { readStudyFile } from '../study/index.ts';
import type { Catalogue } from '../study/resolve.ts';
import { builtInCatalogue } from './catalogue.ts';
import { findConfig, isModule } from './places.ts';

/**
 * Everything built in, and the tasks, models and strategies that a user's module lists as values: `file`, or, where
 * that is absent or YAML, the `agentmesh.config.ts` beside it or in the nearest folder above. A definition that has
 * the id of a built-in one takes its place.
 *
 * @throws InputError when the module cannot be read, or lists what is no definition
 */
export async function catalogueWithOwn(file?: string): Promise<Catalogue> {
  if (file !== undefined && !existsSync(file))
    throw new InputError('There is no such study file. Name one that exists.', { file });
  const module = ownModule(file);
  return module === undefined ? builtInCatalogue : withDefinitionsOf(module);
}

/** What the ids in a study file may name. A module brings its own definitions as values. */
export async function catalogueFor(studyFile: string): Promise<Catalogue> {
  return isModule(studyFile) ? builtInCatalogue : catalogueWithOwn(studyFile);
}

/** The module whose definitions count beside the built-in ones, if there is one. */
export function ownModule(file?: string): string | undefined {
  if (file !== undefined && isModule(file)) return file;
  return findConfig(file === undefined ? '.' : path.dirname(file));
}

async function withDefinitionsOf(file: string): Promise<Catalogue> {
  const { value } = await readStudyFile(file);
  if (typeof value !== 'object' || value === null)
    throw new InputError(
      'Its default export is no object. Export `{ tasks: [...], models: [...], strategies: [...] }`, each list ' +
        'optional, or a whole study.',
      { file },
    );
  const own = <D extends { readonly id: string }>(
    kind: keyof Catalogue,
    builtIn: readonly D[],
  ): readonly D[] => {
    const listed: unknown = (value as Record<string, unknown>)[kind] ?? [];
    if (!Array.isArray(listed))
      throw new InputError(`\`${kind}\` is no list. Write [...] around it.`, { file });
    const definitions = listed.flatMap((entry: unknown, k) => {
      const value = definitionIn(entry, `${kind}[${k}]`, { file });
      if (value === undefined) return [];
      requireWhole(value, kind, k, { file });
      return [value as unknown as D];
    });
    const ids = new Set(definitions.map(({ id }) => id));
    return [...builtIn.filter(({ id }) => !ids.has(id)), ...definitions];
  };
  return {
    models: own('models', builtInCatalogue.models),
    strategies: own('strategies', builtInCatalogue.strategies),
    tasks: own('tasks', builtInCatalogue.tasks),
  };
}

type Value = Readonly<Record<string, unknown>>;

/** The definition in an entry, alone or as the `id` of one with options; undefined where the entry names an id. */
function definitionIn(entry: unknown, name: string, place: Place): Value | undefined {
  if (typeof entry === 'string') return undefined;
  const value = isObject(entry) && isObject(entry.id) ? entry.id : entry;
  if (!isObject(value)) throw new InputError(`${name} is neither an id nor a definition.`, place);
  const isChoice = typeof value.id === 'string' && !('create' in value) && !('optionsSchema' in value);
  return isChoice ? undefined : value;
}

const isText = (value: unknown) => typeof value === 'string' && value !== '';
const isFunction = (value: unknown) => typeof value === 'function';
const usual = {
  id: isText,
  title: isText,
  optionsSchema: (value: unknown) => isObject(value) && isFunction(value.safeParse),
  create: isFunction,
};
/** What lists and tables read of a definition before anything is made of it. */
const required: Readonly<Record<keyof Catalogue, Readonly<Record<string, (value: unknown) => boolean>>>> = {
  models: usual,
  strategies: { ...usual, parts: Array.isArray },
  tasks: { ...usual, type: isText },
};

function requireWhole(value: Value, kind: keyof Catalogue, k: number, place: Place): void {
  const lacks = Object.entries(required[kind]).flatMap(([part, holds]) => (holds(value[part]) ? [] : [part]));
  if (lacks.length === 0) return;
  const name = isText(value.id) ? `${kind}[${k}] ("${String(value.id)}")` : `${kind}[${k}]`;
  throw new InputError(
    `${name} is no definition: it lacks ${lacks.map((part) => `\`${part}\``).join(', ')}. A definition has an id, a ` +
      'title, a zod schema of its options (`optionsSchema`), a function that makes it from them (`create`); a task ' +
      'also its `type`, a strategy the `parts` that can be taken away, perhaps [].',
    place,
  );
}

function isObject(value: unknown): value is Value {
  return typeof value === 'object' && value !== null;
}
