import { z } from 'zod';
import type { JsonObject } from '../contracts/index.ts';
import type { Place } from '../core/index.ts';
import { inputErrorOf } from './zod-errors.ts';

/** One level of a factor: a definition with the options given in the study file. */
export interface Entry<Definition> {
  /** The level's name in tables; unique within its factor. */
  readonly label: string;
  readonly definition: Definition;
  /** As written; defaults and further factors come on top when a cell is built. */
  readonly options: JsonObject;
  readonly place: Place;
}

/** What models, strategies and tasks have in common for a catalogue. */
export interface AnyDefinition {
  readonly id: string;
  readonly optionsSchema: z.ZodType<JsonObject>;
  /** Options from what follows a colon after the id; see ModelDefinition. */
  optionsFromArgument?(argument: string): JsonObject;
}

/** The options with their defaults. @throws InputError at the option that is wrong */
export function checkOptions(
  kind: string,
  definition: AnyDefinition,
  options: JsonObject,
  placeOf: (path: readonly PropertyKey[]) => Place | undefined,
): JsonObject {
  const parsed = definition.optionsSchema.safeParse(options);
  if (parsed.success) return parsed.data;
  throw inputErrorOf(parsed.error, `${kind} "${definition.id}"`, optionNames(definition), placeOf);
}

/** The names of a definition's options; empty for schemas that are no object. */
export function optionNames(definition: AnyDefinition): readonly string[] {
  return definition.optionsSchema instanceof z.ZodObject ? Object.keys(definition.optionsSchema.shape) : [];
}
