import {
  type JsonObject,
  type NamedWeights,
  type StrategyPart,
  type Task,
  teamShape,
  type TrainableStrategy,
} from '../contracts/index.ts';
import { randomStream } from '../core/index.ts';
import { startEngine } from '../nn/index.ts';
import { type TrainingProgress, type TrainingSummary, trainTeam } from './marl-train.ts';

export interface StrategyTraining {
  readonly strategy: TrainableStrategy;
  /** Resolved training options. */
  readonly options: JsonObject;
  readonly without: readonly StrategyPart[];
  readonly task: Task;
  readonly taskId: string;
  readonly trainingSeed: number;
  readonly onProgress?: (progress: TrainingProgress) => void;
  readonly signal?: AbortSignal;
}

/**
 * Trains a strategy for a task, from its first weights to what acts.
 *
 * Streams are named after what is trained, the task and the training seed, in a namespace of training alone.
 * Variants that come to the same training therefore get the same weights.
 */
export async function trainStrategy(
  training: StrategyTraining,
): Promise<{ readonly weights: NamedWeights; readonly summary: TrainingSummary }> {
  const { strategy, options, without, task, taskId, trainingSeed, onProgress, signal } = training;
  await startEngine();
  const name = ['training', strategy.identity(options, without).id, taskId, trainingSeed] as const;
  const learner = strategy.learner(options, teamShape(task), without, randomStream(...name, 'weights'));
  try {
    const plan = strategy.plan(options);
    const summary = await trainTeam({ task, learner, plan, name, onProgress, signal });
    return { weights: learner.executionWeights(), summary };
  } finally {
    learner.dispose();
  }
}
