import type { Usage } from './model.ts';
import type { RunRow, RunStatus } from './study-record.ts';

/** Which runs a page of a table holds. Absent parts let everything through. */
export interface RunFilter {
  readonly model?: string;
  readonly strategy?: string;
  readonly task?: string;
  readonly seed?: number;
  readonly hash?: string;
  /** A status, `failed` for all that could not finish, or `pending` for those without an outcome. */
  readonly status?: RunStatus | 'failed' | 'pending';
  /** Levels of further factors, as JSON text. */
  readonly factors?: Readonly<Record<string, string>>;
}

export const runOrders = ['design', 'score', 'seed', 'steps', 'tokens', 'cost'] as const;
export type RunOrder = (typeof runOrders)[number];

export interface RunQuery {
  readonly filter: RunFilter;
  readonly order: RunOrder;
  readonly descending: boolean;
  readonly offset: number;
  readonly limit: number;
}

export interface RunPage {
  /** Runs that pass the filter. */
  readonly total: number;
  readonly rows: readonly RunRow[];
}

/** How far a study is. Planned runs of equal content count once. */
export interface StudyProgress {
  readonly planned: number;
  readonly statuses: Readonly<Record<RunStatus, number>>;
  readonly decisions: number;
  readonly unparsable: number;
  readonly usage: Usage;
  /** See `RunOutcome`. */
  readonly judgeUsage?: Usage;
  /** What runs could not finish for, most frequent first, and how many more kinds there are. */
  readonly faults: readonly {
    readonly message: string;
    readonly status: RunStatus;
    readonly count: number;
  }[];
  readonly furtherFaults: number;
  /** The most recently finished episodes: how many, and over how long a time; absent with fewer than two. */
  readonly recent?: { readonly episodes: number; readonly overMs: number; readonly until: string };
}
