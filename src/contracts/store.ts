import type { EpisodeRecord } from './episode.ts';
import type { RunPage, RunQuery, StudyProgress } from './run-query.ts';
import type { References } from './score.ts';
import type {
  EpisodeTiming,
  FinishedEpisode,
  RunOutcome,
  RunRow,
  SettledRun,
  StudyHead,
  StudyRecord,
} from './study-record.ts';

/** Tokens and US dollars. */
export interface Spending {
  readonly tokens: number;
  readonly usd: number;
}

/** What a study has cost, and may still come to. */
export interface StudySpending {
  /** As reported: of all episodes of the design's runs, unfinished ones included. */
  readonly used: Spending;
  /** The most that calls have cost whose answers never came, or whose tokens were not reported. */
  readonly lost: Spending;
  /** What workers hold: the most that their unfinished episodes and calls under way can come to. */
  readonly reserved: Spending;
}

/**
 * A study as it is stored, for whoever looks at it, also while it is being played: reading never holds up a writer.
 *
 * @throws StoreError from every method when the storage fails or is damaged
 */
export interface StudyReader {
  /** A number that changes whenever somebody else has written to the study. */
  version(): Promise<number>;
  /** Undefined before the first start has saved its design; so is `study`. */
  head(): Promise<StudyHead | undefined>;
  study(): Promise<StudyRecord | undefined>;
  progress(): Promise<StudyProgress>;
  /** A page of the current design's runs. */
  runs(query: RunQuery): Promise<RunPage>;
  /** All of the current design's runs with their outcomes so far, in the order of the design. */
  outcomes(): AsyncIterable<RunRow>;
  /** What a start must know of earlier ones, by run hash: the runs of any design that have an outcome. */
  settled(): Promise<ReadonlyMap<string, SettledRun>>;
  /** The finished episodes of one run, by episode number. */
  episodes(run: string): Promise<readonly FinishedEpisode[]>;
  episode(run: string, episode: number): Promise<EpisodeRecord | undefined>;
  /** All sums by name, in the order of their names. */
  tallies(): Promise<Readonly<Record<string, number>>>;
  spending(): Promise<StudySpending>;
  /** Calling it again does nothing. */
  close(): Promise<void>;
}

/**
 * The study's memory. What a method has saved is durable when it resolves, and is all or nothing. It must be JSON: a
 * number that is not finite is refused, and -0 reads back as 0.
 *
 * @throws StoreError from every method when the storage fails (full disk, damaged file); what was saved before
 *   stays as it was, and the failed call changed nothing
 */
export interface StudyWriter extends StudyReader {
  /**
   * Replaces the current design; outcomes of runs that are no longer part of it stay. Planned runs of equal
   * content may share a hash, and then share the outcome.
   */
  saveStudy(study: StudyRecord): Promise<void>;
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
  /**
   * Holds `most` of the budget for a worker, in place of what it held; false, and nothing changes, when all that is
   * used, lost and held by others would leave less than that. Atomic over all workers of the study. What a worker
   * holds when it dies counts as lost from then on.
   *
   * @param limits of the study; Infinity where there is none
   */
  reserve(worker: string, most: Spending, limits: Spending): Promise<boolean>;
  /** The worker holds nothing any more; so much of it was lost sight of. */
  settle(worker: string, lost: Spending): Promise<void>;
}
