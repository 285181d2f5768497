import type { EpisodeSummary } from './episode-summary.ts';
import type { JsonObject } from './json.ts';
import type { EpisodeRecord } from './episode.ts';
import type { EpisodeTiming, PlannedRun, RunOutcome, RunStatus } from './store.ts';
import type { Usage } from './model.ts';

/** Which runs a page of a table holds. Absent parts let everything through. */
export interface RunFilter {
  readonly model?: string;
  readonly strategy?: string;
  readonly task?: string;
  readonly seed?: number;
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

export interface RunRow {
  readonly run: PlannedRun;
  readonly outcome?: RunOutcome;
}

export interface RunPage {
  /** Runs that pass the filter. */
  readonly total: number;
  readonly rows: readonly RunRow[];
}

/** A study's name and resolved definition, without its runs. */
export interface StudyHead {
  readonly name: string;
  readonly definition: JsonObject;
}

/** How far a study is. Planned runs of equal content count once. */
export interface StudyProgress {
  readonly planned: number;
  readonly statuses: Readonly<Record<RunStatus, number>>;
  readonly decisions: number;
  readonly unparsable: number;
  readonly usage: Usage;
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

/**
 * A study as people look at it while it runs: questions that are answered without reading all of it. Reading
 * never holds up the writer.
 *
 * @throws StoreError from every method when the file cannot be read
 */
export interface StudyBrowser {
  /** A number that changes whenever another process has written to the study. */
  version(): number;
  head(): StudyHead | undefined;
  progress(): StudyProgress;
  runs(query: RunQuery): RunPage;
  /** All runs with their outcomes, in the order of the design: for tables over the whole study. */
  outcomes(): AsyncIterable<RunRow>;
  /** The run of that hash, the first one where runs of equal content have several labels. */
  run(hash: string): RunRow | undefined;
  episodes(run: string): readonly EpisodeSummary[];
  episode(run: string, episode: number): EpisodeRecord | undefined;
  timings(run: string): readonly (EpisodeTiming & { readonly episode: number })[];
  close(): void;
}
