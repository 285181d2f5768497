import type { StudyDefinition } from './definition.ts';
import type { EpisodeSummary, MassCount } from './episode-summary.ts';
import type { JsonObject } from './json.ts';
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

/** A study's name and resolved definition, without its runs. */
export interface StudyHead {
  readonly name: string;
  readonly definition: StudyDefinition;
}

/** The study as it was last started: its resolved definition and all runs of its design. */
export interface StudyRecord extends StudyHead {
  readonly runs: readonly PlannedRun[];
}

/** How a run came out. Token and cost sums are undefined when a provider reported none. */
export interface RunOutcome {
  readonly hash: string;
  readonly status: RunStatus;
  /** Means over the run's episodes that have a score; undefined unless `done`. */
  readonly score?: number;
  readonly return?: number;
  readonly episodes: number;
  /** Joint actions over all episodes. */
  readonly steps: number;
  /** Questions put to the model. */
  readonly decisions: number;
  /** Answers that named no available action; an agent without any answer acted on its advice alone, else at random. */
  readonly unparsable: number;
  /** The team's. */
  readonly usage: Usage;
  /** That of the task's judges, which is the study's and not the team's; absent where nobody was asked to judge. */
  readonly judgeUsage?: Usage;
  /** Absent where no candidate mass is known. */
  readonly mass?: MassCount;
  /** What went wrong, for runs that could not finish. */
  readonly error?: string;
}

/** A run of the design with how it came out, if it has ended. */
export interface RunRow {
  readonly run: PlannedRun;
  readonly outcome?: RunOutcome;
}

/** What a start must know of a run that has ended. */
export type SettledRun = Pick<RunOutcome, 'status' | 'usage' | 'judgeUsage'>;

/** When and how long; kept apart from all that must be equal between two executions. */
export interface EpisodeTiming {
  readonly startedAt: string;
  readonly wallMs: number;
  /**
   * The time in which a question to the agent was under way for which that was longest: how long the episode takes where
   * nothing but its agents takes time and all of them work at once. Absent in episodes of before it was measured.
   */
  readonly slowestMs?: number;
}

/** A stored episode without its trace: when it was played, and what came of it. */
export interface FinishedEpisode extends EpisodeSummary, EpisodeTiming {}
