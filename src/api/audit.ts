import { existsSync } from 'node:fs';
import path from 'node:path';
import {
  type SettledRun,
  type Spending,
  type StudyRecord,
  type StudyReader,
  type StudySpending,
  sumUsage,
  unfinishedUsage,
  type Usage,
  wholeUsage,
} from '../contracts/index.ts';
import { type Problems, systemClock } from '../core/index.ts';
import { OlderStoreError, openStore, readStore } from '../store/index.ts';
import {
  type Amount,
  amountOf,
  auditModels,
  limitsOf,
  type PreparedRun,
  type PreparedStudy,
  type Probes,
  refuseOtherRevisions,
  type StudySettings,
} from '../study/index.ts';
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
    playAgain = false,
    acceptUnreadable = false,
    abort,
    budget = {},
  }: {
    readonly store?: StudyReader;
    readonly probe?: boolean;
    readonly playAgain?: boolean;
    readonly acceptUnreadable?: boolean;
    readonly abort?: AbortSignal;
    readonly budget?: StudySettings['budget'];
  },
  problems: Problems,
): Promise<AuditedStudy> {
  const served = ({ playerModel, judges }: PreparedRun) =>
    playerModel.service ?? [...judges.values()].some(({ model }) => model.service);
  if (!study.runs.some(served)) return { study, usage: {} };
  const earlier = await whatIsKnown(directory, store);
  // Before anything is asked that costs.
  if (!playAgain) refuseOtherRevisions(study, earlier.study, earlier.settled);
  const runs = study.runs.filter(({ hash }) => earlier.settled.get(hash)?.status !== 'done');
  const { probes, usage } = await auditModels(runs, {
    problems,
    probe,
    acceptUnreadable,
    known: earlier.probes,
    budget: leftOf(budget, study, earlier),
    ...(abort && { signal: abort }),
  });
  problems.throwIfAny();
  const all = { ...earlier.probes, ...probes };
  const definition = { ...study.definition, ...(Object.keys(all).length > 0 && { probes: all }) };
  return { study: { ...study, definition }, usage };
}

interface Known {
  readonly study?: StudyRecord;
  readonly settled: ReadonlyMap<string, SettledRun>;
  readonly probes: Probes;
  readonly tallies: Readonly<Record<string, number>>;
  readonly spending: Pick<StudySpending, 'lost' | 'reserved'>;
}

const nothing: Spending = { tokens: 0, usd: 0 };
const nothingKnown: Known = {
  settled: new Map(),
  probes: {},
  tallies: {},
  spending: { lost: nothing, reserved: nothing },
};

/** What earlier starts have left of a study's budget. */
function leftOf(budget: StudySettings['budget'], { runs }: PreparedStudy, known: Known): Amount {
  const limits = limitsOf(budget);
  const usages = [...new Set(runs.map(({ hash }) => hash))].flatMap((hash) =>
    wholeUsage(known.settled.get(hash) ?? { usage: {} }),
  );
  const { tokens, usd } = amountOf(sumUsage([...usages, unfinishedUsage(known.tallies)]));
  const { lost, reserved } = known.spending;
  return {
    tokens: limits.tokens - tokens - lost.tokens - reserved.tokens,
    usd: limits.usd - usd - lost.usd - reserved.usd,
  };
}

/** What earlier starts have left. */
async function whatIsKnown(directory: string, given: StudyReader | undefined): Promise<Known> {
  const read = async (store: StudyReader): Promise<Known> => {
    const study = await store.study();
    return {
      ...(study && { study }),
      settled: await store.settled(),
      probes: study?.definition.probes ?? {},
      tallies: await store.tallies(),
      spending: await store.spending(),
    };
  };
  if (given) return read(given);
  if (!existsSync(path.join(directory, databaseName))) return nothingKnown;
  // A start converts what is too old to be read as it is.
  const store = await readStore(directory).catch((error: unknown) => {
    if (error instanceof OlderStoreError) return openStore(directory, { clock: systemClock });
    throw error;
  });
  try {
    return await read(store);
  } finally {
    await store.close();
  }
}
