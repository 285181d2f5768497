import { existsSync } from 'node:fs';
import path from 'node:path';
import type { SettledRun, StudyStore, Usage } from '../contracts/index.ts';
import { type Problems, systemClock } from '../core/index.ts';
import { openStore } from '../store/index.ts';
import { auditModels, type PreparedStudy, type Probes } from '../study/index.ts';
import { databaseName } from './places.ts';

export interface AuditedStudy {
  /** Its definition says what was found. */
  readonly study: PreparedStudy;
  /** What the questions used. */
  readonly usage: Usage;
}

/**
 * The study after its models' services have been asked whether they can do what it says. Runs that are finished need
 * no service, and what earlier starts have found is not asked again. Nothing is written.
 *
 * @throws InputError or ProblemsError with all that is wrong
 */
export async function audited(
  study: PreparedStudy,
  directory: string,
  {
    store,
    probe = true,
    abort,
  }: { readonly store?: StudyStore; readonly probe?: boolean; readonly abort?: AbortSignal },
  problems: Problems,
): Promise<AuditedStudy> {
  if (!study.runs.some(({ playerModel }) => 'check' in playerModel || 'probe' in playerModel))
    return { study, usage: {} };
  const earlier = await whatIsKnown(directory, store);
  const runs = study.runs.filter(({ hash }) => earlier.settled.get(hash)?.status !== 'done');
  const { probes, usage } = await auditModels(runs, {
    problems,
    probe,
    known: earlier.probes,
    ...(abort && { signal: abort }),
  });
  problems.throwIfAny();
  const all = { ...earlier.probes, ...probes };
  const definition = { ...study.definition, ...(Object.keys(all).length > 0 && { probes: all }) };
  return { study: { ...study, definition }, usage };
}

interface Known {
  readonly settled: ReadonlyMap<string, SettledRun>;
  readonly probes: Probes;
}

/** What earlier starts have left. */
async function whatIsKnown(directory: string, given: StudyStore | undefined): Promise<Known> {
  const read = async (store: StudyStore): Promise<Known> => {
    const probes = (await store.study())?.definition.probes;
    return { settled: await store.settled(), probes: (probes ?? {}) as Probes };
  };
  if (given) return read(given);
  if (!existsSync(path.join(directory, databaseName))) return { settled: new Map(), probes: {} };
  const store = await openStore(directory, { mode: 'read', clock: systemClock });
  try {
    return await read(store);
  } finally {
    await store.close();
  }
}
