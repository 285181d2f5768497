import { existsSync } from 'node:fs';
import path from 'node:path';
import type {
  JsonObject,
  ModelDefinition,
  StrategyDefinition,
  StrategyPart,
  AnyTaskDefinition,
} from '../contracts/index.ts';
import { InputError, type Place, Problems, UnknownIdError } from '../core/index.ts';
import { type AnyDefinition, checkOptions, type Entry } from './factor-levels.ts';
import { type Factor, resolveFactors } from './factors.ts';
import { withAblations } from './ablations.ts';
import { refuseDefinitionsAlone } from './definitions-alone.ts';
import { refuseOddValues } from './odd-values.ts';
import { refuseDuplicates } from './duplicates.ts';
import { plannedLooks, withMostDollars } from './looks.ts';
import { studySchema, type StudySettings } from './schema.ts';
import type { StudySource } from './source.ts';
import { inputErrorOf } from './zod-errors.ts';

/** What ids in a study file may name. */
export interface Catalogue {
  readonly models: readonly ModelDefinition[];
  readonly strategies: readonly StrategyDefinition[];
  readonly tasks: readonly AnyTaskDefinition[];
}

export interface StrategyEntry extends Entry<StrategyDefinition> {
  /** The parts taken away in this variant. */
  readonly without: readonly StrategyPart[];
  /** The label of the strategy whose tokens it may spend. */
  readonly matches?: string;
}

/** A study whose every id, option and level has been checked. */
export interface ResolvedStudy {
  readonly settings: StudySettings;
  readonly models: readonly Entry<ModelDefinition>[];
  readonly strategies: readonly StrategyEntry[];
  readonly tasks: readonly Entry<AnyTaskDefinition>[];
  /** Models that play no agent; their labels are the names under which they are asked. */
  readonly judges: readonly Entry<ModelDefinition>[];
  readonly factors: readonly Factor[];
  /** Of a study that grows until it knows: the most there can be. */
  readonly seeds: readonly number[];
  /** How many of them there are by each look; absent where all are played at once. */
  readonly looks?: readonly number[];
  /** The catalogue's strategies that serve tasks without a simulator, by id. */
  readonly servingAnyTask: readonly string[];
  /** Models of the catalogue that say what texts are about, as vectors. */
  readonly embedding: readonly string[];
}

/**
 * Checks a study against its schema and the catalogue.
 *
 * @param problems collects entries that are wrong; the study returned then has the right ones only, and is good for
 *   `prepareStudy` with the same collector, which says all that is wrong
 * @throws InputError or UnknownIdError with its place and the remedy; ProblemsError when several entries are wrong
 */
export function resolveStudy(source: StudySource, catalogue: Catalogue, problems?: Problems): ResolvedStudy {
  refuseOddValues(source);
  refuseDefinitionsAlone(source);
  const parsed = studySchema.safeParse(source.value);
  if (!parsed.success) {
    throw inputErrorOf(parsed.error, 'study', Object.keys(studySchema.shape), source.placeOf);
  }
  const settings = withMostDollars(parsed.data);
  const found = problems ?? new Problems();
  const models = resolveEntries('model', settings.models, catalogue.models, source, found);
  const tasks = resolveEntries('task', settings.tasks, catalogue.tasks, source, found);
  const listed = settings.strategies.map(withoutMatch);
  const entries = resolveEntries(
    'strategy',
    listed.map(({ raw }) => raw),
    catalogue.strategies,
    source,
    found,
  ).map((entry, k) => ({ ...entry, ...(listed[k].matches !== undefined && { matches: listed[k].matches }) }));
  found.collect(() => refuseOddMatches(entries));
  const judges = Object.entries(settings.judges).flatMap(
    ([name, raw]) => found.collect(() => readJudge(name, raw, catalogue.models, source)) ?? [],
  );
  if (found.any && problems)
    return {
      settings,
      models,
      tasks,
      judges,
      strategies: [],
      factors: [],
      seeds: [0],
      servingAnyTask: [],
      embedding: [],
    };
  found.throwIfAny();
  const strategies = withAblations(entries, settings.ablations, (k) => source.placeOf(['ablations', k]));
  const listedSeeds = typeof settings.seeds === 'number' ? [] : settings.seeds;
  refuseDuplicates('seed', listedSeeds.map(String), (k) => source.placeOf(['seeds', k]));
  const looks = plannedLooks(settings, source);
  const count = looks?.at(-1) ?? settings.seeds;
  const seeds = typeof count === 'number' ? [...Array(count).keys()] : count;
  const factors = resolveFactors(settings, { models, strategies, tasks }, source.placeOf);
  return {
    ...{ settings, models, strategies, tasks, judges, factors, seeds },
    ...(looks && { looks }),
    servingAnyTask: servingAnyTask(catalogue),
    embedding: catalogue.models.flatMap(({ id, embeds }) => (embeds ? [id] : [])),
  };
}

/** The strategies that serve tasks without a simulator, by id. */
export function servingAnyTask({ strategies }: Pick<Catalogue, 'strategies'>): readonly string[] {
  return strategies.flatMap(({ id, needsSimulator }) => (needsSimulator ? [] : [id]));
}

/** How many runs a study has, from its factors alone: nothing is listed. */
export function countRuns({ models, strategies, tasks, factors, seeds }: ResolvedStudy): number {
  return [models, strategies, tasks, seeds, ...factors.map(({ levels }) => levels)].reduce(
    (product, { length }) => product * length,
    1,
  );
}

const plural = { model: 'models', strategy: 'strategies', task: 'tasks' } as const;

function resolveEntries<Definition extends AnyDefinition>(
  kind: keyof typeof plural,
  listed: readonly unknown[],
  definitions: readonly Definition[],
  source: StudySource,
  problems: Problems,
): Entry<Definition>[] {
  const entries = listed.flatMap(
    (raw, k) => problems.collect(() => readEntry(kind, raw, definitions, source, [plural[kind], k])) ?? [],
  );
  problems.collect(() =>
    refuseDuplicates(
      kind,
      entries.map((e) => e.label),
      (k) => entries[k].place,
      'Give each its own `label`.',
    ),
  );
  return entries;
}

function readEntry<Definition extends AnyDefinition>(
  kind: keyof typeof plural,
  raw: unknown,
  definitions: readonly Definition[],
  { placeOf }: Pick<StudySource, 'placeOf'>,
  at: readonly PropertyKey[],
): Entry<Definition> {
  const place = placeOf(at);
  const { id, label, options: written } = takeApart(raw);
  const { definition, argumentOptions } = named(kind, id, definitions, place);
  for (const name of Object.keys(argumentOptions)) {
    if (name in written)
      throw new InputError(
        `The ${kind} "${String(id)}" already says its ${name}. Remove the option \`${name}\` beside it.`,
        placeOf([...at, name]),
      );
  }
  const options = besideStudy(definition, { ...argumentOptions, ...written }, place);
  checkOptions(kind, definition, options, (inner) => placeOf([...at, ...inner]));
  return { label: label ?? (typeof id === 'string' ? id : definition.id), definition, options, place };
}

/** Options that name files, with these looked for beside the study file first. */
function besideStudy({ fileOptions = [] }: AnyDefinition, options: JsonObject, { file }: Place): JsonObject {
  const found = fileOptions.flatMap((name): [string, string][] => {
    const value = options[name];
    if (file === undefined || typeof value !== 'string' || path.isAbsolute(value)) return [];
    const beside = path.join(path.dirname(file), value);
    return existsSync(beside) ? [[name, beside]] : [];
  });
  return found.length === 0 ? options : { ...options, ...Object.fromEntries(found) };
}

function readJudge(
  name: string,
  raw: unknown,
  models: readonly ModelDefinition[],
  source: StudySource,
): Entry<ModelDefinition> {
  return { ...readEntry('model', raw, models, source, ['judges', name]), label: name };
}

/** One entry as a study lists it: an id with or without an argument, a definition, or either with options. */
export function resolveEntry<Definition extends AnyDefinition>(
  kind: keyof typeof plural,
  raw: unknown,
  definitions: readonly Definition[],
  place: Place,
): Entry<Definition> {
  const problems = new Problems();
  const entries = resolveEntries(kind, [raw], definitions, { value: raw, placeOf: () => place }, problems);
  problems.throwIfAny();
  return entries[0];
}

/** The definition of an id, which may go on with an argument: `<id>:<argument>`. */
function named<Definition extends AnyDefinition>(
  kind: string,
  id: unknown,
  definitions: readonly Definition[],
  place: Place,
): { definition: Definition; argumentOptions: JsonObject } {
  if (typeof id !== 'string') return { definition: id as Definition, argumentOptions: {} };
  const exact = definitions.find((d) => d.id === id);
  if (exact) return { definition: exact, argumentOptions: {} };
  const colon = id.indexOf(':');
  const head = colon < 0 ? id : id.slice(0, colon);
  const definition = definitions.find((d) => d.id === head);
  if (!definition) {
    throw new UnknownIdError(
      kind,
      head,
      definitions.map((d) => d.id),
      place,
    );
  }
  if (!definition.optionsFromArgument) {
    throw new InputError(
      `The ${kind} "${head}" takes nothing after its id, but it is given as "${id}". ` +
        `Write "${head}", with options beside it: {id: ${head}, ...}.`,
      place,
    );
  }
  try {
    return { definition, argumentOptions: definition.optionsFromArgument(id.slice(colon + 1)) };
  } catch (error) {
    throw error instanceof InputError && !error.place ? new InputError(error.message, place) : error;
  }
}

/** An entry of a strategy, with what it matches taken out of its options. */
function withoutMatch(written: unknown): { readonly raw: unknown; readonly matches?: string } {
  if (typeof written !== 'object' || written === null || !('matches' in written)) return { raw: written };
  const { matches, ...raw } = written as { matches: string };
  return { raw, matches };
}

function refuseOddMatches(entries: readonly Omit<StrategyEntry, 'without'>[]) {
  for (const { label, matches, place } of entries) {
    if (matches === undefined) continue;
    const matched = entries.find((entry) => entry.label === matches);
    const wrong =
      matched === undefined
        ? 'is no strategy of this study. List it too, so that its tokens are measured'
        : matched.matches === undefined
          ? undefined
          : 'matches another one, or is itself. Name one that spends what it needs';
    if (wrong !== undefined)
      throw new InputError(`"${label}" is to spend the tokens of "${matches}", which ${wrong}.`, place);
  }
}

function takeApart(raw: unknown): { id: unknown; label?: string; options: JsonObject } {
  if (typeof raw === 'string') return { id: raw, options: {} };
  const object = raw as Record<string, unknown>;
  if ('optionsSchema' in object) return { id: object, options: {} };
  const { id, label, ...options } = object;
  return { id, label: label as string | undefined, options: options as JsonObject };
}
