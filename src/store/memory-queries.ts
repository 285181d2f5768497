import {
  type RunPage,
  type RunQuery,
  type RunRow,
  runStatuses,
  type RunStatus,
  type StudyProgress,
  sumUsage,
} from '../contracts/index.ts';

/** The page of a design's rows that a query asks for. Runs without a value come last in either direction. */
export function pageOf(rows: readonly RunRow[], query: RunQuery): RunPage {
  const passing = rows.filter((row) => passes(row, query.filter));
  const value = orderings[query.order];
  const sign = query.descending ? -1 : 1;
  const known = (row: RunRow) => value(row) !== undefined;
  const ordered =
    query.order === 'design'
      ? query.descending
        ? [...passing].reverse()
        : passing
      : [
          ...passing.filter(known).sort((a, b) => sign * (value(a)! - value(b)!)),
          ...passing.filter((row) => !known(row)),
        ];
  return { total: passing.length, rows: ordered.slice(query.offset, query.offset + query.limit) };
}

const orderings: Readonly<Record<RunQuery['order'], (row: RunRow) => number | undefined>> = {
  design: () => undefined,
  score: ({ outcome }) => outcome?.score,
  seed: ({ run }) => run.seed,
  steps: ({ outcome }) => outcome?.steps,
  tokens: ({ outcome }) => {
    const { inputTokens, outputTokens = 0 } = outcome?.usage ?? {};
    return inputTokens === undefined ? undefined : inputTokens + outputTokens;
  },
  cost: ({ outcome }) => outcome?.usage.costUsd,
};

function passes({ run, outcome }: RunRow, { status, factors = {}, ...levels }: RunQuery['filter']): boolean {
  const named = Object.entries(levels) as [keyof typeof levels, string | number | undefined][];
  if (named.some(([name, wanted]) => wanted !== undefined && run[name] !== wanted)) return false;
  if (status === 'pending' && outcome) return false;
  if (status === 'failed' && (!outcome || outcome.status === 'done')) return false;
  if (status !== undefined && status !== 'pending' && status !== 'failed' && outcome?.status !== status)
    return false;
  return Object.entries(factors).every(([name, level]) => JSON.stringify(run.factors[name]) === level);
}

const faultKinds = 20;
const recentEpisodes = 200;

/**
 * How far a study is.
 * @param ends when the episodes were finished, in milliseconds of the epoch, in the order in which they were stored
 */
export function progressOf(rows: readonly RunRow[], ends: readonly number[]): StudyProgress {
  const different = [...new Map(rows.map((row) => [row.run.hash, row])).values()];
  const outcomes = different.flatMap(({ outcome }) => outcome ?? []);
  const judged = outcomes.flatMap(({ judgeUsage = [] }) => judgeUsage);
  const faults = new Map<string, { message: string; status: RunStatus; count: number }>();
  for (const { error, status } of outcomes) {
    if (error === undefined) continue;
    const key = JSON.stringify([status, error]);
    const known = faults.get(key) ?? { message: error, status, count: 0 };
    faults.set(key, { ...known, count: known.count + 1 });
  }
  const frequent = [...faults.values()].sort((a, b) => b.count - a.count);
  return {
    planned: different.length,
    statuses: Object.fromEntries(
      runStatuses.map((status) => [status, outcomes.filter((outcome) => outcome.status === status).length]),
    ) as Record<RunStatus, number>,
    decisions: outcomes.reduce((sum, { decisions }) => sum + decisions, 0),
    unparsable: outcomes.reduce((sum, { unparsable }) => sum + unparsable, 0),
    usage: sumUsage(outcomes.map(({ usage }) => usage)),
    ...(judged.length > 0 && { judgeUsage: sumUsage(judged) }),
    faults: frequent.slice(0, faultKinds),
    furtherFaults: Math.max(0, frequent.length - faultKinds),
    ...paceOf(ends.slice(-recentEpisodes)),
  };
}

/** The pace of the last episodes, from when each was finished. */
export function paceOf(lastEnds: readonly number[]): Pick<StudyProgress, 'recent'> {
  const ends = [...lastEnds].sort((a, b) => a - b);
  if (ends.length < 2) return {};
  const last = ends[ends.length - 1];
  return {
    recent: { episodes: ends.length - 1, overMs: last - ends[0], until: new Date(last).toISOString() },
  };
}
