import type {
  JsonObject,
  ModelDefinition,
  StrategyDefinition,
  AnyTaskDefinition,
} from '../contracts/index.ts';
import { InputError, nearest, type Place } from '../core/index.ts';
import { checkOptions, type Entry, optionNames } from './factor-levels.ts';
import { settingSchema, type StudySettings, variableSettings, type VariableSetting } from './schema.ts';

export type Level = string | number | boolean;

/** What the levels of a further factor change: a setting of the study, or an option of all tasks, models or strategies. */
export type FactorTarget = 'study' | 'tasks' | 'models' | 'strategies';

export interface Factor {
  readonly name: string;
  readonly target: FactorTarget;
  readonly levels: readonly Level[];
}

interface Entries {
  readonly models: readonly Entry<ModelDefinition>[];
  readonly strategies: readonly Entry<StrategyDefinition>[];
  readonly tasks: readonly Entry<AnyTaskDefinition>[];
}

/**
 * Finds what every further factor varies and checks all its levels. A name is looked up among the study's
 * settings, then among the options of tasks, models and strategies; all entries of a kind must have it.
 */
export function resolveFactors(
  settings: StudySettings,
  entries: Entries,
  placeOf: (path: readonly PropertyKey[]) => Place,
): Factor[] {
  return Object.entries(settings.factors).map(([name, levels]) => {
    const place = (k?: number) => placeOf(k === undefined ? ['factors', name] : ['factors', name, k]);
    const seen = new Set<Level>();
    levels.forEach((level, k) => {
      if (seen.size === seen.add(level).size)
        throw new InputError(`The level ${level} of factor "${name}" is listed twice.`, place(k));
    });
    if (isVariableSetting(name)) {
      levels.forEach((level, k) => {
        const parsed = settingSchema(name).safeParse(level);
        if (!parsed.success) {
          throw new InputError(`${level} is no ${name}: ${parsed.error.issues[0].message}.`, place(k));
        }
      });
      return { name, target: 'study', levels };
    }
    const target = targetOf(name, entries, place());
    levels.forEach((level, k) => {
      for (const entry of entries[target]) {
        if (name in entry.options) {
          throw new InputError(
            `"${name}" is a factor and an option of "${entry.label}" at once. Keep one.`,
            entry.place,
          );
        }
        checkOptions(target, entry.definition, { ...entry.options, [name]: level }, () => place(k));
      }
    });
    return { name, target, levels };
  });
}

function isVariableSetting(name: string): name is VariableSetting {
  return (variableSettings as readonly string[]).includes(name);
}

function targetOf(name: string, entries: Entries, place: Place): Exclude<FactorTarget, 'study'> {
  const targets = ['tasks', 'models', 'strategies'] as const;
  for (const target of targets) {
    const having = entries[target].filter((e) => optionNames(e.definition).includes(name));
    if (having.length === 0) continue;
    const lacking = entries[target].filter((e) => !having.includes(e));
    if (lacking.length === 0) return target;
    throw new InputError(
      `The factor "${name}" is an option of ${having.map((e) => `"${e.label}"`).join(', ')} but not of ` +
        `${lacking.map((e) => `"${e.label}"`).join(', ')}. A factor must apply to all of them; ` +
        'give the option to the entries that have it instead.',
      place,
    );
  }
  const known = [
    ...variableSettings,
    ...targets.flatMap((target) => entries[target].flatMap((e) => optionNames(e.definition))),
  ];
  const near = nearest(name, known);
  throw new InputError(
    `Unknown factor "${name}".${near ? ` Did you mean "${near}"?` : ''} A factor is a setting ` +
      `(${variableSettings.join(', ')}) or an option of the study's tasks, models or strategies: ` +
      `${[...new Set(known.slice(variableSettings.length))].join(', ') || 'they have none'}.`,
    place,
  );
}

/** All combinations of levels, the last factor varying fastest; one empty combination when there are no factors. */
export function combinations(factors: readonly Factor[]): JsonObject[] {
  return factors.reduce<JsonObject[]>(
    (combos, { name, levels }) =>
      combos.flatMap((combo) => levels.map((level) => ({ ...combo, [name]: level }))),
    [{}],
  );
}

/** The part of a combination that goes to one target. */
export function levelsFor(
  target: FactorTarget,
  factors: readonly Factor[],
  combination: JsonObject,
): JsonObject {
  return Object.fromEntries(
    factors.filter((f) => f.target === target).map((f) => [f.name, combination[f.name]]),
  );
}
