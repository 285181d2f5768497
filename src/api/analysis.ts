import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  type AnalysisResults,
  analyzeStudy,
  analyzeTable,
  type PlanOptions,
  type ScoreTable,
  scoreTable,
  type TableAnalysisRequest,
} from '../analysis/index.ts';
import { InputError } from '../core/index.ts';
import { withStudy } from './study.ts';

export const analysisName = 'analysis.json';

/** What a study's scores say. */
export interface StudyAnalysis {
  readonly name: string;
  readonly scores: ScoreTable;
  /** Tests, contrasts, effects and diagnostics with the plan they follow; absent when nothing can be compared. */
  readonly results?: AnalysisResults;
  /** Why there are no results. */
  readonly nothingToTest?: string;
}

/**
 * Analyses a study by the plan that its design implies, and keeps plan and results as `analysis.json` in its
 * folder. A study in which nothing can be compared yet still has its table of scores.
 */
export async function analyzeStudyFolder(
  directory: string,
  options: PlanOptions = {},
): Promise<StudyAnalysis> {
  const analysis = await withStudy(directory, async (store, study): Promise<StudyAnalysis> => {
    const { name } = study;
    const scores = await scoreTable(store.outcomes());
    try {
      return { name, scores, results: await analyzeStudy(study, store.outcomes(), options) };
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return { name, scores, nothingToTest: error.message };
    }
  });
  writeFileSync(path.join(directory, analysisName), `${JSON.stringify(analysis, null, 2)}\n`);
  return analysis;
}

/** Analyses anybody's table of comma-separated values. @throws InputError naming column, row and remedy */
export function analyzeFile(file: string, request: TableAnalysisRequest): AnalysisResults {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new InputError(
      `The table cannot be read (${error instanceof Error ? error.message : String(error)}).`,
      {
        file,
      },
    );
  }
  return analyzeTable(text, file, request);
}
