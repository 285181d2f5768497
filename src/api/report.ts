import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { FinishedEpisode, StudyRecord, StudyReader } from '../contracts/index.ts';
import { contentHash, sha256, writeWhole } from '../core/index.ts';
import type { AtlasInput } from '../report/index.ts';
import { reportName, startName } from './places.ts';
import { version } from './version.ts';

/** How a study was last started. */
interface Start {
  readonly command: string;
  readonly version: string;
}

/** Keeps the command that started a study, for the reports that are written later. */
export function noteStart(directory: string, command: string): void {
  writeWhole(path.join(directory, startName), `${JSON.stringify({ command, version } satisfies Start)}\n`);
}

function lastStart(directory: string): Partial<Start> {
  try {
    const { command, version: own } = JSON.parse(
      readFileSync(path.join(directory, startName), 'utf8'),
    ) as Partial<Start>;
    return {
      ...(typeof command === 'string' && { command }),
      ...(typeof own === 'string' && { version: own }),
    };
  } catch {
    return {};
  }
}

export interface WrittenReport {
  readonly file: string;
  /** What it answers, in plain sentences. */
  readonly answer: readonly string[];
}

/**
 * Writes the report of a study into its folder, `report.html`. What the figures are drawn with is loaded here, so
 * that nothing else waits for it.
 *
 * @param why absent; or why nothing is analysed now: the report then has the scores alone and says this
 */
export async function writeReport(
  directory: string,
  store: StudyReader,
  study: StudyRecord,
  why?: string,
): Promise<WrittenReport> {
  const [{ atlasPage }, { answerText }, { currentAnalysis, scoresAlone }] = await Promise.all([
    import('../report/page/page.ts'),
    import('../report/atlas/index.ts'),
    import('./analysis.ts'),
  ]);
  const analysis =
    why === undefined ? await currentAnalysis(directory, store, study) : await scoresAlone(store, study, why);
  const start = lastStart(directory);
  const { scores, results, measures, nothingToTest, looked, inputs } = analysis;
  const input: AtlasInput = {
    study,
    scores,
    results,
    measures,
    seconds: await secondsPerRun(store),
    nothingToTest,
    looked,
    command: start.command ?? 'agentmesh run',
    version,
    hashes: {
      ...(start.version !== undefined && start.version !== version
        ? { 'version that played the runs last': start.version }
        : {}),
      'definition of the study': contentHash(study.definition),
      'planned runs': sha256(study.runs.map(({ hash }) => hash).join('\n')),
      'design, outcomes and settings of the analysis': inputs,
    },
  };
  const file = path.join(directory, reportName);
  writeWhole(file, atlasPage(input));
  return { file, answer: answerText(input) };
}

/** Mean seconds of the finished runs of each strategy and task, and of the slowest agent in them. */
async function secondsPerRun(store: StudyReader): Promise<AtlasInput['seconds']> {
  const cells = new Map<string, { strategy: string; task: string; runs: (readonly FinishedEpisode[])[] }>();
  for await (const { run, outcome } of store.outcomes()) {
    if (outcome?.status !== 'done') continue;
    const { strategy, task } = run;
    const key = JSON.stringify([strategy, task]);
    const cell = cells.get(key) ?? { strategy, task, runs: [] };
    cell.runs.push(await store.episodes(run.hash));
    cells.set(key, cell);
  }
  return [...cells.values()].map(({ runs, ...cell }) => {
    const all = runs.flat();
    const perRun = (ms: (episode: FinishedEpisode) => number) =>
      all.reduce((sum, episode) => sum + ms(episode), 0) / 1000 / runs.length;
    return {
      ...cell,
      seconds: perRun(({ wallMs }) => wallMs),
      // A replay waits for nobody.
      ...(all.every(({ slowestMs = 0 }) => slowestMs > 0) && {
        slowest: perRun(({ slowestMs = 0 }) => slowestMs),
      }),
    };
  });
}

/** Writes the report anew and returns its path. @throws StoreError when the database is damaged or has no study */
export async function reportStudy(directory: string): Promise<string> {
  const { withStudy } = await import('./with-study.ts');
  return withStudy(directory, async (store, study) => (await writeReport(directory, store, study)).file);
}
