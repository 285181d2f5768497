import {
  type EpisodeSummary,
  ProviderError,
  type RunOutcome,
  sumMasses,
  sumUsage,
  TaskError,
} from '../contracts/index.ts';
import { TruncatedError } from '../episode/truncated.ts';

function totals(run: { readonly hash: string }, finished: readonly EpisodeSummary[]) {
  const sum = (field: 'steps' | 'decisions' | 'unparsable') =>
    finished.reduce((total, e) => total + e[field], 0);
  const judged = finished.flatMap(({ judgeUsage = [] }) => judgeUsage);
  const masses = finished.flatMap(({ mass = [] }) => mass);
  return {
    hash: run.hash,
    episodes: finished.length,
    steps: sum('steps'),
    decisions: sum('decisions'),
    unparsable: sum('unparsable'),
    usage: sumUsage(finished.map((e) => e.usage)),
    ...(judged.length > 0 && { judgeUsage: sumUsage(judged) }),
    ...(masses.length > 0 && { mass: sumMasses(masses) }),
  };
}

/** The outcome of a run whose episodes are all finished: means over those that have a score. */
export function success(run: { readonly hash: string }, finished: readonly EpisodeSummary[]): RunOutcome {
  // Summed in the order of the episodes, so that a resumed run rounds like an undisturbed one.
  const ordered = [...finished].sort((a, b) => a.episode - b.episode);
  const scored = ordered.flatMap((e) => (e.score === undefined ? [] : [{ ...e, score: e.score }]));
  if (scored.length === 0)
    return failure(run, ordered, new TaskError('No episode of this run was judged, asked twice.'));
  const mean = (field: 'score' | 'return') =>
    scored.reduce((total, e) => total + e[field], 0) / scored.length;
  return { ...totals(run, ordered), status: 'done', score: mean('score'), return: mean('return') };
}

/** The outcome of a run that cannot finish, with the kind of its error. */
export function failure(
  run: { readonly hash: string },
  finished: readonly EpisodeSummary[],
  error: unknown,
): RunOutcome {
  const status =
    error instanceof ProviderError
      ? 'provider-failure'
      : error instanceof TruncatedError
        ? 'truncated'
        : 'task-error';
  // What a service failed of reads the same in a replay, where no service was asked.
  const message =
    error instanceof ProviderError
      ? error.message
      : error instanceof Error
        ? `${error.name}: ${error.message}`
        : String(error);
  return { ...totals(run, finished), status, error: message };
}
