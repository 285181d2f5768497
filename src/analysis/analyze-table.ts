import type { PlannedRun, RunOutcome, StudyRecord } from '../contracts/index.ts';
import { analyze } from './analyze.ts';
import { runTableOf } from './csv-table.ts';
import { describeTable } from './description.ts';
import { describeStudy, studyTable } from './study-description.ts';
import { planAnalysis, type PlanOptions } from './plan.ts';
import type { AnalysisResults } from './results.ts';
import { separatedCells, type TableCells } from './table-cells.ts';
import { longTable, rowColumn, type WideColumns } from './wide-table.ts';

export interface TableAnalysisRequest extends PlanOptions {
  readonly response: string;
  readonly factors: readonly string[];
  /** Columns that together name a block; empty or absent for a table without blocks. */
  readonly block?: readonly string[];
  readonly baselines?: readonly string[];
  /** Factor whose levels are compared; default: the one that has the baseline, else the first. */
  readonly compared?: string;
  /** Factor that holds language models; default `model`. */
  readonly model?: string;
  /** Column that says how a run ended; default `status` if there is one. */
  readonly status?: string;
  /** Of a table with one column per level; its rows are the blocks unless `block` names others. */
  readonly wide?: WideColumns;
}

/**
 * Analyses anybody's comma-separated table.
 *
 * @param text the file's content
 * @param file its name, for messages
 * @throws InputError, naming the column, row and remedy, when it cannot be analysed
 * @example
 * analyzeTable(readFileSync('data.csv', 'utf8'), 'data.csv', {
 *   response: 'score', factors: ['strategy', 'model', 'task'], block: ['task', 'seed'], baselines: ['none'],
 * });
 */
export function analyzeTable(text: string, file: string, request: TableAnalysisRequest): AnalysisResults {
  return analyzeCells(separatedCells(text, file), file, request);
}

/** The same for a table that is read already, whatever kind of file it was in. */
export function analyzeCells(cells: TableCells, file: string, asked: TableAnalysisRequest): AnalysisResults {
  const { wide } = asked;
  const request = wide ? widened(asked, wide) : asked;
  const long = wide ? longTable(cells, wide, request.response, file) : cells;
  const table = runTableOf(long, file, request);
  const { factors, block, baselines = [] } = request;
  const holdsBaseline = factors.find(
    (name) => baselines.length > 0 && table.columns[name].includes(baselines[0]),
  );
  const description = describeTable(table, {
    factors,
    block,
    baselines,
    comparedFactor: request.compared ?? holdsBaseline ?? factors[0],
    modelFactor: request.model,
  });
  return analyze(planAnalysis(description, request), table);
}

/** The factor that columns are levels of comes first; a row is a block of all the others. */
function widened(request: TableAnalysisRequest, { factor }: WideColumns): TableAnalysisRequest {
  const others = request.factors.filter((name) => name !== factor);
  return {
    ...request,
    factors: [factor, ...others],
    block: request.block ?? [...others, rowColumn],
    compared: factor,
  };
}

/** Analyses a study from its stored design and outcomes. */
export async function analyzeStudy(
  study: StudyRecord,
  outcomes: AsyncIterable<{ readonly run: PlannedRun; readonly outcome?: RunOutcome }>,
  options: PlanOptions = {},
): Promise<AnalysisResults> {
  const plan = planAnalysis(describeStudy(study), options);
  return analyze(plan, await studyTable(study, outcomes));
}
