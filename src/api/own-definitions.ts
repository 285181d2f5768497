import { existsSync } from 'node:fs';
import { InputError } from '../core/index.ts';
import { readStudyFile } from '../study/index.ts';
import type { Catalogue } from '../study/resolve.ts';
import { builtInCatalogue } from './catalogue.ts';
import { findStudyFile } from './places.ts';

/**
 * Everything built in, and the tasks, models and strategies that a study file passes as values. Without a file:
 * those of the study file of this folder, if there is one that can be read.
 *
 * @throws InputError when the file that was named cannot be read
 */
export async function catalogueWithOwn(file?: string): Promise<Catalogue> {
  if (file !== undefined && !existsSync(file))
    throw new InputError('There is no such study file. Name one that exists.', { file });
  try {
    const { value } = await readStudyFile(file ?? findStudyFile('.'));
    return withDefinitionsOf(value);
  } catch (error) {
    if (file !== undefined) throw error;
    return builtInCatalogue;
  }
}

/** A definition that has the id of a built-in one takes its place. */
function withDefinitionsOf(study: unknown): Catalogue {
  const own = <D extends { readonly id: string }>(kind: string, builtIn: readonly D[]): readonly D[] => {
    const listed: unknown = (study as Record<string, unknown>)[kind];
    const definitions = (Array.isArray(listed) ? listed : []).flatMap((entry: unknown) => {
      const value = isDefinition(entry) ? entry : (entry as { id?: unknown } | null)?.id;
      return isDefinition(value) ? [value as unknown as D] : [];
    });
    const ids = new Set(definitions.map((definition) => definition.id));
    return [...builtIn.filter((definition) => !ids.has(definition.id)), ...definitions];
  };
  return {
    models: own('models', builtInCatalogue.models),
    strategies: own('strategies', builtInCatalogue.strategies),
    tasks: own('tasks', builtInCatalogue.tasks),
  };
}

function isDefinition(value: unknown): value is object {
  return typeof value === 'object' && value !== null && 'optionsSchema' in value && 'create' in value;
}
