import { setMaxListeners } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createTask, type JsonObject, type Task, type Tuner } from '../contracts/index.ts';
import { canonicalJson, InputError, systemClock, writeWhole } from '../core/index.ts';
import { ownTeams, teamFolderName, type TeamKey, teamRecordFile } from '../strategies/parts/tuned-team.ts';
import type { Catalogue } from '../study/resolve.ts';
import { checkpointFile } from '../training/index.ts';
import {
  contributions,
  hasCritics,
  type Evaluation,
  packState,
  trainWriters,
  unpackState,
  type UpdateLine,
} from '../tuning/team/index.ts';
import { byId } from './by-id.ts';
import { dividedOptions } from './divided-options.ts';
import { lessonsOf } from './lessons.ts';
import { catalogueWithOwn } from './own-definitions.ts';
import { agentModels, openAll, refuseBlind, refuseWordless, type TeamRequest } from './team-models.ts';
import { sampleFile } from './sample-file.ts';
import { reportFile, teamReport } from './team-report.ts';
import { cpuMeter, type Lap, lapsIn, timingsFile } from './training-timings.ts';
import type { TrainedWriters } from './trained-writers.ts';
import { version } from './version.ts';
import { writingTask } from './writing-task.ts';

export interface TrainTeamRequest {
  /** One that trains the agents' own models. */
  readonly strategy: string;
  readonly task: string;
  readonly seed: number;
  /** Options of the task and of the strategy, by name. */
  readonly options?: JsonObject;
  /** Where teams are kept; studies look into `agentmesh-data/weights/teams`. */
  readonly folder?: string;
  /** A study module whose own definitions can be named; that of this folder when absent. */
  readonly studyFile?: string;
  readonly catalogue?: Catalogue;
  /** A file for all that the team is trained on, `.jsonl` or `.parquet`; it needs a training that is not there yet. */
  readonly samples?: string;
  readonly onLine?: (line: UpdateLine, updates: number) => void;
  readonly onEvaluation?: (update: number, evaluation: Evaluation) => void;
  readonly onNote?: (note: string) => void;
  readonly signal?: AbortSignal;
}

/** Whether a strategy trains the agents' own models. @throws UnknownIdError */
export async function trainsModels(strategy: string, studyFile?: string): Promise<boolean> {
  const { strategies } = await catalogueWithOwn(studyFile);
  return byId('strategy', strategies, strategy).tuning !== undefined;
}

/**
 * Trains a team of language models to work together: see `trainWritersForTask`.
 * @throws InputError for what cannot be trained, before anything is spent
 */
export async function trainTeam(request: TrainTeamRequest): Promise<TrainedWriters> {
  const { strategies, tasks, models } = request.catalogue ?? (await catalogueWithOwn(request.studyFile));
  const definition = byId('strategy', strategies, request.strategy);
  if (!definition.tuning) {
    const others = strategies.filter(({ tuning }) => tuning).map(({ id }) => id);
    throw new InputError(
      `The strategy "${definition.id}" does not train models. These do: ${others.join(', ')}.`,
    );
  }
  const taskDefinition = byId('task', tasks, request.task);
  const { task, training } = dividedOptions(taskDefinition, definition, request.options ?? {});
  const { seed, folder, samples, onLine, onEvaluation, onNote, signal } = request;
  return trainWritersForTask({
    ...{ definition, taskDefinition, taskOptions: task, plan: definition.tuning.plan(training) },
    ...{ seed, models, tasks, onLine, onEvaluation, onNote, signal },
    ...(folder !== undefined && { home: folder }),
    ...(samples !== undefined && { samples }),
  });
}

interface TrainWritersRequest extends TeamRequest {
  readonly taskOptions: JsonObject;
  readonly seed: number;
  /** Where teams are kept. */
  readonly home?: string;
  readonly samples?: string;
  readonly onLine?: (line: UpdateLine, updates: number) => void;
  readonly onEvaluation?: (update: number, evaluation: Evaluation) => void;
  readonly onNote?: (note: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Trains a team of language models to work together, or finds the same training from before. The folder has a model per
 * agent, `training.jsonl` with a line for every update, and `team.json`. A training that is stopped or killed leaves a
 * checkpoint beside it; the same request goes on from there and comes to the same bytes.
 *
 * @throws InputError for what cannot be trained, before anything is spent; TrainingError when a reward or a gradient is
 *   no number
 */
export async function trainWritersForTask(request: TrainWritersRequest): Promise<TrainedWriters> {
  const { definition, taskDefinition, taskOptions, plan, seed, home = ownTeams, onNote, signal } = request;
  const task = createTask(taskDefinition, taskOptions);
  const taskId = taskDefinition.id;
  const writing = writingTask(task);
  const lessons = plan.curriculum === 'turns' ? lessonsOf(taskDefinition, taskOptions) : [task];
  refuseWordless(writing, request);
  const key: TeamKey = {
    ...{ strategy: definition.id, plan, task, taskId, taskOptions, trainingSeed: seed },
    taskRevision: taskDefinition.revision,
  };
  const name = teamFolderName(key);
  const folder = path.join(home, name);
  const record = path.join(folder, teamRecordFile);
  const named = agentModels(request, task);
  // Every program of a batch listens to it while it waits for the sandbox.
  if (signal) setMaxListeners(0, signal);
  mkdirSync(home, { recursive: true });
  const opened = await openAll(named, request);
  const tuners: Tuner[] = [];
  try {
    const models = task.agentNames.map((_, agent) => opened.get(named[agent])!);
    const bases = models.map(({ fingerprint }) => fingerprint);
    const before =
      existsSync(record) &&
      (JSON.parse(readFileSync(record, 'utf8')) as Omit<TrainedWriters, 'cpuSeconds' | 'folder' | 'cached'>);
    if (before && canonicalJson(before.agents.map(({ base }) => base)) === canonicalJson(bases)) {
      if (request.samples !== undefined)
        throw new InputError(
          `This team has been trained, and what it was trained on was not kept. Take another seed, or remove ${folder}.`,
        );
      return { ...before, folder, cpuSeconds: lapsIn(folder).at(-1)?.cpuSeconds ?? 0, cached: true };
    }
    if (before)
      onNote?.('The team that is there was trained from other weights of these models. Training anew.');
    const count = plan.share ? 1 : models.length;
    for (const model of models.slice(0, count)) tuners.push(await model.tuner!());
    if (hasCritics(plan.estimator)) refuseBlind(tuners, named, plan.estimator);
    const references: Tuner[] = [];
    if (plan.kl > 0) for (const model of models.slice(0, count)) references.push(await model.tuner!());

    const checkpoints = checkpointFile(`${folder}.checkpoint`, {
      key: JSON.stringify([name, bases, version]),
      clock: systemClock,
      periodMs: 3000,
    });
    const found = checkpoints.load();
    if (found && 'unusable' in found)
      onNote?.(
        `The checkpoint ${found.unusable}, or its models' weights are others. The training starts over.`,
      );
    const from =
      found && 'state' in found
        ? unpackState(found.state, {
            tuners: count,
            critics: hasCritics(plan.estimator) ? models.length : 0,
          })
        : undefined;
    if (from) onNote?.(`Going on after update ${from.lines.length} of ${plan.updates}.`);

    const samples =
      request.samples === undefined ? undefined : await sampleFile(request.samples, from?.lines.length ?? 0);
    const spent = cpuMeter(
      found && 'state' in found ? ((found.state.progress.laps ?? []) as readonly Lap[]) : [],
    );
    const result = await trainWriters({
      ...{ writing, tuners, plan, name: ['team training', taskId, seed] },
      lessons: lessons.map(writingTask),
      ...(references.length > 0 && { references }),
      ...(from && { from }),
      ...(signal && { signal }),
      ...(samples && { onSamples: samples.add }),
      onFirst: (evaluation) => request.onEvaluation?.(0, evaluation),
      onUpdate: async (line, state) => {
        spent.lap(line.update);
        if (signal?.aborted || checkpoints.due()) {
          const { progress, arrays } = packState(await state());
          checkpoints.save({ progress: { ...progress, laps: spent.laps }, arrays });
        }
        request.onLine?.(line, plan.updates);
        if (line.validation) request.onEvaluation?.(line.update, line.validation);
        // Signals are heard between updates.
        await new Promise((resolve) => setImmediate(resolve));
      },
    });
    await samples?.end();
    const acting = models.map((_, agent) => tuners[count === 1 ? 0 : agent]);
    const contributed =
      task.horizon === 1
        ? await contributions(writing, acting, plan.validation, ['team training', taskId, seed], signal)
        : undefined;
    const agents = [];
    for (const [agent, tuner] of acting.entries()) {
      const { weights } = await tuner.save(path.join(folder, `agent-${agent}`));
      agents.push({
        name: task.agentNames[agent],
        model: named[agent],
        base: models[agent].fingerprint,
        weights: weights as string,
      });
    }
    const { lines, ...rest } = result;
    const told = {
      ...{
        strategy: definition.id,
        task: taskId,
        seed,
        options: { task: taskOptions, plan },
        agents,
        ...rest,
      },
      ...(contributed && { contributions: contributed }),
      jointEvaluations: lines.at(-1)?.jointEvaluations ?? 0,
      tokens: lines.at(-1)?.tokens ?? 0,
      updates: lines.length,
    };
    const trained: TrainedWriters = {
      ...told,
      cpuSeconds: spent.laps.at(-1)?.cpuSeconds ?? 0,
      folder,
      cached: false,
    };
    writeWhole(
      path.join(folder, 'training.jsonl'),
      lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
    );
    writeWhole(path.join(folder, timingsFile), `${JSON.stringify(spent.laps)}\n`);
    writeWhole(path.join(folder, reportFile), teamReport(trained, lines, spent.laps, solvedBy(task)));
    writeWhole(record, `${JSON.stringify(told, undefined, 2)}\n`);
    checkpoints.clear();
    return trained;
  } finally {
    for (const tuner of tuners) await tuner.close();
    await Promise.all([...opened.values()].map((model) => model.close()));
  }
}

/** The measures that say how often a problem is solved. */
const solvedBy = ({ measures = {} }: Task): readonly string[] =>
  Object.entries(measures).flatMap(([name, { best }]) =>
    best === undefined || best === 'accuracy' ? [] : [name],
  );
