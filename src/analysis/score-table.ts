import {
  type Json,
  type JsonObject,
  type MassCount,
  type PlannedRun,
  type RunOutcome,
  type RunStatus,
  runStatuses,
  sumMasses,
} from '../contracts/index.ts';
import { massNote } from './slight-mass.ts';
import { unreadableNote } from './unreadable.ts';
import { canonicalJson } from '../core/index.ts';
import { scoreInterval } from '../stats/score-interval.ts';

/** The scores of one cell: one model, strategy, task and combination of further factors. */
export interface ScoreCell {
  readonly model: string;
  readonly strategy: string;
  readonly task: string;
  readonly factors: JsonObject;
  /** Runs with a score; the mean and its interval rest on these. */
  readonly n: number;
  /** 0 is random play, 1 the oracle, or the bounds that the task declares. Undefined when no run has a score. */
  readonly mean?: number;
  /** 95% interval over seeds (`scoreInterval`); undefined with fewer than two scores. */
  readonly low?: number;
  readonly high?: number;
  /** Runs planned. */
  readonly planned: number;
  /** Runs that could not finish, by kind. */
  readonly missing: Partial<Record<Exclude<RunStatus, 'done'>, number>>;
  /** Answers that named no available action, of all decisions. */
  readonly unparsable: number;
  readonly decisions: number;
  /** Absent where no candidate mass is known. */
  readonly mass?: MassCount;
}

export interface ScoreTable {
  readonly tasks: readonly string[];
  /** In the order of the design, tasks varying fastest. */
  readonly cells: readonly ScoreCell[];
}

/**
 * Mean score of every cell with a 95% interval over its seeds. Runs that could not finish have no
 * score; they are counted, never taken as 0.
 */
export async function scoreTable(
  outcomes: AsyncIterable<{ readonly run: PlannedRun; readonly outcome?: RunOutcome }>,
): Promise<ScoreTable> {
  const groups = new Map<string, { run: PlannedRun; planned: number; outcomes: RunOutcome[] }>();
  const tasks = new Set<string>();
  for await (const { run, outcome } of outcomes) {
    tasks.add(run.task);
    const key = canonicalJson([run.model, run.strategy, run.factors, run.task]);
    const group = groups.get(key) ?? { run, planned: 0, outcomes: [] };
    groups.set(key, group);
    group.planned++;
    if (outcome) group.outcomes.push(outcome);
  }
  const order = [...tasks];
  const cells = [...groups.values()].map(({ run, planned, outcomes: own }): ScoreCell => {
    const scores = own.flatMap((outcome) => (outcome.score === undefined ? [] : [outcome.score]));
    const masses = own.flatMap(({ mass = [] }) => mass);
    const failed = runStatuses.filter((status) => status !== 'done');
    return {
      model: run.model,
      strategy: run.strategy,
      task: run.task,
      factors: run.factors,
      n: scores.length,
      ...interval(scores),
      planned,
      missing: Object.fromEntries(
        failed
          .map((status) => [status, own.filter((outcome) => outcome.status === status).length] as const)
          .filter(([, count]) => count > 0),
      ),
      unparsable: own.reduce((sum, outcome) => sum + outcome.unparsable, 0),
      decisions: own.reduce((sum, outcome) => sum + outcome.decisions, 0),
      ...(masses.length > 0 && { mass: sumMasses(masses) }),
    };
  });
  return { tasks: order, cells };
}

function interval(scores: readonly number[]): Pick<ScoreCell, 'mean' | 'low' | 'high'> {
  if (scores.length === 0) return {};
  const { estimate, low, high } = scoreInterval(scores);
  return { mean: estimate, ...(low !== null && high !== null && { low, high }) };
}

/** One row of the table as people read it: everything but the task, and one cell per task. */
export interface ScoreRow {
  readonly labels: readonly string[];
  readonly cells: readonly (ScoreCell | undefined)[];
}

/**
 * The table as rows of strategies (by model and further factors where these vary) and columns of tasks.
 */
export function scoreRows(table: ScoreTable): {
  readonly header: readonly string[];
  readonly rows: readonly ScoreRow[];
} {
  const factorNames = [...new Set(table.cells.flatMap((cell) => Object.keys(cell.factors)))];
  const rows = new Map<string, ScoreCell[]>();
  for (const cell of table.cells) {
    const key = canonicalJson([cell.model, cell.strategy, cell.factors]);
    rows.set(key, [...(rows.get(key) ?? []), cell]);
  }
  return {
    header: ['model', 'strategy', ...factorNames, ...table.tasks],
    rows: [...rows.values()].map((cells) => ({
      labels: [
        cells[0].model,
        cells[0].strategy,
        ...factorNames.map((name) => levelText(cells[0].factors[name])),
      ],
      cells: table.tasks.map((task) => cells.find((cell) => cell.task === task)),
    })),
  };
}

/** A level of a further factor as people write it. */
function levelText(level: Json | undefined): string {
  return typeof level === 'string' ? level : JSON.stringify(level);
}

/** What makes a cell's score doubtful. */
export function cellNotes(cell: ScoreCell): string[] {
  return [unreadableNote(cell), massNote(cell)].filter((words) => words !== undefined);
}

/** "0.62 [0.55, 0.68]", with what is missing said beside it. */
export function scoreText(cell: ScoreCell | undefined): string {
  if (!cell) return '';
  const failed = Object.values(cell.missing).reduce((sum, count) => sum + count, 0);
  const settled = cell.n + failed;
  const notes = [
    ...(settled < cell.planned ? [`${settled} of ${cell.planned} runs so far`] : []),
    ...(failed > 0 ? [`${failed} could not finish`] : []),
    ...cellNotes(cell),
  ];
  const note = notes.length > 0 ? ` (${notes.join(', ')})` : '';
  if (cell.mean === undefined) return `not estimable${note}`;
  const range =
    cell.low === undefined || cell.high === undefined ? '' : ` [${fixed(cell.low)}, ${fixed(cell.high)}]`;
  return `${fixed(cell.mean)}${range}${note}`;
}

function fixed(x: number): string {
  const text = x.toFixed(2);
  return text === '-0.00' ? '0.00' : text;
}

/** The table for a terminal, columns aligned. */
export function scoreTableText(table: ScoreTable): string {
  const { header, rows } = scoreRows(table);
  const lines = [header, ...rows.map((row) => [...row.labels, ...row.cells.map(scoreText)])];
  const widths = header.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines
    .map((line) =>
      line
        .map((text, column) => text.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
