import { setMaxListeners } from 'node:events';
import {
  type DecisionRequest,
  type EpisodeRecord,
  type EpisodeSummary,
  type OnlineLearning,
  type PlannedRun,
  ProviderError,
  ReplayError,
  type RunLearner,
  type RunOutcome,
  type RunStatus,
  StoreError,
  type StudyStore,
  summarizeEpisode,
  sumUsage,
  type Task,
  unfinishedTallies,
  unfinishedUsage,
  type Usage,
} from '../contracts/index.ts';
import { type Clock, contentHash, type NamePart, randomStream, type RandomStream } from '../core/index.ts';
import {
  type Amount,
  amountOf,
  type BudgetMeter,
  budgetMeter,
  BudgetReachedError,
  limitsOf,
  nothing,
  plus,
} from './budget.ts';
import { TruncatedError } from './decider.ts';
import { playEpisode } from './episode.ts';
import { instanceSource } from './instances.ts';
import { type CallCosts, callCosts, metered, worstCase } from './metered.ts';
import type { PreparedRun, PreparedStudy } from './prepare.ts';
import type { StudySettings } from './schema.ts';
import { openUnderWay } from './under-way.ts';

export interface RunnerOptions {
  readonly store: StudyStore;
  readonly clock: Clock;
  readonly concurrency: number;
  readonly budget: StudySettings['budget'];
  /** Plays runs again that could not finish before. */
  readonly retryFailed?: boolean;
  /** Plays only these runs; the design is saved as a whole. */
  readonly only?: (run: PlannedRun) => boolean;
  /** Once aborted, no further episode starts; what is in flight is finished and stored. */
  readonly stop?: AbortSignal;
  /** Once aborted, what is in flight is dropped. */
  readonly abort?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Makes what learns from a run's episodes; needed for studies that learn online. */
  readonly learnOnline?: (
    online: OnlineLearning,
    task: Task,
    taskId: string,
    name: readonly NamePart[],
  ) => Promise<RunLearner>;
}

export interface Progress {
  /** Different runs of the design. */
  readonly total: number;
  /** Runs with an outcome, earlier starts included. */
  readonly completed: number;
  /** Those of them that could not finish. */
  readonly failed: number;
  /** Runs completed by this start. */
  readonly played: number;
  readonly spent: Amount;
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
 */
export async function runStudy(study: PreparedStudy, options: RunnerOptions): Promise<RunSummary> {
  const { store, stop, abort } = options;
  // Every call in flight listens to it; that many listeners are no leak.
  if (abort) setMaxListeners(0, abort);
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
  const known = await store.settled();
  const settled = (run: PreparedRun) => {
    const status = known.get(run.hash)?.status;
    return status === 'done' || (status !== undefined && !options.retryFailed);
  };
  const pending = randomStream('order', contentHash(study.definition)).shuffle(
    runs.filter((run) => !settled(run) && (options.only?.(run) ?? true)),
  );
  const statuses: Record<RunStatus, number> = {
    done: 0,
    'provider-failure': 0,
    truncated: 0,
    'task-error': 0,
  };
  for (const run of runs) {
    const earlier = known.get(run.hash);
    if (earlier && settled(run)) statuses[earlier.status]++;
  }

  const limits = limitsOf(options.budget);
  const limited = limits.tokens < Infinity || limits.usd < Infinity;
  const underWay = limited ? await openUnderWay(store, limits) : undefined;
  const reported = sumUsage([
    ...runs.flatMap((run) => known.get(run.hash)?.usage ?? []),
    unfinishedUsage(await store.tallies()),
  ]);
  const meter = budgetMeter(
    options.budget,
    plus(amountOf(reported), underWay?.lost ?? nothing),
    underWay?.cover,
  );
  const costs = callCosts();
  if (meter.limited) {
    for (const run of runs) {
      const earlier = known.get(run.hash);
      if (earlier?.status !== 'done') continue;
      const { tokens, usd } = amountOf(earlier.usage);
      costs.episode(cellOf(run), { tokens: tokens / run.episodes, usd: usd / run.episodes });
    }
  }
  const play = runPlayer(options, meter, costs);
  let played = 0;
  const progress = (): Progress => {
    const completed = Object.values(statuses).reduce((a, b) => a + b, 0);
    return {
      total: runs.length,
      completed,
      failed: completed - statuses.done,
      played,
      spent: meter.spent,
    };
  };

  let budgetReached = false;
  let broken: { error: unknown } | undefined;
  const queue = pending.values();
  const lane = async () => {
    for (const run of queue) {
      if (stop?.aborted || abort?.aborted || budgetReached || broken) return;
      try {
        const outcome = await play(run);
        if (!outcome) return;
        statuses[outcome.status]++;
        played++;
        options.onProgress?.(progress());
      } catch (error) {
        if (error instanceof BudgetReachedError) budgetReached = true;
        else if (!abort?.aborted) broken ??= { error };
        return;
      }
    }
  };
  options.onProgress?.(progress());
  await Promise.all(Array.from({ length: Math.min(options.concurrency, pending.length) }, lane));
  // A call that ignores an abort may still be set aside; nobody will hear what it comes to.
  if (!(broken?.error instanceof StoreError)) await underWay?.end(plus(meter.lost, meter.setAside));
  if (broken) throw broken.error;
  const complete = played === pending.length;
  const ended = complete ? 'finished' : budgetReached ? 'budget' : 'interrupted';
  return { ...progress(), ended, statuses };
}

/**
 * Plays one run to its outcome, going on after its finished episodes; undefined when it was stopped on the way.
 * Errors of the store, the budget and replays, and aborts pass through; everything else becomes the run's outcome.
 */
function runPlayer(options: RunnerOptions, meter: BudgetMeter, costs: CallCosts) {
  const { store, clock, stop, abort } = options;
  const instances = instanceSource(store);

  return async (run: PreparedRun): Promise<RunOutcome | undefined> => {
    const learner = await runLearner(run, options);
    try {
      return await episodesOf(run, learner);
    } finally {
      learner?.close();
    }
  };

  async function episodesOf(
    run: PreparedRun,
    learner: RunLearner | undefined,
  ): Promise<RunOutcome | undefined> {
    const strategy = learner
      ? { ...run.playerStrategy, begin: (stream: RandomStream) => learner.begin(stream) }
      : run.playerStrategy;
    const unlearned: EpisodeRecord[] = [];
    const finished: EpisodeSummary[] = run.episodes > 1 ? [...(await store.finishedEpisodes(run.hash))] : [];
    const done = new Set(finished.map((summary) => summary.episode));
    for (let episode = 0; episode < run.episodes; episode++) {
      if (done.has(episode)) {
        // What was learned before the process ended is learned again, from the same episodes in the same order.
        if (learner) unlearned.push((await store.episode(run.hash, episode))!);
        continue;
      }
      if (stop?.aborted) return undefined;
      const cell = cellOf(run);
      const { agentNames, horizon } = run.preparedTask.task;
      const account = await meter.episode(
        () => costs.expected(cell, run.playerModel, agentNames.length * horizon),
        meter.limited ? amountOf(worstCase(run.playerModel, typicalRequest(run))) : nothing,
        abort,
      );
      if (stop?.aborted) {
        account.end();
        return undefined;
      }
      const usages: Usage[] = [];
      const underWay = new Set<Promise<unknown>>();
      const startedAt = clock.timestamp();
      const start = clock.monotonicMs();
      let played;
      try {
        for (const past of unlearned.splice(0)) learner?.learn(past);
        const { instance, references } = await instances(run.preparedTask, run.seed, episode);
        played = await playEpisode({
          task: run.preparedTask.task,
          instance,
          references,
          model: metered(run.playerModel, account, {
            limited: meter.limited,
            costs,
            onUsage: (usage) => usages.push(usage),
            underWay,
          }),
          strategy,
          temperature: run.temperature,
          maxInteractions: run.maxInteractions,
          speech: run.speech,
          ...(run.tokens !== undefined && { tokens: run.tokens }),
          streamName: [run.hash, episode],
          name: episodeName(run, episode),
          signal: abort,
        });
      } catch (error) {
        // One agent's call failed; what the others' come to is paid all the same. A broken store cannot be told.
        if (!abort?.aborted) await Promise.allSettled(underWay);
        if (!(error instanceof StoreError)) await store.addTallies(unfinishedTallies(sumUsage(usages)));
        if (abort?.aborted || endsStudy(error)) throw error;
        const outcome = failure(run, finished, error);
        await store.saveOutcome(outcome);
        return outcome;
      } finally {
        account.end();
      }
      costs.episode(cell, account.spent);
      const record = { run: run.hash, episode, ...played };
      finished.push(summarizeEpisode(record));
      const outcome = finished.length === run.episodes ? success(run, finished) : undefined;
      const timing = { startedAt, wallMs: clock.monotonicMs() - start };
      await store.saveEpisode(record, timing, outcome);
      if (outcome) return outcome;
      if (learner) unlearned.push(record);
    }
    // All episodes were there but the outcome was not: a retried run whose failure came after its last episode.
    const outcome = success(run, finished);
    await store.saveOutcome(outcome);
    return outcome;
  }
}

/** What learns from the run's episodes, where the study says so. */
async function runLearner(
  { online, playerStrategy, preparedTask: { task, id }, hash }: PreparedRun,
  { learnOnline }: RunnerOptions,
): Promise<RunLearner | undefined> {
  if (!online || !playerStrategy.online) return undefined;
  if (!learnOnline) throw new Error('A study that learns online was started without what learns.');
  return learnOnline(playerStrategy.online, task, id, [hash]);
}

/** About the longest question of a run. */
function typicalRequest({ preparedTask: { task }, temperature }: PreparedRun): DecisionRequest {
  return { prefix: task.rules, prompt: '', actions: task.actions, temperature, seed: 0 };
}

/** Runs of one cell cost about the same. */
function cellOf({ model, strategy, task, factors }: PreparedRun): string {
  return JSON.stringify([model, strategy, task, factors]);
}

/** Errors that are no outcome of the run at hand. */
function endsStudy(error: unknown): boolean {
  return error instanceof BudgetReachedError || error instanceof StoreError || error instanceof ReplayError;
}

/** What people call an episode; decisions are recorded under it. */
function episodeName({ model, strategy, task, factors, seed }: PreparedRun, episode: number): string {
  const levels = Object.entries(factors).map(([name, level]) => `${name} ${JSON.stringify(level)}`);
  return [model, strategy, task, ...levels, `seed ${seed}`, `episode ${episode}`].join(', ');
}

function totals(run: PreparedRun, finished: readonly EpisodeSummary[]) {
  const sum = (field: 'steps' | 'decisions' | 'unparsable') =>
    finished.reduce((total, e) => total + e[field], 0);
  return {
    hash: run.hash,
    episodes: finished.length,
    steps: sum('steps'),
    decisions: sum('decisions'),
    unparsable: sum('unparsable'),
    usage: sumUsage(finished.map((e) => e.usage)),
  };
}

function success(run: PreparedRun, finished: readonly EpisodeSummary[]): RunOutcome {
  // Summed in the order of the episodes, so that a resumed run rounds like an undisturbed one.
  const ordered = [...finished].sort((a, b) => a.episode - b.episode);
  const mean = (field: 'score' | 'return') =>
    ordered.reduce((total, e) => total + e[field], 0) / ordered.length;
  return { ...totals(run, ordered), status: 'done', score: mean('score'), return: mean('return') };
}

function failure(run: PreparedRun, finished: readonly EpisodeSummary[], error: unknown): RunOutcome {
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
