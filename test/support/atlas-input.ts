import { analyzeStudy, scoreTable } from '../../src/analysis/index.ts';
import type { StudyRecord, RunOutcome } from '../../src/contracts/index.ts';
import { InputError } from '../../src/core/index.ts';
import type { AtlasInput } from '../../src/report/index.ts';
import { syntheticStudy, type SyntheticOptions } from './synthetic-study.ts';

/** What a report is made from, of a study that is in memory. Few resamples and a quick correction: for what is drawn, not for its truth. */
export async function atlasInputOf(study: StudyRecord, outcomes: readonly RunOutcome[]): Promise<AtlasInput> {
  const byHash = new Map(outcomes.map((outcome) => [outcome.hash, outcome]));
  async function* rows() {
    for (const run of study.runs) yield { run, outcome: byHash.get(run.hash) };
  }
  const base = {
    study,
    scores: await scoreTable(rows()),
    command: 'agentmesh run study.yaml',
    version: '0.0.0',
  };
  try {
    return { ...base, results: await analyzeStudy(study, rows(), { resamples: 99, correction: 'holm' }) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { ...base, nothingToTest: error.message };
  }
}

/** The same of an invented study. */
export function syntheticAtlas(options: SyntheticOptions): Promise<AtlasInput> {
  const { study, outcomes } = syntheticStudy(options);
  return atlasInputOf(study, outcomes);
}
