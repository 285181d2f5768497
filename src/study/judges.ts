import type { JsonObject, Model, StudyModel } from '../contracts/index.ts';
import { InputError, type Place } from '../core/index.ts';
import type { ResolvedStudy } from './resolve.ts';

/** A judge that is ready to be asked. */
export interface PreparedJudge {
  readonly model: Model;
  /** All that fixes its answers: part of the hash of every run that may ask it. */
  readonly identity: JsonObject;
  readonly description: StudyModel;
  /** Where the study names it. */
  readonly place: Place;
}

/** By the names that the study gives them. */
export type Judges = ReadonlyMap<string, PreparedJudge>;

/**
 * The judges that somebody asks.
 *
 * @param who as in `The task "essay"`
 * @param names those that it lists
 * @param make gives the study's judge of that name
 * @throws InputError for one that the study does not name
 */
export async function judgesFor(
  who: string,
  names: readonly string[] = [],
  { judges }: Pick<ResolvedStudy, 'judges'>,
  make: (entry: ResolvedStudy['judges'][number]) => Promise<PreparedJudge>,
): Promise<Judges> {
  const found = new Map<string, PreparedJudge>();
  for (const name of names) {
    const entry = judges.find(({ label }) => label === name);
    if (!entry) {
      const known = judges.map(({ label }) => label).join(', ');
      throw new InputError(
        `${who} asks the judge "${name}", and this study names ${known === '' ? 'no judge' : known}. Name a model for ` +
          `it: \`judges: {${name}: <model>}\`.`,
      );
    }
    found.set(name, await make(entry));
  }
  return found;
}

/** @throws InputError for a judge that cannot write */
export function refuseSilentJudge(name: string, model: Model, place: Place): void {
  if (model.generate) return;
  throw new InputError(
    `The model of the judge "${name}" only chooses among actions, and judges write. Name one that writes, as those of ` +
      'services do.',
    place,
  );
}

/** @throws InputError for a judge that has the name of an agent, for then nobody could tell who answered */
export function refuseNamesakes(judges: Judges, taskLabel: string, agentNames: readonly string[]): void {
  for (const [name, { place }] of judges) {
    if (!agentNames.includes(name)) continue;
    throw new InputError(
      `The judge "${name}" has the name of an agent of the task "${taskLabel}". Give it another name, where it is asked too.`,
      place,
    );
  }
}

/** What fixes their answers, by name; undefined where there are none. */
export function identitiesOf(judges: Judges): JsonObject | undefined {
  if (judges.size === 0) return undefined;
  return Object.fromEntries([...judges].map(([name, { identity }]) => [name, identity]));
}
