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
