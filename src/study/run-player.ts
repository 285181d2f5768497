import {
  type EpisodeRecord,
  type EpisodeSummary,
  type Model,
  type OnlineLearning,
  ReplayError,
  type RunLearner,
  type RunOutcome,
  StoreError,
  type Strategy,
  type StudyWriter,
  summarizeEpisode,
  sumUsage,
  type Task,
  unfinishedTallies,
  type Usage,
} from '../contracts/index.ts';
import {
  BudgetReachedError,
  type Clock,
  InputError,
  type NamePart,
  type RandomStream,
} from '../core/index.ts';
import { amountOf, type BudgetMeter, nothing } from './budget.ts';
import { diceOf } from './dice.ts';
import { type DecisionRequest, firstCall } from '../episode/asking/index.ts';
import { playEpisode } from '../episode/episode.ts';
import type { Judges } from './judges.ts';
import { instanceSource } from './instances.ts';
import { type CallCosts, metered, payingFor, worstCase } from './metered.ts';
import type { PreparedRun } from './prepared.ts';
import { failure, success } from './run-outcomes.ts';

export interface PlayerOptions {
  readonly store: StudyWriter;
  readonly clock: Clock;
  /** Once aborted, no further episode starts; what is in flight is finished and stored. */
  readonly stop?: AbortSignal;
  /** Once aborted, what is in flight is dropped. */
  readonly abort?: AbortSignal;
  /** Makes what learns from a run's episodes; needed for studies that learn online. */
  readonly learnOnline?: (
    online: OnlineLearning,
    task: Task,
    taskId: string,
    name: readonly NamePart[],
  ) => Promise<RunLearner>;
}

/**
 * Plays one run to its outcome, going on after its finished episodes; undefined when it was stopped on the way.
 * Errors of the store, the budget and replays, and aborts pass through; everything else becomes the run's outcome.
 */
export function runPlayer(options: PlayerOptions, meter: BudgetMeter, costs: CallCosts) {
  const { store, clock, stop, abort } = options;
  const instances = instanceSource(store);

  /** @param tokensFor says what an episode may spend; it may play other runs first */
  return async (
    run: PreparedRun,
    tokensFor: () => Promise<number | undefined>,
  ): Promise<RunOutcome | undefined> => {
    const learner = await runLearner(run, options);
    try {
      return await episodesOf(run, learner, tokensFor);
    } finally {
      learner?.close();
    }
  };

  async function episodesOf(
    run: PreparedRun,
    learner: RunLearner | undefined,
    tokensFor: () => Promise<number | undefined>,
  ): Promise<RunOutcome | undefined> {
    const strategy = learner
      ? { ...run.playerStrategy, begin: (stream: RandomStream) => learner.begin(stream) }
      : run.playerStrategy;
    const unlearned: EpisodeRecord[] = [];
    const finished: EpisodeSummary[] = run.episodes > 1 ? [...(await store.episodes(run.hash))] : [];
    const done = new Set(finished.map((summary) => summary.episode));
    for (let episode = 0; episode < run.episodes; episode++) {
      if (done.has(episode)) {
        // What was learned before the process ended is learned again, from the same episodes in the same order.
        if (learner) unlearned.push((await store.episode(run.hash, episode))!);
        continue;
      }
      if (stop?.aborted) return undefined;
      // Before anything of the budget is held for this episode: it may wait for other runs.
      const tokens = await tokensFor().catch((error: unknown) => {
        if (error instanceof InputError) return error;
        throw error;
      });
      if (tokens instanceof InputError) {
        const outcome = failure(run, finished, tokens);
        await store.saveOutcome(outcome);
        return outcome;
      }
      if (stop?.aborted) return undefined;
      const cell = cellOf(run);
      const { agentNames, horizon } = run.preparedTask.task;
      // How often judges are asked is known once they have been.
      const calls =
        run.judges.size > 0 ? undefined : agentNames.length * horizon * run.attempts * answersOf(run);
      const account = await meter.episode(
        () => costs.expected(cell, run.playerModel, calls),
        meter.limited
          ? amountOf(worstCase(run.playerModel, firstCall(run.playerModel, typicalRequest(run))))
          : nothing,
        abort,
      );
      // What it has spent is this episode's until the store knows of it: a process may be killed in between.
      try {
        if (stop?.aborted) return undefined;
        const startedAt = clock.timestamp();
        const start = clock.monotonicMs();
        const usages: Usage[] = [];
        const busy = run.preparedTask.task.agentNames.map(() => 0);
        const onTimes = (ms: readonly number[]) => ms.forEach((own, agent) => (busy[agent] += own));
        const underWay = new Set<Promise<unknown>>();
        let played;
        try {
          for (const past of unlearned.splice(0)) learner?.learn(past);
          const onUsage = (usage: Usage) => usages.push(usage);
          const pay = payingFor(account, { limited: meter.limited, costs, onUsage, underWay });
          played = await playOne(run, episode, strategy, tokens, onTimes, (model) => metered(model, pay));
        } catch (error) {
          // One agent's call failed; what the others' come to is paid all the same. A broken store cannot be told.
          if (!abort?.aborted) await Promise.allSettled(underWay);
          if (!(error instanceof StoreError)) await store.addTallies(unfinishedTallies(sumUsage(usages)));
          if (abort?.aborted || endsStudy(error) || stoppedBy(stop, error)) throw error;
          const outcome = failure(run, finished, error);
          await store.saveOutcome(outcome);
          return outcome;
        }
        costs.episode(cell, account.spent);
        const record = { run: run.hash, episode, ...played };
        finished.push(summarizeEpisode(record));
        const outcome = finished.length === run.episodes ? success(run, finished) : undefined;
        const wallMs = clock.monotonicMs() - start;
        await store.saveEpisode(record, { startedAt, wallMs, slowestMs: Math.max(...busy) }, outcome);
        if (outcome) return outcome;
        if (learner) unlearned.push(record);
      } finally {
        account.end();
      }
    }
    // All episodes were there but the outcome was not: a retried run whose failure came after its last episode.
    const outcome = success(run, finished);
    await store.saveOutcome(outcome);
    return outcome;
  }

  async function playOne(
    run: PreparedRun,
    episode: number,
    strategy: Strategy,
    tokens: number | undefined,
    onTimes: (ms: readonly number[]) => void,
    paid: (model: Model) => Model,
  ) {
    const { preparedTask, seed, temperature, advice, attempts, maxInteractions, matches } = run;
    const { questionsPerDecision, idleTimeoutMs } = run;
    const { instance, item, references } = await instances(preparedTask, seed, episode);
    const played = await playEpisode({
      task: preparedTask.task,
      instance,
      references,
      model: run.players ? run.players.map(paid) : paid(run.playerModel),
      ...(run.judges.size > 0 && { judges: paidJudges(run.judges, paid) }),
      strategy,
      strategyName: run.strategy,
      temperature,
      advice,
      attempts,
      maxInteractions,
      questionsPerDecision,
      idleTimeoutMs,
      clock,
      onTimes,
      ...(tokens !== undefined && { tokens, capped: matches === undefined }),
      streamName: [...diceOf(run), episode],
      name: episodeName(run, episode),
      signal: abort,
    });
    return { ...played, ...(item !== undefined && { item }) };
  }
}

function paidJudges(judges: Judges, paid: (model: Model) => Model): ReadonlyMap<string, Model> {
  return new Map([...judges].map(([name, { model }]) => [name, paid(model)]));
}

/** What learns from the run's episodes, where the study says so. */
async function runLearner(run: PreparedRun, { learnOnline }: PlayerOptions): Promise<RunLearner | undefined> {
  const { online, playerStrategy, preparedTask } = run;
  if (!online || !playerStrategy.online) return undefined;
  if (!learnOnline) throw new Error('A study that learns online was started without what learns.');
  return learnOnline(playerStrategy.online, preparedTask.task, preparedTask.id, diceOf(run));
}

/** Answers of one decision, at most. */
function answersOf({ advice }: PreparedRun): number {
  return advice.kind === 'samples' ? advice.n : 1;
}

/** About the longest question of a run. */
function typicalRequest({ preparedTask: { task }, temperature }: PreparedRun): DecisionRequest {
  return { prefix: task.rules, prompt: '', actions: task.actions, temperature, seed: 0 };
}

/** Runs of one cell cost about the same. */
export function cellOf({ model, strategy, task, factors }: PreparedRun): string {
  return JSON.stringify([model, strategy, task, factors]);
}

/** Whether a call gave up waiting for its service because the study is to stop. */
export function stoppedBy(stop: AbortSignal | undefined, error: unknown): boolean {
  return stop?.aborted === true && error === stop.reason;
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
