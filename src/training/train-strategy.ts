import {
  type JsonObject,
  type Learner,
  type NamedWeights,
  type StrategyPart,
  type Simulator,
  teamShape,
  type TrainableStrategy,
} from '../contracts/index.ts';
import { randomStream } from '../core/index.ts';
import { startEngine } from '../nn/index.ts';
import type { Checkpoints } from './checkpoint.ts';
import { sharedInstances, type TrainingInstances } from './instances.ts';
import { type TrainingProgress, type TrainingSummary, trainTeam } from './train-team.ts';

export interface StrategyTraining {
  readonly strategy: TrainableStrategy;
  /** Resolved training options. */
  readonly options: JsonObject;
  readonly without: readonly StrategyPart[];
  readonly task: Simulator;
  readonly taskId: string;
  readonly trainingSeed: number;
  /** What `instancesOf(task, taskId, trainingSeed)` gives; for several trainings that share the work. */
  readonly instances?: TrainingInstances;
  readonly checkpoints?: Checkpoints;
  readonly onProgress?: (progress: TrainingProgress) => void;
  readonly onNote?: (note: string) => void;
  readonly signal?: AbortSignal;
  /** Called once after the last update, while the learner still has all that it trained. */
  readonly inspect?: (learner: Learner, summary: TrainingSummary) => void;
}

export interface TrainedStrategy {
  /** What acts. */
  readonly weights: NamedWeights;
  /** The mixer or critic that central feedback reads, where there is one. */
  readonly central?: NamedWeights;
  readonly summary: TrainingSummary;
}

/**
 * Trains a strategy for a task, from its first weights to what acts.
 *
 * Streams are named after what is trained, the task and the training seed, in a namespace of training alone;
 * instances after the task and the seed, so all strategies meet the same ones.
 * Variants that come to the same training therefore get the same weights.
 */
export async function trainStrategy(training: StrategyTraining): Promise<TrainedStrategy> {
  const { strategy, options, without, task, taskId, trainingSeed } = training;
  await startEngine();
  const name = ['training', strategy.identity(options, without).id, taskId, trainingSeed] as const;
  const learner = strategy.learner(options, teamShape(task), without, randomStream(...name, 'weights'));
  try {
    const plan = strategy.plan(options, teamShape(task), without);
    const instances = training.instances ?? instancesOf(task, taskId, trainingSeed);
    const { checkpoints, onProgress, onNote, signal } = training;
    const summary = await trainTeam({
      task,
      learner,
      plan,
      name,
      instances,
      checkpoints,
      onProgress,
      onNote,
      signal,
    });
    training.inspect?.(learner, summary);
    const central = learner.centralWeights?.();
    return { weights: learner.executionWeights(), ...(central && { central }), summary };
  } finally {
    learner.dispose();
  }
}

/** The instances of a training seed: the same for every strategy, and met by no study, tuning or calibration. */
export function instancesOf(task: Simulator, taskId: string, trainingSeed: number): TrainingInstances {
  return sharedInstances(task, 'training', taskId, trainingSeed);
}
