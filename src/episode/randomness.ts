import type { Json, Task } from '../contracts/index.ts';
import { randomStream, type RandomStream } from '../core/index.ts';

/**
 * How a decision becomes an action, and which random numbers it takes: part of every run's hash. Raise it when the
 * same answers to the same questions would be acted on otherwise.
 */
export const playRevision = 2;

/**
 * The stream that draws the instance of a study. Pre-training of models, training of strategies and tuning use
 * other namespaces in its place, so that no study meets an instance that anything was trained on.
 */
export function instanceStream(taskId: string, seed: number, episode: number): RandomStream {
  return randomStream('instance', 'study', taskId, seed, episode);
}

/** What a study plays, and its name where the task has a list. */
export interface StudyInstance {
  readonly instance: Json;
  readonly item?: string;
}

/**
 * What a run with this seed plays in an episode. Of a list each seed has an order of its own, so that no item comes again
 * before all have been played.
 */
export function studyInstance(task: Task, taskId: string, seed: number, episode: number): StudyInstance {
  if (!task.items) return { instance: task.generate(instanceStream(taskId, seed, episode), 'test') };
  const names = task.items.names.test;
  const round = Math.floor(episode / names.length);
  const item = randomStream('items', 'study', taskId, seed, round).shuffle(names)[episode % names.length];
  return { instance: task.items.of(item), item };
}
