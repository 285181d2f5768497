import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  type AnyTaskDefinition,
  createTask,
  type JsonObject,
  type Model,
  type ModelDefinition,
  nobodyJudges,
  type StrategyDefinition,
  type Task,
  type TeamPlan,
  type Tuner,
} from '../contracts/index.ts';
import { canonicalJson, InputError, randomStream, systemClock, writeWhole } from '../core/index.ts';
import { ownTeams, teamFolderName, type TeamKey, teamRecordFile } from '../strategies/parts/tuned-team.ts';
import { checkOptions, resolveEntry } from '../study/index.ts';
import type { Catalogue } from '../study/resolve.ts';
import { checkpointFile } from '../training/index.ts';
import {
  contributions,
  type Contribution,
  type Evaluation,
  packState,
  type TeamResult,
  trainWriters,
  unpackState,
  type UpdateLine,
  type WritingTask,
} from '../tuning/team/index.ts';
import { byId } from './by-id.ts';
import { dividedOptions } from './divided-options.ts';
import { catalogueWithOwn } from './own-definitions.ts';
import { version } from './version.ts';
import { writingTask } from './writing-task.ts';

/** What a training of language models came to. */
export interface TrainedWriters extends Omit<TeamResult, 'lines'> {
  readonly strategy: string;
  readonly task: string;
  readonly seed: number;
  readonly options: { readonly task: JsonObject; readonly plan: TeamPlan };
  readonly agents: readonly {
    readonly name: string;
    readonly model: string;
    readonly base: JsonObject;
    readonly weights: string;
  }[];
  /** What each agent adds, by the best version on validation; absent where the task has several turns. */
  readonly contributions?: readonly Contribution[];
  readonly jointEvaluations: number;
  readonly tokens: number;
  readonly updates: number;
  readonly folder: string;
  readonly cached: boolean;
}

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
  const { seed, folder, onLine, onEvaluation, onNote, signal } = request;
  return trainWritersForTask({
    ...{ definition, taskDefinition, taskOptions: task, plan: definition.tuning.plan(training) },
    ...{ seed, models, tasks, onLine, onEvaluation, onNote, signal },
    ...(folder !== undefined && { home: folder }),
  });
}

interface TrainWritersRequest {
  readonly definition: StrategyDefinition;
  readonly taskDefinition: AnyTaskDefinition;
  readonly taskOptions: JsonObject;
  readonly plan: TeamPlan;
  readonly seed: number;
  readonly models: readonly ModelDefinition[];
  readonly tasks: readonly AnyTaskDefinition[];
  /** Where teams are kept. */
  readonly home?: string;
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
  refuseWordless(writing, request);
  const key: TeamKey = {
    ...{ strategy: definition.id, plan, task, taskId, taskOptions, trainingSeed: seed },
    taskRevision: taskDefinition.revision,
  };
  const name = teamFolderName(key);
  const folder = path.join(home, name);
  const record = path.join(folder, teamRecordFile);
  const named = agentModels(request, task);
  mkdirSync(home, { recursive: true });
  const opened = await openAll(named, request);
  const tuners: Tuner[] = [];
  try {
    const models = task.agentNames.map((_, agent) => opened.get(named[agent])!);
    const bases = models.map(({ fingerprint }) => fingerprint);
    const before = existsSync(record) && (JSON.parse(readFileSync(record, 'utf8')) as TrainedWriters);
    if (before && canonicalJson(before.agents.map(({ base }) => base)) === canonicalJson(bases))
      return { ...before, cached: true };
    if (before)
      onNote?.('The team that is there was trained from other weights of these models. Training anew.');
    const count = plan.share ? 1 : models.length;
    for (const model of models.slice(0, count)) tuners.push(await model.tuner!());
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
    const from = found && 'state' in found ? unpackState(found.state, count) : undefined;
    if (from) onNote?.(`Going on after update ${from.lines.length} of ${plan.updates}.`);

    const result = await trainWriters({
      ...{ writing, tuners, plan, name: ['team training', taskId, seed] },
      ...(references.length > 0 && { references }),
      ...(from && { from }),
      ...(signal && { signal }),
      onFirst: (evaluation) => request.onEvaluation?.(0, evaluation),
      onUpdate: async (line, state) => {
        if (signal?.aborted || checkpoints.due()) checkpoints.save(packState(await state()));
        request.onLine?.(line, plan.updates);
        if (line.validation) request.onEvaluation?.(line.update, line.validation);
        // Signals are heard between updates.
        await new Promise((resolve) => setImmediate(resolve));
      },
    });
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
    const trained: TrainedWriters = {
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
      folder,
      cached: false,
    };
    writeWhole(
      path.join(folder, 'training.jsonl'),
      lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
    );
    writeWhole(record, `${JSON.stringify(trained, undefined, 2)}\n`);
    checkpoints.clear();
    return trained;
  } finally {
    for (const tuner of tuners) await tuner.close();
    await Promise.all([...opened.values()].map((model) => model.close()));
  }
}

/** @throws InputError for a task in which not everybody writes */
function refuseWordless(
  { task }: WritingTask,
  { definition, taskDefinition, tasks }: TrainWritersRequest,
): void {
  const writes = (other: Task) => {
    const instance = other.generate(randomStream('who writes'), 'train');
    const environment = other.start(instance, nobodyJudges);
    return other.agentNames.every((_, agent) => environment.offer(agent).kind === 'text');
  };
  if (writes(task)) return;
  const others = tasks.filter((other) => {
    try {
      return writes(createTask(other, other.optionsSchema.parse({})));
    } catch {
      return false;
    }
  });
  throw new InputError(
    `The strategy "${definition.id}" trains models that write, and in the task "${taskDefinition.id}" not every agent ` +
      `writes. Tasks in which all do: ${others.map(({ id }) => id).join(', ') || 'none'}.`,
  );
}

/** The model of each agent. @throws InputError for one that cannot be trained, or a wrong number of them */
function agentModels({ plan, models }: TrainWritersRequest, { agentNames }: Task): readonly string[] {
  const { models: named, share } = plan;
  if (named.length !== 1 && named.length !== agentNames.length)
    throw new InputError(
      `There are ${named.length} models for ${agentNames.length} agents (${agentNames.join(', ')}). Name one for all, or one for each.`,
    );
  if (share && new Set(named).size > 1)
    throw new InputError(
      `Agents that share weights are one model; these are ${named.join(', ')}. Name one, or leave out \`share\`.`,
    );
  for (const agent of named) {
    const { definition } = resolveEntry('model', agent, models, { file: '--agents' });
    if (definition.tunable) continue;
    const others = models.filter(({ tunable }) => tunable).map(({ id }) => id);
    throw new InputError(`The model "${agent}" cannot be trained here. These can: ${others.join(', ')}.`);
  }
  return agentNames.map((_, agent) => named[named.length === 1 ? 0 : agent]);
}

/** Each model once. */
async function openAll(
  named: readonly string[],
  { models }: TrainWritersRequest,
): Promise<ReadonlyMap<string, Model>> {
  const opened = new Map<string, Model>();
  for (const name of new Set(named)) {
    const { definition, options, place } = resolveEntry('model', name, models, { file: '--agents' });
    const checked = checkOptions('model', definition, options, () => place);
    opened.set(name, await definition.create(checked, { clock: systemClock, workers: 1 }));
  }
  return opened;
}
