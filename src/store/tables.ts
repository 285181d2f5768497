import type { Generated } from 'kysely';

/** The tables as the latest migration leaves them. Text that may hold any character is stored as JSON. */
export interface Tables {
  study: StudyTable;
  planned_run: PlannedRunTable;
  outcome: OutcomeTable;
  episode: EpisodeTable;
  timing: TimingTable;
  prefix: PrefixTable;
  reference: ReferenceTable;
  tally: TallyTable;
  spending: SpendingTable;
  judged_outcome: JudgedOutcomeTable;
  judged_episode: JudgedEpisodeTable;
  episode_result: EpisodeResultTable;
  mass_outcome: MassColumns & { hash: string };
  mass_episode: MassColumns & { episode_id: number };
  conduct_episode: ConductTable;
  slowest: { episode_id: number; ms: number };
}

/** One row: the study as it was last started. */
export interface StudyTable {
  id: number;
  name: string;
  definition: string;
  /** Content hash of the planned runs, so that an unchanged design is not written again. */
  design_hash: string;
}

/** The current design, in its order. */
export interface PlannedRunTable {
  position: number;
  hash: string;
  model: string;
  strategy: string;
  task: string;
  seed: number;
  factors: string;
}

export interface OutcomeTable {
  hash: string;
  status: string;
  score: number | null;
  return: number | null;
  episodes: number;
  steps: number;
  decisions: number;
  unparsable: number;
  input_tokens: number | null;
  output_tokens: number | null;
  cost_usd: number | null;
  error: string | null;
}

export interface EpisodeTable {
  id: Generated<number>;
  run: string;
  episode: number;
  score: number;
  return: number;
  oracle: number;
  random: number;
  random_standard_error: number;
  steps: number;
  decisions: number;
  unparsable: number;
  input_tokens: number | null;
  output_tokens: number | null;
  cost_usd: number | null;
  prefix_id: number;
  instance: string;
  /** The steps as `trace-codec.ts` writes them. */
  trace: Uint8Array;
}

/** Kept apart: equal executions differ in nothing else. */
export interface TimingTable {
  episode_id: number;
  started_at: string;
  wall_ms: number;
}

/** Prompt prefixes, stored once. */
export interface PrefixTable {
  id: Generated<number>;
  hash: string;
  text: string;
}

export interface ReferenceTable {
  key: string;
  oracle: number;
  random: number;
  random_standard_error: number;
}

/** Sums that belong to no run. */
export interface TallyTable {
  name: string;
  amount: number;
}

/** What judges used, of the runs and episodes in which some were asked: kept apart from the team's. */
export interface JudgedOutcomeTable extends UsageColumns {
  hash: string;
}

export interface JudgedEpisodeTable extends UsageColumns {
  episode_id: number;
}

/** What else came of an episode, of those with a named instance, with measures, or whose agents answered again. JSON. */
export interface EpisodeResultTable {
  episode_id: number;
  item: string | null;
  measures: string | null;
  opinions: string | null;
}

/** Things that nobody judged and steps that were short, of episodes that had some. */
export interface ConductTable {
  episode_id: number;
  not_judged: number;
  short: number;
}

/** Candidate masses, of the runs and episodes in which some are known. */
export interface MassColumns {
  known: number;
  slight: number;
}

/** What is not reported is NULL. */
export interface UsageColumns {
  input_tokens: number | null;
  output_tokens: number | null;
  cost_usd: number | null;
}

/** What each worker holds of the budget, and what it has lost sight of. */
export interface SpendingTable {
  worker: string;
  reserved_tokens: number;
  reserved_usd: number;
  lost_tokens: number;
  lost_usd: number;
}
