import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  type AnalysisResults,
  analyzeStudy,
  analyzeCells,
  type PlanOptions,
  type ScoreTable,
  scoreTable,
  type StudyMeasures,
  studyMeasures,
  tableCells,
  type TableAnalysisRequest,
} from '../analysis/index.ts';
import type { PlannedRun, RunOutcome, StudyRecord, StudyReader } from '../contracts/index.ts';
import { InputError, sha256, writeWhole, reasonOf } from '../core/index.ts';
import { firstLook, lookedBefore, noteVerdictSeen, scoresOf } from './verdict-seen.ts';
import { version } from './version.ts';
import { withStudy } from './with-study.ts';

export const analysisName = 'analysis.json';

/** Goes up when an analysis says more, or otherwise, of the same scores: what was kept from before is computed anew. */
const analysisRevision = 3;

/** What a study's scores say. */
export interface StudyAnalysis {
  /** Hash of all that it rests on: design, outcomes, settings of the analysis and version. */
  readonly inputs: string;
  readonly name: string;
  readonly scores: ScoreTable;
  /** Tests, contrasts, effects and diagnostics with the plan they follow; absent when nothing can be compared. */
  readonly results?: AnalysisResults;
  /** What tasks measured beside the score, and what the monitors say; absent where nobody measured anything. */
  readonly measures?: StudyMeasures;
  /** Why there are no results. */
  readonly nothingToTest?: string;
  /** What to know of verdicts on a study that has grown since its verdict was first seen; absent for others. */
  readonly looked?: string;
}

/**
 * Analyses a study by the plan that its design implies, and keeps plan and results as `analysis.json` in its
 * folder. A study in which nothing can be compared yet still has its table of scores.
 */
export async function analyzeStudyFolder(
  directory: string,
  options: PlanOptions = {},
): Promise<StudyAnalysis> {
  return withStudy(directory, (store, study) => currentAnalysis(directory, store, study, options));
}

/**
 * The analysis of a study as it is now: from `analysis.json` when nothing that it rests on has changed, else
 * computed and kept there.
 */
export async function currentAnalysis(
  directory: string,
  store: StudyReader,
  study: StudyRecord,
  options: PlanOptions = {},
): Promise<StudyAnalysis> {
  const file = path.join(directory, analysisName);
  const rows: OutcomeRow[] = [];
  for await (const row of store.outcomes()) rows.push(row);
  const { until } = study.definition;
  const now = { ...scoresOf(rows), ...(until && { looks: until.looks }) };
  const looked = lookedBefore(firstLook(directory), now);
  const inputs = inputsHash(study, rows, options, looked);
  const kept = keptAnalysis(file);
  if (kept?.inputs === inputs) return kept;
  const outcomes = () => iterate(rows);
  const scores = await scoreTable(outcomes());
  const measures = await measuresOf(store, study);
  const analysis = {
    inputs,
    name: study.name,
    scores,
    ...(await resultsOrReason(study, outcomes(), options)),
    ...(measures.cells.length > 0 && { measures }),
    ...(looked !== undefined && { looked }),
  };
  noteVerdictSeen(directory, analysis.results, now);
  writeWhole(file, `${JSON.stringify(analysis, null, 2)}\n`);
  return analysis;
}

/** The scores without any test, and why. Nothing is kept. */
export async function scoresAlone(
  store: StudyReader,
  { name }: StudyRecord,
  why: string,
): Promise<StudyAnalysis> {
  return { inputs: 'not analysed', name, scores: await scoreTable(store.outcomes()), nothingToTest: why };
}

/** Measures of finished episodes; what agents' texts are worth is tried where a task measures anything. */
async function measuresOf(store: StudyReader, study: StudyRecord): Promise<StudyMeasures> {
  const { definition, runs } = study;
  const played = async function* () {
    for (const run of runs) yield { run, episodes: await store.episodes(run.hash) };
  };
  if (definition.tasks.every(({ measures }) => !measures)) return studyMeasures(definition, played());
  const { textContributions } = await import('./contributions.ts');
  const { builtInCatalogue } = await import('./catalogue.ts');
  return studyMeasures(definition, played(), await textContributions(store, study, builtInCatalogue));
}

type OutcomeRow = { readonly run: PlannedRun; readonly outcome?: RunOutcome };

async function* iterate(rows: readonly OutcomeRow[]): AsyncGenerator<OutcomeRow> {
  yield* rows;
}

async function resultsOrReason(
  study: StudyRecord,
  outcomes: AsyncIterable<OutcomeRow>,
  options: PlanOptions,
): Promise<Pick<StudyAnalysis, 'results' | 'nothingToTest'>> {
  try {
    return { results: await analyzeStudy(study, outcomes, options) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { nothingToTest: error.message };
  }
}

function inputsHash(
  { name, definition }: StudyRecord,
  rows: readonly OutcomeRow[],
  options: PlanOptions,
  looked: string | undefined,
): string {
  const outcomes = rows.map(({ run, outcome }) => [run.hash, run.seed, outcome ?? null]);
  return sha256(JSON.stringify([version, analysisRevision, name, definition, options, outcomes, looked]));
}

/** What an earlier analysis left; a file that cannot be read counts as none. */
function keptAnalysis(file: string): StudyAnalysis | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as StudyAnalysis;
  } catch {
    return undefined;
  }
}

/**
 * Analyses anybody's table: separated values, or JSON, JSON Lines or Parquet where the file's name ends in .json,
 * .jsonl or .parquet. @throws InputError naming column, row and remedy
 */
export function analyzeFile(file: string, request: TableAnalysisRequest): AnalysisResults {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new InputError(`The table cannot be read (${reasonOf(error)}).`, {
      file,
    });
  }
  return analyzeCells(tableCells(bytes, file), file, request);
}
