import type { EpisodeSummary } from './episode-summary.ts';
import type { EpisodeRecord } from './episode.ts';
import type { JsonObject } from './json.ts';
import type { References } from './score.ts';
import type { Usage } from './model.ts';

/**
 * How a run ended. Everything but `done` is a run that could not finish: `provider-failure` (no answer after
 * all retries), `truncated` (a prompt did not fit, or the episode did not terminate within the study's
 * interactions), `task-error` (the task broke its contract or threw).
 */
export const runStatuses = ['done', 'provider-failure', 'truncated', 'task-error'] as const;
export type RunStatus = (typeof runStatuses)[number];

/** A run of the study's design: what it is, before anything has happened. */
export interface PlannedRun {
  /** Content hash of everything that fixes its result, in hexadecimal. */
  readonly hash: string;
  /** Labels of the factor levels; unique within the study. */
  readonly model: string;
  readonly strategy: string;
  readonly task: string;
  readonly seed: number;
  /** Levels of the study's further factors. */
  readonly factors: JsonObject;
}

/** The study as it was last started: its resolved definition and all runs of its design. */
export interface StudyRecord {
  readonly name: string;
  /** Everything that was resolved, defaults included; model facts and task types too. */
  readonly definition: JsonObject;
  readonly runs: readonly PlannedRun[];
}

/** How a run came out. Token and cost sums are undefined when a provider reported none. */
export interface RunOutcome {
  readonly hash: string;
  readonly status: RunStatus;
  /** Means over the run's episodes; undefined unless `done`. */
  readonly score?: number;
  readonly return?: number;
  readonly episodes: number;
  /** Joint actions over all episodes. */
  readonly steps: number;
  /** Questions put to the model. */
  readonly decisions: number;
  /** Answers that named no available action; an agent without any answer acted on its advice alone, else at random. */
  readonly unparsable: number;
  readonly usage: Usage;
  /** What went wrong, for runs that could not finish. */
  readonly error?: string;
}

export type SettledRun = Pick<RunOutcome, 'status' | 'usage'>;

/** When and how long; kept apart from all that must be equal between two executions. */
export interface EpisodeTiming {
  readonly startedAt: string;
  readonly wallMs: number;
}

/**
 * The study's memory. A finished episode is durable when `saveEpisode` resolves. What is saved must be JSON:
 * a number that is not finite is refused, and -0 reads back as 0.
 *
 * @throws StoreError from every method when the storage fails (full disk, damaged file); what was saved before
 *   stays as it was, and the failed call changed nothing
 */
export interface StudyStore {
  /**
   * Replaces the current design; outcomes of runs that are no longer part of it stay. Planned runs of equal
   * content may share a hash, and then share the outcome.
   */
  saveStudy(study: StudyRecord): Promise<void>;
  study(): Promise<StudyRecord | undefined>;
  /** References of an instance by its content key, computed once. */
  references(key: string): Promise<References | undefined>;
  saveReferences(key: string, references: References): Promise<void>;
  /**
   * One transaction: the episode with its trace, and the run's outcome if this was its last episode.
   * @throws StoreError when that episode is already stored: a finished episode is never run twice
   */
  saveEpisode(episode: EpisodeRecord, timing: EpisodeTiming, outcome?: RunOutcome): Promise<void>;
  /** Records a run that could not finish; a later outcome of the same run replaces it. */
  saveOutcome(outcome: RunOutcome): Promise<void>;
  /** Adds to sums that belong to no run, such as what unfinished episodes spent; a new name begins at 0. */
  addTallies(amounts: Readonly<Record<string, number>>): Promise<void>;
  /** All sums by name, in the order of their names. */
  tallies(): Promise<Readonly<Record<string, number>>>;
  /** What a start must know of earlier ones, by run hash: the runs of any design that have an outcome. */
  settled(): Promise<Map<string, SettledRun>>;
  /** The finished episodes of one run, without traces, by episode number. */
  finishedEpisodes(run: string): Promise<readonly EpisodeSummary[]>;
  /** The current design's runs with their outcomes so far, in the order of the design. */
  outcomes(): AsyncIterable<{ readonly run: PlannedRun; readonly outcome?: RunOutcome }>;
  episode(run: string, episode: number): Promise<EpisodeRecord | undefined>;
  /** When the finished episodes of one run were executed and how long they took, by episode number. */
  timings(run: string): Promise<readonly (EpisodeTiming & { readonly episode: number })[]>;
  close(): Promise<void>;
}
