import { setMaxListeners } from 'node:events';
import { hostname } from 'node:os';
import {
  type PlannedRun,
  type RunOutcome,
  type RunStatus,
  StoreError,
  wholeUsage,
  type WorkQueue,
} from '../contracts/index.ts';
import { BudgetReachedError, contentHash, InputError, randomStream } from '../core/index.ts';
import { type Amount, amountOf, budgetMeter, limitsOf, plus } from './budget.ts';
import { budgetLease } from './budget-lease.ts';
import { refuseOtherRevisions } from './dice.ts';
import { matchedTokens } from './matching.ts';
import { callCosts } from './metered.ts';
import type { PreparedRun, PreparedStudy } from './prepared.ts';
import { cellOf, type PlayerOptions, runPlayer, stoppedBy } from './run-player.ts';
import type { StudySettings } from './schema.ts';

export interface RunnerOptions extends PlayerOptions {
  /** Hands out the runs; it holds none of another study, and stays open. */
  readonly queue: WorkQueue;
  readonly concurrency: number;
  readonly budget: StudySettings['budget'];
  /** Plays runs again that could not finish before. */
  readonly retryFailed?: boolean;
  /** Plays the study again where its results come from an earlier version that played by other rules. */
  readonly playAgain?: boolean;
  /** Plays only these runs; the design is saved as a whole. */
  readonly only?: (run: PlannedRun) => boolean;
  readonly onProgress?: (progress: Progress) => void;
}

export interface Progress {
  /** Different runs of the design, or of the part that is played. */
  readonly total: number;
  /** Runs with an outcome, earlier starts included. */
  readonly completed: number;
  /** Those of them that could not finish. */
  readonly failed: number;
  /** Runs completed by this start. */
  readonly played: number;
  readonly spent: Amount;
  /** Answers of this start whose tokens the service did not report; a budget counts the most that they can have been. */
  readonly uncounted: number;
}

export interface RunSummary extends Progress {
  /** Why the runner stopped. */
  readonly ended: 'finished' | 'interrupted' | 'budget';
  readonly statuses: Readonly<Record<RunStatus, number>>;
}

/**
 * Plays all runs of a study that have no outcome yet, in random order, many at a time.
 *
 * Every finished episode is durable before its successor starts, so a process may die at any moment: the next
 * start plays what is missing and nothing else. A run that cannot finish becomes a row with its kind.
 *
 * @throws InputError when the store holds results of other rules of play, unless they are to be played again
 */
export async function runStudy(study: PreparedStudy, options: RunnerOptions): Promise<RunSummary> {
  const { store, queue, stop, abort } = options;
  // Every call in flight listens to it; that many listeners are no leak.
  if (abort) setMaxListeners(0, abort);
  const known = await store.settled();
  if (!options.playAgain) refuseOtherRevisions(study, await store.study(), known);
  await store.saveStudy({
    name: study.name,
    definition: study.definition,
    runs: study.runs.map(({ hash, model, strategy, task, seed, factors }) => ({
      hash,
      model,
      strategy,
      task,
      seed,
      factors,
    })),
  });
  // Runs of equal content share one hash and one outcome, whatever their labels.
  const runs = [...new Map(study.runs.map((run) => [run.hash, run])).values()];
  const wanted = runs.filter((run) => options.only?.(run) ?? true);
  const pilots = new Set(wanted.flatMap(({ matches }) => matches?.pilot ?? []));
  const chosen = runs.filter((run) => wanted.includes(run) || pilots.has(run.hash));
  const settled = (run: PreparedRun) => {
    const status = known.get(run.hash)?.status;
    return status === 'done' || (status !== undefined && !options.retryFailed);
  };
  const pending = randomStream('order', contentHash(study.definition)).shuffle(
    chosen.filter((run) => !settled(run)),
  );
  const statuses: Record<RunStatus, number> = {
    done: 0,
    'provider-failure': 0,
    truncated: 0,
    'task-error': 0,
  };
  for (const run of chosen) {
    const earlier = known.get(run.hash);
    if (earlier && settled(run)) statuses[earlier.status]++;
  }

  const limits = limitsOf(options.budget);
  const limited = limits.tokens < Infinity || limits.usd < Infinity;
  const lease = limited ? budgetLease(store, nextWorker(), limits) : undefined;
  const { used, lost, reserved } = await store.spending();
  const meter = budgetMeter(options.budget, [used, lost, reserved].reduce(plus), lease?.cover);
  const costs = callCosts();
  if (meter.limited) {
    for (const run of runs) {
      const earlier = known.get(run.hash);
      if (earlier?.status !== 'done') continue;
      const { tokens, usd } = amountOf(wholeUsage(earlier));
      costs.episode(cellOf(run), { tokens: tokens / run.episodes, usd: usd / run.episodes });
    }
  }
  const play = runPlayer(options, meter, costs);
  let played = 0;
  const progress = (): Progress => {
    const completed = Object.values(statuses).reduce((a, b) => a + b, 0);
    return {
      total: chosen.length,
      completed,
      failed: completed - statuses.done,
      played,
      spent: meter.spent,
      uncounted: meter.uncounted,
    };
  };

  const toPlay = new Map(pending.map((run) => [run.hash, run]));
  let budgetReached = false;
  let broken: { error: unknown } | undefined;
  const playing = new Map<string, Promise<RunOutcome | undefined>>();
  /** Plays a run once, whoever comes first: the queue, or a run that may spend what this one does. */
  const playOnce = (run: PreparedRun): Promise<RunOutcome | undefined> => {
    const under = playing.get(run.hash) ?? play(run, () => tokensFor(run));
    playing.set(run.hash, under);
    return under;
  };
  const tokensFor = async ({ matches, tokens, episodes }: PreparedRun): Promise<number | undefined> => {
    if (!matches) return tokens;
    const outcomes = matches.pilot.map(async (hash) => {
      const pilot = toPlay.get(hash);
      return pilot ? playOnce(pilot) : known.get(hash);
    });
    return Math.min(tokens ?? Infinity, matchedTokens(matches, await Promise.all(outcomes), episodes));
  };
  const playRun = async (hash: string): Promise<void> => {
    const run = toPlay.get(hash);
    if (!run) throw new InputError(strangeRun(hash, study.name));
    const outcome = await playOnce(run);
    // Stopped on the way, so it waits for another start.
    if (!outcome) throw stop?.reason;
    statuses[outcome.status]++;
    played++;
    options.onProgress?.(progress());
  };
  const note = (error: unknown) => {
    if (error instanceof BudgetReachedError) budgetReached = true;
    else if (!abort?.aborted && !stoppedBy(stop, error)) broken ??= { error };
    throw error;
  };
  options.onProgress?.(progress());
  await queue.put([...toPlay.keys()]);
  await queue
    .work((hash) => playRun(hash).catch(note), {
      concurrency: options.concurrency,
      stop: AbortSignal.any([stop, abort].filter((signal) => signal !== undefined)),
    })
    .catch(note)
    .catch(() => {});
  // A call that ignores an abort may still be set aside; nobody will hear what it comes to.
  if (!(broken?.error instanceof StoreError)) await lease?.end(plus(meter.lost, meter.setAside));
  if (broken) throw broken.error;
  const complete = played === pending.length;
  const ended = complete ? 'finished' : budgetReached ? 'budget' : 'interrupted';
  return { ...progress(), ended, statuses };
}

let starts = 0;

/** Names whoever plays a study, so that what it holds of the budget is told from what others hold. */
function nextWorker(): string {
  return `${hostname()} ${process.pid} ${++starts}`;
}

function strangeRun(hash: string, study: string): string {
  return (
    `The queue holds the run ${hash}, which is none of those that "${study}" has to play. Give every study a queue of ` +
    'its own, or close this one and make another.'
  );
}
