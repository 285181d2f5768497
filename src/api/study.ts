import { type SlightModel, slightModels } from '../analysis/slight-mass.ts';
import { type UnreadableModel, unreadableModels } from '../analysis/unreadable.ts';
import {
  faultsOf,
  type MassCount,
  type PlannedRun,
  type RunStatus,
  runStatuses,
  type Spending,
  type StudyDefinition,
  type StudyRecord,
  type StudySpending,
  type StudyTask,
  sumMasses,
  sumUsage,
  unfinishedUsage,
  type Usage,
} from '../contracts/index.ts';
import { canonicalJson } from '../core/index.ts';
import {
  currentWriter,
  type ExportTableName,
  exportTables,
  toCsv,
  toJsonl,
  type Writer,
  writeParquet,
} from '../store/index.ts';
import { withStudy } from './with-study.ts';

/** How far a study is, and what went wrong. */
export interface StudyStatus {
  readonly name: string;
  readonly directory: string;
  readonly planned: number;
  readonly statuses: Readonly<Record<RunStatus, number>>;
  readonly decisions: number;
  /** Answers that named no available action. */
  readonly unparsable: number;
  /** Models with cells whose scores are partly chance: more than 5% of their answers could not be read. */
  readonly unreadable: readonly UnreadableModel[];
  /** Models with cells in which the choices were hardly what they would answer (`docs/methods/scoring.md`). */
  readonly slightMass: readonly SlightModel[];
  /** Of finished and of unfinished episodes. */
  readonly usage: Usage;
  /** What tasks' judges used beside that, of runs that have ended; absent where nobody was asked to judge. */
  readonly judgeUsage?: Usage;
  /** The most that was spent on answers that never came, since the process was killed or dropped them. */
  readonly lost: Spending;
  /** Failed attempts to get an answer by model and kind, those that a retry made up for included. */
  readonly faults: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** What the last look at a study that grows until it knows left open; absent for others, and before the first. */
  readonly look?: string;
  /** The process that is running the study now. */
  readonly writer?: Writer;
  /** One line per different error, most frequent first. */
  readonly errors: readonly {
    readonly message: string;
    readonly status: RunStatus;
    readonly count: number;
  }[];
}

export function studyStatus(directory: string): Promise<StudyStatus> {
  return withStudy(directory, async (store, study) => {
    const statuses = Object.fromEntries(runStatuses.map((status) => [status, 0])) as Record<
      RunStatus,
      number
    >;
    const usages: Usage[] = [];
    const judged: Usage[] = [];
    const errors = new Map<string, { message: string; status: RunStatus; count: number }>();
    const seen = new Set<string>();
    let decisions = 0;
    let unparsable = 0;
    const cells = new Map<
      string,
      { model: string; decisions: number; unparsable: number; mass?: MassCount }
    >();
    let planned = 0;
    for await (const { run, outcome } of store.outcomes()) {
      if (seen.has(run.hash)) continue;
      seen.add(run.hash);
      planned++;
      if (!outcome) continue;
      statuses[outcome.status]++;
      usages.push(outcome.usage);
      if (outcome.judgeUsage) judged.push(outcome.judgeUsage);
      decisions += outcome.decisions;
      unparsable += outcome.unparsable;
      const cellName = canonicalJson([run.model, run.strategy, run.task, run.factors]);
      const cell = cells.get(cellName) ?? {
        model: run.model,
        decisions: 0,
        unparsable: 0,
        mass: undefined as MassCount | undefined,
      };
      cell.decisions += outcome.decisions;
      cell.unparsable += outcome.unparsable;
      if (outcome.mass) cell.mass = sumMasses([...(cell.mass ? [cell.mass] : []), outcome.mass]);
      cells.set(cellName, cell);
      if (outcome.error === undefined) continue;
      const known = errors.get(outcome.error) ?? { message: outcome.error, status: outcome.status, count: 0 };
      known.count++;
      errors.set(outcome.error, known);
    }
    const tallies = await store.tallies();
    const writer = currentWriter(directory);
    // Statistics are loaded for studies that are looked at, and for no other.
    const look =
      study.definition.until && (await (await import('../analysis/index.ts')).lastLookOf(study, store));
    return {
      name: study.name,
      directory,
      planned,
      statuses,
      decisions,
      unparsable,
      unreadable: unreadableModels(cells.values()),
      slightMass: slightModels(cells.values()),
      usage: sumUsage([...usages, unfinishedUsage(tallies)]),
      ...(judged.length > 0 && { judgeUsage: sumUsage(judged) }),
      lost: lostSince(await store.spending(), writer !== undefined),
      faults: faultsOf(tallies),
      ...(look !== undefined && { look }),
      writer,
      errors: [...errors.values()].sort((a, b) => b.count - a.count),
    };
  });
}

/** What is held was lost where nobody plays the study any more. */
function lostSince({ lost, reserved }: StudySpending, running: boolean): Spending {
  return running ? lost : { tokens: lost.tokens + reserved.tokens, usd: lost.usd + reserved.usd };
}

export interface ExportRequest {
  /**
   * One row per run; per agent and step, with all that it was told and did; per question that was put to an agent;
   * or per step and measure of its task.
   */
  readonly what: ExportTableName;
  readonly format: 'csv' | 'jsonl';
  readonly timings?: boolean;
}

/** Hands the rows of a study to `write`, line by line. */
export function exportStudy(
  directory: string,
  { what, format, timings }: ExportRequest,
  write: (line: string) => void | Promise<void>,
): Promise<void> {
  return withStudy(directory, async (store, study) => {
    const rows = exportTables[what].rows(store, { timings, actions: actionWords(study) });
    for await (const line of format === 'csv' ? toCsv(rows) : toJsonl(rows)) await write(line);
  });
}

/** Hands the rows of a study to `write` as one Apache Parquet file, piece by piece. */
export function exportStudyAsParquet(
  directory: string,
  { what, timings }: Omit<ExportRequest, 'format'>,
  write: (bytes: Uint8Array) => void | Promise<void>,
): Promise<void> {
  return withStudy(directory, async (store, study) => {
    const { rows, columns } = exportTables[what];
    const options = { timings, actions: actionWords(study) };
    await writeParquet(rows(store, options), columns(study, options), write);
  });
}

/** The task of a run: the one with its label and its levels of the further factors. */
export function describedTask({ factors, tasks }: StudyDefinition, run: PlannedRun): StudyTask | undefined {
  const ofTasks = factors.filter((factor) => factor.target === 'tasks').map((factor) => factor.name);
  return tasks.find(
    (task) => task.label === run.task && ofTasks.every((name) => task.options[name] === run.factors[name]),
  );
}

/** The words of a run's actions. */
function actionWords({ definition }: StudyRecord): (run: PlannedRun) => readonly string[] | undefined {
  return (run) => describedTask(definition, run)?.actions;
}
