import { InputError } from '../core/index.ts';
import type { StudySource } from './source.ts';

const lists = ['tasks', 'models', 'strategies'];

/**
 * A file that only lists definitions, as `agentmesh.config.ts` may, is no study that lacks its name.
 * @throws InputError for such a file, with what to run
 */
export function refuseDefinitionsAlone({ value, placeOf }: StudySource): void {
  if (typeof value !== 'object' || value === null) return;
  if (!Object.keys(value).every((key) => lists.includes(key))) return;
  const own = Object.entries(value).flatMap(([list, entries]) =>
    (Array.isArray(entries) ? (entries as unknown[]) : []).flatMap((entry) => {
      const id = ownId(entry);
      return id === undefined ? [] : [{ list, id }];
    }),
  );
  if (own.length === 0) return;
  const named = lists.flatMap((list) => {
    const ids = own.flatMap((each) => (each.list === list ? [each.id] : []));
    return ids.length === 0 ? [] : [`${list}: [${ids.join(', ')}]`];
  });
  throw new InputError(
    `This file holds definitions and no study, so there is nothing to run. Write a study that names them (${named.join('; ')}) ` +
      'and run that: `agentmesh init`, then `agentmesh run study.yaml`. Or make this file a whole study, with `name`, ' +
      '`models`, `strategies` and `tasks`.',
    placeOf([]),
  );
}

/** The id of an entry that is a definition, alone or with options beside it. */
function ownId(entry: unknown): string | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  if ('id' in entry && typeof entry.id === 'object') return ownId(entry.id);
  return 'create' in entry && 'id' in entry && typeof entry.id === 'string' ? entry.id : undefined;
}
