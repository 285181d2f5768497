import { z } from 'zod';
import type { JsonObject, StudyLevel } from '../contracts/index.ts';
import { AgentMeshError, InputError, type Place, reasonOf } from '../core/index.ts';
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
  /** Options that name files: a relative one is looked for beside the study file first. */
  readonly fileOptions?: readonly string[];
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
  return namesIn(definition.optionsSchema);
}

/** A pipe takes what its first part names, and what its last one does. */
function namesIn(schema: z.core.$ZodType): readonly string[] {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  return schema instanceof z.ZodPipe ? [...namesIn(schema.out), ...namesIn(schema.in)] : [];
}

/** What every definition says of itself. */
type AnyEntry = Entry<{
  readonly id: string;
  readonly title: string;
  readonly revision: number;
  readonly operationalOptions?: readonly string[];
}>;

/** What of an entry fixes a run's result. */
export function identity({ definition }: AnyEntry, options: JsonObject): JsonObject {
  const { id, revision, operationalOptions = [] } = definition;
  const fixing = Object.entries(options).filter(([name]) => !operationalOptions.includes(name));
  return { id, revision, options: Object.fromEntries(fixing) };
}

/** What is kept of an entry in the definition of a study. */
export function describe(
  { label, definition: { id, title, revision } }: AnyEntry,
  options: JsonObject,
): StudyLevel {
  return { label, id, title, revision, options };
}

/** The options of an entry at these levels of further factors. */
export function resolved(kind: string, entry: Entry<AnyDefinition>, levels: JsonObject): JsonObject {
  return checkOptions(kind, entry.definition, { ...entry.options, ...levels }, () => entry.place);
}

/** Says where in the study file the thing stands that refused. */
export async function atPlace<T>(place: Entry<unknown>['place'], make: () => T | Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof AgentMeshError && !(error instanceof InputError && error.place)) {
      throw new InputError(error.message, place);
    }
    throw error;
  }
}

/** What a definition makes. Whatever its `create` throws is told with its name and place. */
export function madeBy<T>(
  kind: string,
  { label, place }: Pick<Entry<unknown>, 'label' | 'place'>,
  create: () => T | Promise<T>,
): Promise<T> {
  return atPlace(place, async () => {
    try {
      return await create();
    } catch (error) {
      if (error instanceof AgentMeshError) throw error;
      const reason = `The ${kind} "${label}" cannot be made: ${reasonOf(error)}`;
      throw new InputError(reason, place, { cause: error });
    }
  });
}
