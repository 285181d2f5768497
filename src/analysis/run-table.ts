import { InputError } from '../core/index.ts';

/** What is known of a model; unknown facts are undefined. */
export interface ModelSize {
  readonly totalParameters?: number;
  readonly activeParameters?: number;
  readonly architecture?: string;
}

/** What a run used; what is not known is undefined. */
export interface RunUsage {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly costUsd?: number;
  /** Of the task's judges, which are no part of the team's: input and output tokens, and dollars. */
  readonly judgeTokens?: number;
  readonly judgeCostUsd?: number;
}

/** How many of a run's decisions were asked for, and how many answers could not be read. */
export interface RunAnswers {
  readonly decisions: number;
  readonly unreadable: number;
}

/** One row per run, column by column: what every analysis reads, wherever it came from. */
export interface RunTable {
  /** What the response is called. */
  readonly responseName: string;
  /** The response per row; `null` where the run has none. */
  readonly response: readonly (number | null)[];
  /** Per row `done`, or the kind of failure that left it without a response. */
  readonly status: readonly string[];
  /** Labels per row, by column name: the factors and whatever makes the blocks. */
  readonly columns: Readonly<Record<string, readonly string[]>>;
  /** What each row used, where it is known. */
  readonly usage?: readonly (RunUsage | undefined)[];
  /** How readable each row's answers were, where it is known. */
  readonly answers?: readonly (RunAnswers | undefined)[];
  /** By model label. */
  readonly models: Readonly<Record<string, ModelSize>>;
}

/** Some of the rows. */
export function rowsWhere(table: RunTable, keep: (row: number) => boolean): RunTable {
  const rows = table.status.flatMap((_, row) => (keep(row) ? [row] : []));
  const pick = <T>(values: readonly T[]) => rows.map((row) => values[row]);
  return {
    ...table,
    response: pick(table.response),
    status: pick(table.status),
    columns: Object.fromEntries(Object.entries(table.columns).map(([own, values]) => [own, pick(values)])),
    ...(table.usage && { usage: pick(table.usage) }),
    ...(table.answers && { answers: pick(table.answers) }),
  };
}

/** A column by name. @throws InputError naming the columns there are */
export function column(table: RunTable, name: string): readonly string[] {
  const values = Object.hasOwn(table.columns, name) ? table.columns[name] : undefined;
  if (!values) {
    throw new InputError(
      `There is no column "${name}". The table has ${Object.keys(table.columns).join(', ')}.`,
    );
  }
  return values;
}

/** The levels of a column: numbers by size, anything else in order of appearance. */
export function levelsOf(values: readonly string[]): string[] {
  const levels = [...new Set(values)];
  const numeric = levels.every((level) => level.trim() !== '' && Number.isFinite(Number(level)));
  return numeric ? levels.sort((a, b) => Number(a) - Number(b)) : levels;
}
