import { availableParallelism } from 'node:os';
import path from 'node:path';
import { type ScoreTable, scoreTable, scoreTableText } from '../analysis/score-table.ts';
import type { ModelContext, StudyStore } from '../contracts/index.ts';
import { type Clock, systemClock } from '../core/index.ts';
import { openStore } from '../store/index.ts';
import {
  type Catalogue,
  prepareStudy,
  type Progress,
  readStudyFile,
  resolveStudy,
  type ResolvedStudy,
  type RunSummary,
  runStudy,
  type StudyInput,
  type StudySource,
} from '../study/index.ts';
import { builtInCatalogue } from './catalogue.ts';
import { type FaultLog, faultLog } from './fault-log.ts';
import { defaultDataDirectory } from './places.ts';
import { openRecording } from './recording.ts';
import { noteStart, writeReport } from './report.ts';

export { scoreTableText };

/** An interrupted study ends at once; its analysis can come later. */
const interruptedWhy =
  'The study was interrupted, so nothing was analysed. `agentmesh report` analyses what is there.';

export interface RunOptions {
  /** Where studies live; `./agentmesh-data` when absent. */
  readonly dataDirectory?: string;
  /** Keeps everything in this store instead of a folder; it stays open. */
  readonly store?: StudyStore;
  /** What ids may name; everything built in when absent. */
  readonly catalogue?: Catalogue;
  /** Plays runs again that could not finish before. */
  readonly retryFailed?: boolean;
  /** Records what models are asked and answer: into this file, or `cassette.jsonl` in the study's folder when true. */
  readonly record?: boolean | string;
  /**
   * Answers from this recording instead of asking models: offline and without keys. The study ends with a
   * ReplayError at the first call that is not as recorded.
   */
  readonly replay?: string;
  /** Once aborted, what is in flight is finished and stored, and nothing new begins. */
  readonly stop?: AbortSignal;
  /** Once aborted, what is in flight is dropped. */
  readonly abort?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  readonly clock?: Clock;
  /** The command to put into the report for reproduction. */
  readonly command?: string;
}

export interface StudyResult {
  readonly name: string;
  readonly summary: RunSummary;
  readonly scores: ScoreTable;
  /** The study's folder and report, unless a store was given. */
  readonly directory?: string;
  readonly report?: string;
}

/**
 * Runs a study file, or goes on with it: YAML, or a TypeScript module with the study as default export.
 * @throws InputError and UnknownIdError before anything is written, when the file cannot be right
 */
export async function runFile(file: string, options: RunOptions = {}): Promise<StudyResult> {
  return runSource(await readStudyFile(file), { command: `agentmesh run ${file}`, ...options });
}

/**
 * Runs a study given as a value. Tasks, models and strategies may be ids of the catalogue or own definitions.
 *
 * @example
 * const { scores } = await run({ name: 'mine', models: ['pocket-32k'], strategies: ['none'], tasks: [myTask] });
 */
export async function run(study: StudyInput, options: RunOptions = {}): Promise<StudyResult> {
  return runSource({ value: study, placeOf: () => ({ file: `study "${study.name}"` }) }, options);
}

async function runSource(source: StudySource, options: RunOptions): Promise<StudyResult> {
  const { catalogue = builtInCatalogue, clock = systemClock } = options;
  const study = resolveStudy(source, catalogue);
  const { settings } = study;
  const directory = path.join(options.dataDirectory ?? defaultDataDirectory, settings.name);
  const recording = await openRecording(options, options.store ? undefined : directory);
  try {
    const resolved = recording.on(study);
    const faults = faultLog();
    const workers = settings.workers ?? availableParallelism();
    const context = { clock, workers, onFault: faults.onFault };
    return await prepareAndRun(resolved, context, faults, directory, options);
  } finally {
    await recording.close();
  }
}

async function prepareAndRun(
  resolved: ResolvedStudy,
  context: ModelContext,
  faults: FaultLog,
  directory: string,
  options: RunOptions,
): Promise<StudyResult> {
  const { settings } = resolved;
  const { clock } = context;
  const prepared = await prepareStudy(resolved, context);
  try {
    const play = async (store: StudyStore) => {
      faults.keepIn(store);
      const summary = await runStudy(prepared, {
        store,
        clock,
        concurrency: settings.concurrency,
        budget: settings.budget,
        retryFailed: options.retryFailed,
        stop: options.stop,
        abort: options.abort,
        onProgress: options.onProgress,
      });
      await faults.settled();
      return { name: prepared.name, summary, scores: await scoreTable(store.outcomes()) };
    };
    if (options.store) return await play(options.store);

    const store = await openStore(directory, { mode: 'write', clock });
    try {
      noteStart(directory, options.command ?? `agentmesh run`);
      const result = await play(store);
      const { ended } = result.summary;
      const why = ended === 'interrupted' ? interruptedWhy : undefined;
      const report = await writeReport(directory, store, prepared, why);
      return { ...result, directory, report };
    } finally {
      await store.close();
    }
  } finally {
    await prepared.close();
  }
}
