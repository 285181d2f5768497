import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  type Json,
  type JsonObject,
  type Learner,
  measureReferences,
  scoreOf,
  type StrategyDefinition,
  type StrategyPart,
  createTask,
  type Simulator,
  simulatorOf,
  teamShape,
  type TrainableStrategy,
} from '../contracts/index.ts';
import { contentHash, InputError, randomStream, writeWhole } from '../core/index.ts';
import { requireTrainable } from '../strategies/parts/network/trained-strategy.ts';
import {
  keepsCentral,
  ownWeights,
  readCentral,
  readWeights,
  shippedCentral,
  shippedWeights,
  type TrainingKey,
  weightFileName,
} from '../strategies/parts/network/weight-files.ts';
import type { Catalogue } from '../study/resolve.ts';
import {
  greedyReturn,
  learnedTables,
  type LearnedTable,
  type TrainingProgress,
  type TrainingSummary,
} from '../training/index.ts';
import { byId } from './by-id.ts';
import { dividedOptions } from './divided-options.ts';
import { keepTraining } from './keep-training.ts';
import { catalogueWithOwn } from './own-definitions.ts';

export interface TrainRequest {
  readonly strategy: string;
  readonly task: string;
  /** The training seed; a study's run with seed s uses training seed s mod 10. */
  readonly seed: number;
  /** Parts taken away, as in `ablations`. */
  readonly without?: readonly StrategyPart[];
  /** Options of the task and of the strategy's training, by name. */
  readonly options?: JsonObject;
  /** Where weights are kept; studies look into `agentmesh-data/weights`. */
  readonly folder?: string;
  /** A study module whose own tasks and strategies can be named; that of this folder when absent. */
  readonly studyFile?: string;
  readonly catalogue?: Catalogue;
  readonly onProgress?: (progress: TrainingProgress) => void;
  /** Told, in a sentence, when the training goes on from where it was stopped, or cannot. */
  readonly onNote?: (note: string) => void;
  readonly signal?: AbortSignal;
}

export interface TrainResult {
  readonly strategy: string;
  readonly task: string;
  readonly seed: number;
  readonly options: { readonly task: JsonObject; readonly training: JsonObject };
  /** Mean return and score of greedy joint play over so many fresh instances; 1 where there is but one. */
  readonly greedy: { readonly return: number; readonly score: number; readonly instances: number };
  /**
   * What was learned in each situation, for tasks with one instance and few situations: utilities in reward units
   * or logits per agent, and the joint values where the strategy has them.
   */
  readonly tables?: readonly LearnedTable[];
  readonly file: string;
  /** True when the training was there already. */
  readonly cached: boolean;
}

/** Fresh instances on which a training is tried. */
const tried = 20;

/**
 * Trains a strategy for a task in its simulator, or takes the same training from before. Weights are kept under a
 * name made of all that a training depends on, where studies find them.
 *
 * A training that is stopped or killed leaves a checkpoint beside its file. The same request goes on from there and
 * comes to the same weights.
 *
 * @throws InputError for what cannot be trained, before anything is spent; TrainingError when a loss is not finite
 */
export async function trainForTask(request: TrainRequest): Promise<TrainResult> {
  const { seed, without = [], folder = ownWeights, onProgress, onNote, signal } = request;
  const catalogue = request.catalogue ?? (await catalogueWithOwn(request.studyFile));
  const { definition, training } = trainable(catalogue.strategies, request.strategy, without);
  const taskDefinition = byId('task', catalogue.tasks, request.task);
  const ofTraining = { id: training.id, optionsSchema: training.trainingSchema };
  const options = dividedOptions(taskDefinition, ofTraining, request.options ?? {});
  const task = simulatorOf(
    createTask(taskDefinition, options.task),
    'A training',
    'Train for a task that has one',
  );
  requireTrainable(definition.id, task);

  const key: TrainingKey = {
    strategy: training,
    options: options.training,
    without,
    task,
    taskId: taskDefinition.id,
    taskOptions: options.task,
    trainingSeed: seed,
  };
  const file = path.join(folder, weightFileName(key));
  const notes = `${file}.json`;
  const result = (
    tables: readonly LearnedTable[] | undefined,
    cached: boolean,
    found: string,
  ): TrainResult => ({
    strategy: [definition.id, ...without].join('-'),
    task: taskDefinition.id,
    seed,
    options,
    greedy: greedyPlay(task, key, folder),
    ...(tables && { tables }),
    file: found,
    cached,
  });

  // A mixer or critic may be missing where the rest of the training is there.
  const complete = !keepsCentral(key) || readCentral(key, [shippedCentral, folder]) !== undefined;
  if (complete && existsSync(file) && existsSync(notes))
    return { ...(JSON.parse(readFileSync(notes, 'utf8')) as TrainResult), cached: true };
  const shipped = readWeights(key, [shippedWeights]);
  if (complete && shipped) return result(undefined, true, shipped.file);
  let tables: readonly LearnedTable[] | undefined;
  const inspect = (learner: Learner, { rewardScale }: TrainingSummary) => {
    const [instance, ...others] = triedInstances(task, key.taskId);
    // Utilities are learned in units of the rewards' spread; logits have no unit.
    const unit = learner.data === 'replay' ? 1 / rewardScale : 1;
    if (others.length === 0) tables = learnedTables(task, learner, instance, { unit });
  };
  let trained: TrainResult | undefined;
  await keepTraining(key, folder, { inspect, onProgress, onNote, signal }, (kept) => {
    trained = result(tables, false, kept);
    writeWhole(notes, JSON.stringify(trained));
  });
  return trained!;
}

function trainable(
  strategies: readonly StrategyDefinition[],
  id: string,
  without: readonly StrategyPart[],
): { readonly definition: StrategyDefinition; readonly training: TrainableStrategy } {
  const definition = byId('strategy', strategies, id);
  const { training, parts } = definition;
  if (!training) {
    const others = strategies.filter((other) => other.training ?? other.tuning).map((other) => other.id);
    throw new InputError(`The strategy "${id}" has nothing to train. These have: ${others.join(', ')}.`);
  }
  const missing = without.find((part) => !parts.includes(part));
  if (missing !== undefined) {
    throw new InputError(
      `The strategy "${id}" has no part "${missing}" to take away. It has: ${parts.join(', ') || 'none'}.`,
    );
  }
  return { definition, training };
}

/** Play by the weights as they are stored, on instances that no training, calibration or study meets. */
function greedyPlay(task: Simulator, key: TrainingKey, folder: string): TrainResult['greedy'] {
  const { weights } = readWeights(key, [folder]) ?? readWeights(key)!;
  const network = key.strategy.network(key.options, teamShape(task), weights);
  const instances = triedInstances(task, key.taskId);
  let total = 0;
  let score = 0;
  instances.forEach((instance, k) => {
    const own = greedyReturn(task, network, instance);
    const references = measureReferences(task, instance, randomStream('training test', 'references', k));
    total += own / instances.length;
    score += scoreOf(own, references) / instances.length;
  });
  return { return: total, score, instances: instances.length };
}

function triedInstances(task: Simulator, taskId: string): Json[] {
  const stream = randomStream('training test', taskId);
  const instances = Array.from({ length: tried }, () => task.generate(stream));
  return isSingle(instances) ? instances.slice(0, 1) : instances;
}

function isSingle(instances: readonly Json[]): boolean {
  return new Set(instances.map(contentHash)).size === 1;
}
