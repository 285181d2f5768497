import type { Json, PlannedRun, RunOutcome, StudyReader, StudyRecord } from '../../contracts/index.ts';
import type { Cell, Row } from './row.ts';

export interface ExportRunsOptions {
  /** Adds `startedAt`, `wallMs` and `slowestMs`, which differ between two executions of the same study. */
  readonly timings?: boolean;
}

/**
 * The design's runs, one row each, in the order of the design. A run that has not ended has the status null; a
 * further factor `x` is the column `factor.x`.
 */
export async function* exportRuns(store: StudyReader, options: ExportRunsOptions = {}): AsyncGenerator<Row> {
  const study = await store.study();
  const factors = factorNames(study?.runs ?? []);
  const judged = isJudged(study);
  for await (const { run, outcome } of store.outcomes()) {
    yield {
      ...runCells(run, factors),
      status: outcome?.status ?? null,
      score: outcome?.score ?? null,
      return: outcome?.return ?? null,
      episodes: outcome?.episodes ?? null,
      steps: outcome?.steps ?? null,
      decisions: outcome?.decisions ?? null,
      unparsable: outcome?.unparsable ?? null,
      masses: outcome?.mass?.known ?? null,
      slightMasses: outcome?.mass?.slight ?? null,
      inputTokens: outcome?.usage.inputTokens ?? null,
      outputTokens: outcome?.usage.outputTokens ?? null,
      costUsd: outcome?.usage.costUsd ?? null,
      ...(judged && judgeCells(outcome)),
      error: outcome?.error ?? null,
      ...(options.timings && (await timingCells(store, run.hash))),
    };
  }
}

/** Whether a study names judges: only then are there columns for what they cost. */
export function isJudged(study: Pick<StudyRecord, 'definition'> | undefined): boolean {
  return (study?.definition.judges ?? []).length > 0;
}

function judgeCells(outcome: RunOutcome | undefined): Row {
  const { inputTokens, outputTokens, costUsd } = outcome?.judgeUsage ?? {};
  return {
    judgeInputTokens: inputTokens ?? null,
    judgeOutputTokens: outputTokens ?? null,
    judgeCostUsd: costUsd ?? null,
  };
}

/** Names of the further factors of all runs, each once, in order of appearance. */
export function factorNames(runs: readonly PlannedRun[]): readonly string[] {
  return [...new Set(runs.flatMap((run) => Object.keys(run.factors)))];
}

/** What identifies a run. */
export function runCells(run: PlannedRun, factors: readonly string[]): Row {
  const { hash, model, strategy, task, seed } = run;
  const levels = factors.map((name) => [`factor.${name}`, levelCell(run.factors[name])] as const);
  return { run: hash, model, strategy, task, seed, ...Object.fromEntries(levels) };
}

function levelCell(level: Json | undefined): Cell {
  if (level === undefined || level === null) return null;
  return typeof level === 'object' ? JSON.stringify(level) : level;
}

async function timingCells(store: StudyReader, run: string): Promise<Row> {
  const timings = await store.episodes(run);
  return {
    startedAt: timings.map((timing) => timing.startedAt).sort()[0] ?? null,
    wallMs: timings.length === 0 ? null : timings.reduce((sum, timing) => sum + timing.wallMs, 0),
    slowestMs:
      timings.some(({ slowestMs }) => slowestMs === undefined) || timings.length === 0
        ? null
        : timings.reduce((sum, { slowestMs = 0 }) => sum + slowestMs, 0),
  };
}
