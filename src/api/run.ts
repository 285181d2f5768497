import { availableParallelism } from 'node:os';
import path from 'node:path';
import { type ScoreTable, scoreTable, scoreTableText } from '../analysis/score-table.ts';
import { type SlightModel, slightModels } from '../analysis/slight-mass.ts';
import { type UnreadableModel, unreadableModels } from '../analysis/unreadable.ts';
import {
  simulatorOf,
  StoreError,
  type StudyRecord,
  type StudyWriter,
  unfinishedTallies,
} from '../contracts/index.ts';
import { InputError, Problems, systemClock } from '../core/index.ts';
import { inProcessQueue } from '../queue/index.ts';
import { openStore } from '../store/index.ts';
import {
  type PreparedStudy,
  prepareStudy,
  readStudyFile,
  resolveStudy,
  type ResolvedStudy,
  type RunSummary,
  runStudy,
  type StudyInput,
  type StudySource,
  withUntil,
} from '../study/index.ts';
import { withPython } from './allow-python.ts';
import { audited } from './audit.ts';
import { builtInCatalogue } from './catalogue.ts';
import { faultLog } from './fault-log.ts';
import { catalogueFor } from './own-definitions.ts';
import { defaultDataDirectory } from './places.ts';
import { quoteFrom, type StudyQuote } from './quote.ts';
import { missingTrainings } from './missing-trainings.ts';
import { type Part, partOf, playInLooks } from './play-in-looks.ts';
import { openRecording } from './recording.ts';
import { noteStart, writeReport } from './report.ts';
import type { RunOptions } from './run-options.ts';
import { refuseTooManyRuns } from './too-many-runs.ts';
import { armsOf, firstLook, otherFamily } from './verdict-seen.ts';

export { scoreTableText };
export type { RunOptions };

/** An interrupted study ends at once; its analysis can come later. */
const interruptedWhy =
  'The study was interrupted, so nothing was analysed. `agentmesh report` analyses what is there.';

export interface StudyResult {
  readonly name: string;
  readonly summary: RunSummary;
  readonly scores: ScoreTable;
  /** Models with cells whose scores are partly chance: more than 5% of their answers could not be read. */
  readonly unreadable: readonly UnreadableModel[];
  /** Models with cells in which the choices were hardly what they would answer (`docs/methods/scoring.md`). */
  readonly slightMass: readonly SlightModel[];
  /** The study's folder and report, unless a store was given. */
  readonly directory?: string;
  readonly report?: string;
  /** What the report answers, in plain sentences. */
  readonly answer?: readonly string[];
}

/**
 * Runs a study file, or goes on with it: YAML, or a TypeScript module with the study as default export.
 * @throws InputError and UnknownIdError before anything is written, when the file cannot be right
 */
export async function runFile(file: string, options: RunOptions = {}): Promise<StudyResult> {
  const source = await readStudyFile(file);
  const catalogue = options.catalogue ?? (await catalogueFor(file));
  return runSource(source, { command: `agentmesh run ${file}`, ...options, catalogue });
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

export interface QuoteOptions extends Omit<RunOptions, 'retryFailed' | 'command'> {
  /** How many of the study's seeds are played for it; 2 when absent. */
  readonly pilotSeeds?: number;
}

/**
 * Plays the first seeds of a study file in all its cells and says what the study comes to: calls, tokens, dollars,
 * time, and the smallest effect that it can find. The pilot's runs are kept, so that nothing is paid twice; nothing
 * else is written to the study.
 *
 * @throws InputError and UnknownIdError before anything is asked, when the file cannot be right
 */
export async function quoteFile(file: string, options: QuoteOptions = {}): Promise<StudyQuote> {
  const source = await readStudyFile(file);
  return quoteSource(source, { ...options, catalogue: options.catalogue ?? (await catalogueFor(file)) });
}

/** The quote of a study given as a value. */
export async function quote(study: StudyInput, options: QuoteOptions = {}): Promise<StudyQuote> {
  return quoteSource({ value: study, placeOf: () => ({ file: `study "${study.name}"` }) }, options);
}

async function quoteSource(source: StudySource, options: QuoteOptions): Promise<StudyQuote> {
  return withPrepared(source, options, async (play, { seeds, settings }, directory) => {
    const pilotSeeds = seeds.slice(0, options.pilotSeeds ?? 2);
    const pilot = async (store: StudyWriter) => {
      await play(store, { only: ({ seed }) => pilotSeeds.includes(seed) });
      const study = await store.study();
      if (!study) throw new StoreError('The pilot left no study behind.');
      return quoteFrom(store, study, { pilotSeeds, concurrency: settings.concurrency });
    };
    if (options.store) return pilot(options.store);
    const store = await openToWrite(directory, options);
    try {
      return { ...(await pilot(store)), directory };
    } finally {
      await store.close();
    }
  });
}

async function runSource(source: StudySource, options: RunOptions): Promise<StudyResult> {
  return withPrepared(source, options, async (play, { looks, settings }, directory, prepared) => {
    const { clock = systemClock, onLook } = options;
    const { minutes } = settings.until?.most ?? {};
    const inLooks = (store: StudyWriter) =>
      playInLooks(prepared, store, (part) => play(store, { part }), { clock, minutes, onLook });
    const finish = async (store: StudyWriter) => {
      const summary = await (looks ? inLooks(store) : play(store));
      const scores = await scoreTable(store.outcomes());
      return {
        name: prepared.name,
        summary,
        scores,
        unreadable: unreadableModels(scores.cells),
        slightMass: slightModels(scores.cells),
      };
    };
    if (options.store) return finish(options.store);
    const store = await openToWrite(directory, options);
    try {
      noteStart(directory, options.command ?? `agentmesh run`);
      if (options.onNote) await sayLimits(prepared, directory, options.onNote);
      const result = await finish(store);
      const { ended } = result.summary;
      const why = ended === 'interrupted' ? interruptedWhy : undefined;
      const played = (await store.study()) ?? prepared;
      const { file, answer } = await writeReport(directory, store, played, why);
      return { ...result, directory, report: file, answer };
    } finally {
      await store.close();
    }
  });
}

function openToWrite(directory: string, { clock = systemClock, onNote }: RunOptions): Promise<StudyWriter> {
  return openStore(directory, { clock, onNote });
}

/** What so few seeds cannot show, and a change of what is compared. Where nothing can be compared, the report says so. */
async function sayLimits(
  study: StudyRecord,
  directory: string,
  onNote: (text: string) => void,
): Promise<void> {
  const seen = firstLook(directory);
  const family = seen && otherFamily(seen, armsOf(study.runs));
  if (family !== undefined) onNote(family);
  const { describeStudy, planAnalysis } = await import('../analysis/index.ts');
  try {
    const { tooFewBlocks } = planAnalysis(describeStudy(study));
    if (tooFewBlocks !== undefined) onNote(`Before it starts: ${tooFewBlocks}.`);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  }
}

/** The tensor engine is loaded by studies that train something, and by no other. */
async function trainMissing(study: ResolvedStudy, options: RunOptions): Promise<void> {
  const missing = options.train === false ? [] : missingTrainings(study);
  if (missing.length === 0) return;
  const { trainOnFirstUse } = await import('./first-use.ts');
  const { stop, abort, onTraining: onProgress, onNote } = options;
  const signal = AbortSignal.any([stop, abort].filter((given) => given !== undefined));
  await trainOnFirstUse(missing, { onProgress, onNote, signal });
}

/** Plays the study's runs into a store: of a part of it, or some of its runs while the design is kept whole. */
type Play = (
  store: StudyWriter,
  some?: { readonly part?: Part; readonly only?: Part['only'] },
) => Promise<RunSummary>;

/** Resolves and prepares a study, hands over how to play it, and closes its models whatever happens. */
async function withPrepared<T>(
  given: StudySource,
  options: RunOptions,
  body: (play: Play, study: ResolvedStudy, directory: string, prepared: PreparedStudy) => Promise<T>,
): Promise<T> {
  const { catalogue = builtInCatalogue, clock = systemClock } = options;
  const problems = new Problems();
  const source = withUntil(given, options.until);
  const resolved = resolveStudy(source, catalogue, problems);
  const study = {
    ...resolved,
    tasks: resolved.tasks.map((entry) => ({
      ...entry,
      definition: withPython(entry.definition, options.allowPython),
    })),
  };
  if (!options.store) refuseTooManyRuns(study, source);
  const { settings } = study;
  const directory = path.join(options.dataDirectory ?? defaultDataDirectory, settings.name);
  const recording = await openRecording(options, options.store ? undefined : directory);
  try {
    const faults = faultLog();
    const workers = settings.workers ?? availableParallelism();
    const { stop, onWait, onLoad } = options;
    const context = { clock, workers, onFault: faults.onFault, onWait, onLoad, stop };
    const built = await prepareStudy(recording.on(study), context, {
      problems,
      probe: options.probe ?? true,
      beforeStrategies: () => trainMissing(study, options),
    });
    try {
      const { study: prepared, usage } = await audited(
        built,
        directory,
        // Before the study has begun there is nothing to finish.
        { ...options, abort: either(stop, options.abort), budget: settings.budget },
        problems,
      );
      const play: Play = async (store, { part, only } = {}) => {
        faults.keepIn(store);
        await store.addTallies(unfinishedTallies(usage));
        const { retryFailed, playAgain, abort, onProgress } = options;
        const { concurrency, budget } = settings;
        const summary = await runStudy(part ? partOf(prepared, part) : prepared, {
          store,
          queue: options.queue ?? inProcessQueue(),
          clock,
          concurrency,
          budget,
          retryFailed,
          playAgain,
          only,
          stop,
          abort,
          onProgress,
          // Learners and their engine are loaded by studies that learn, and by no other.
          learnOnline: async (online, task, ...named) =>
            (await import('../training/online.ts')).learnOnline(
              online,
              simulatorOf(task, 'Learning from episodes'),
              ...named,
            ),
        });
        await faults.settled();
        return summary;
      };
      return await body(play, study, directory, prepared);
    } finally {
      await built.close();
    }
  } finally {
    await recording.close();
  }
}

/** Aborts with the first of them. */
function either(a: AbortSignal | undefined, b: AbortSignal | undefined): AbortSignal | undefined {
  return a && b ? AbortSignal.any([a, b]) : (a ?? b);
}
