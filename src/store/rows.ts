import type {
  EpisodeSummary,
  MassCount,
  Opinions,
  References,
  RunOutcome,
  RunStatus,
  SettledRun,
  Usage,
} from '../contracts/index.ts';
import type {
  ConductTable,
  EpisodeResultTable,
  OutcomeTable,
  ReferenceTable,
  UsageColumns,
} from './tables.ts';
import { requireFinite, strictJson } from './trace-codec.ts';

/** Between rows of the database and values of the contract; absent values are NULL there and absent here. */
export function toUsageColumns(usage: Usage): UsageColumns {
  return {
    input_tokens: usage.inputTokens ?? null,
    output_tokens: usage.outputTokens ?? null,
    cost_usd: usage.costUsd ?? null,
  };
}

export function fromUsageColumns(row: UsageColumns): Usage {
  return {
    ...(row.input_tokens !== null && { inputTokens: row.input_tokens }),
    ...(row.output_tokens !== null && { outputTokens: row.output_tokens }),
    ...(row.cost_usd !== null && { costUsd: row.cost_usd }),
  };
}

/** What judges used, as queries name it beside what the team used. */
export interface JudgeColumns {
  /** NULL where nobody was asked to judge. */
  judged: string | number | null;
  judge_input_tokens: number | null;
  judge_output_tokens: number | null;
  judge_cost_usd: number | null;
}

export function fromJudgeColumns(row: JudgeColumns): { readonly judgeUsage?: Usage } {
  if (row.judged === null) return {};
  const { judge_input_tokens: input_tokens, judge_output_tokens: output_tokens } = row;
  return { judgeUsage: fromUsageColumns({ input_tokens, output_tokens, cost_usd: row.judge_cost_usd }) };
}

/** Candidate masses as queries name them; NULL where none is known. */
export interface NamedMassColumns {
  known_masses: number | null;
  slight_masses: number | null;
}

export function fromMassColumns(row: NamedMassColumns): { readonly mass?: MassCount } {
  const { known_masses: known, slight_masses: slight } = row;
  return known === null || slight === null ? {} : { mass: { known, slight } };
}

/** What queries say of how an episode went; NULL where nothing was kept. */
export interface NamedConductColumns {
  not_judged: number | null;
  short: number | null;
}

/** Undefined where there is nothing to keep. */
export function toConductColumns({
  notJudged = 0,
  short = 0,
}: Pick<EpisodeSummary, 'notJudged' | 'short'>): Omit<ConductTable, 'episode_id'> | undefined {
  return notJudged === 0 && short === 0 ? undefined : { not_judged: notJudged, short };
}

/** What was not judged has no score, whatever its column holds. */
export function fromConductColumns(
  row: NamedConductColumns & { readonly score: number },
): Pick<EpisodeSummary, 'score' | 'notJudged' | 'short'> {
  const { score, not_judged: notJudged, short } = row;
  return {
    ...(notJudged ? { notJudged } : { score }),
    ...(short ? { short } : {}),
  };
}

type EpisodeResult = Pick<EpisodeSummary, 'item' | 'measures' | 'opinions'>;

/** Undefined where there is nothing to keep. */
export function toResultColumns({
  item,
  measures,
  opinions,
}: EpisodeResult): Omit<EpisodeResultTable, 'episode_id'> | undefined {
  if (item === undefined && !measures && !opinions) return undefined;
  const json = (value: EpisodeResult[keyof EpisodeResult]) =>
    value === undefined ? null : strictJson(value, 'what came of an episode');
  return { item: json(item), measures: json(measures), opinions: json(opinions) };
}

export function fromResultColumns(row: Omit<EpisodeResultTable, 'episode_id'>): EpisodeResult {
  const { item, measures, opinions } = row;
  return {
    ...(item !== null && { item: JSON.parse(item) as string }),
    ...(measures !== null && { measures: JSON.parse(measures) as Record<string, number> }),
    ...(opinions !== null && { opinions: JSON.parse(opinions) as Opinions }),
  };
}

export function toOutcomeRow(outcome: RunOutcome): OutcomeTable {
  const { hash, status, episodes, steps, decisions, unparsable } = outcome;
  return {
    hash,
    status,
    score: outcome.score ?? null,
    return: outcome.return ?? null,
    episodes,
    steps,
    decisions,
    unparsable,
    ...toUsageColumns(outcome.usage),
    error: outcome.error === undefined ? null : JSON.stringify(outcome.error),
  };
}

export function fromOutcomeRow(row: OutcomeTable & JudgeColumns & NamedMassColumns): RunOutcome {
  const { hash, episodes, steps, decisions, unparsable } = row;
  return {
    hash,
    status: row.status as RunStatus,
    ...(row.score !== null && { score: row.score }),
    ...(row.return !== null && { return: row.return }),
    episodes,
    steps,
    decisions,
    unparsable,
    usage: fromUsageColumns(row),
    ...fromJudgeColumns(row),
    ...fromMassColumns(row),
    ...(row.error !== null && { error: JSON.parse(row.error) as string }),
  };
}

export function toSettledRun(row: Pick<OutcomeTable, 'status'> & UsageColumns & JudgeColumns): SettledRun {
  return { status: row.status as RunStatus, usage: fromUsageColumns(row), ...fromJudgeColumns(row) };
}

export function fromReferenceRow(row: Omit<ReferenceTable, 'key'>): References {
  return { high: row.oracle, low: row.random, lowStandardError: row.random_standard_error };
}

export function toReferenceColumns(references: References) {
  const { high: oracle, low: random, lowStandardError: randomStandardError } = references;
  for (const value of [oracle, random, randomStandardError]) requireFinite(value, 'references');
  return { oracle, random, random_standard_error: randomStandardError };
}
