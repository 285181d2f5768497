import type { Action, AgentTrace, EpisodeRecord, PlannedRun, StudyReader } from '../../contracts/index.ts';
import type { Row } from './row.ts';
import { factorNames, runCells } from './runs.ts';

export interface ExportTracesOptions {
  /** The words of a run's actions, by index; undefined where they are not known. Adds the words to the indices. */
  readonly actions?: (run: PlannedRun) => readonly string[] | undefined;
  /** Adds the prompt's shared prefix, which makes most exports several times larger. */
  readonly prefixes?: boolean;
}

/**
 * What every agent was told and did, one row per agent and step, in the order of the design, of all finished
 * episodes. An agent with a single available action was not asked, so its `prompt` is null. What an agent wrote
 * stands in `actionWord`, and its `action` is null.
 */
export async function* exportTraces(
  store: StudyReader,
  options: ExportTracesOptions = {},
): AsyncGenerator<Row> {
  for await (const { record, identity, words } of finishedEpisodes(store, options))
    yield* episodeRows(record, identity, words, options.prefixes ?? false);
}

/** All finished episodes in the order of the design, one at a time, with the cells that say which run's they are. */
export async function* finishedEpisodes(
  store: StudyReader,
  { actions }: Pick<ExportTracesOptions, 'actions'> = {},
): AsyncGenerator<{
  readonly record: EpisodeRecord;
  readonly identity: Row;
  readonly words: readonly string[] | undefined;
}> {
  const runs = (await store.study())?.runs ?? [];
  const factors = factorNames(runs);
  for (const run of runs) {
    const identity = runCells(run, factors);
    for (const { episode } of await store.episodes(run.hash)) {
      const record = await store.episode(run.hash, episode);
      if (record) yield { record, identity, words: actions?.(run) };
    }
  }
}

/**
 * The rows of one episode that belongs to no study, such as a team's trace: the same as `exportTraces` gives, without
 * the columns that say which run of which study it is.
 *
 * @param actions the words of the task's actions, by index; adds the words to the indices
 */
export function traceRows(
  trace: Pick<EpisodeRecord, 'episode' | 'prefix' | 'steps'>,
  { actions, prefixes = false }: { readonly actions?: readonly string[]; readonly prefixes?: boolean } = {},
): Row[] {
  return [...episodeRows(trace, {}, actions, prefixes)];
}

function* episodeRows(
  record: Pick<EpisodeRecord, 'episode' | 'prefix' | 'steps'>,
  identity: Row,
  words: readonly string[] | undefined,
  prefixes: boolean,
): Generator<Row> {
  for (const [step, { agents, reward }] of record.steps.entries()) {
    for (const [agent, trace] of agents.entries()) {
      yield {
        ...identity,
        episode: record.episode,
        step,
        agent,
        ...(prefixes && { prefix: record.prefix }),
        ...agentCells(trace, words),
        reward,
      };
    }
  }
}

function agentCells(trace: AgentTrace, words: readonly string[] | undefined): Row {
  const word = (action: Action | undefined) => wordOf(words, action);
  return {
    prompt: trace.prompt ?? null,
    answer: trace.answer ?? null,
    availableActions: trace.availableActions,
    availableActionWords: words ? trace.availableActions.map(word) : null,
    distribution: trace.distribution ?? null,
    mass: trace.mass ?? null,
    answered: trace.answered ?? null,
    answeredWord: word(trace.answered),
    confidence: trace.confidence ?? null,
    advice: trace.advice ?? null,
    policy: trace.policy ?? null,
    action: typeof trace.action === 'number' ? trace.action : null,
    actionWord: word(trace.action),
    broadcast: trace.broadcast ?? null,
    broadcastWord: word(trace.broadcast),
    message: trace.message ?? null,
    feedback: trace.feedback ?? null,
    privileged: trace.privileged ?? false,
    unparsable: trace.unparsable ?? false,
    unread: trace.unread ?? 0,
    calls: trace.prompt === undefined ? null : (trace.calls ?? 1),
    inputTokens: trace.usage?.inputTokens ?? null,
    outputTokens: trace.usage?.outputTokens ?? null,
    costUsd: trace.usage?.costUsd ?? null,
    sent: trace.sent ?? null,
  };
}

/** An action in words: null where it is not known, and where there is none. */
export function wordOf(words: readonly string[] | undefined, action: Action | undefined): string | null {
  return typeof action === 'string' ? action : action === undefined ? null : (words?.[action] ?? null);
}
