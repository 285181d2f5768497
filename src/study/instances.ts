import type { Json, References, StudyWriter } from '../contracts/index.ts';
import { contentHash, randomStream } from '../core/index.ts';
import { instanceStream } from '../episode/index.ts';
import type { PreparedTask } from './prepared.ts';

/** One instance with what its scores are measured against. */
export interface ReferencedInstance {
  readonly instance: Json;
  readonly references: References;
}

const remembered = 1024;

/**
 * Instances by task, seed and episode. References are computed once, stored, and found again by later starts;
 * the most recent instances stay in memory, since all strategies and models of a block meet the same ones.
 */
export function instanceSource(store: Pick<StudyWriter, 'references' | 'saveReferences'>) {
  const recent = new Map<string, Promise<ReferencedInstance>>();

  const make = async (
    { task, id, key }: PreparedTask,
    seed: number,
    episode: number,
  ): Promise<ReferencedInstance> => {
    const instance = task.generate(instanceStream(id, seed, episode), 'test');
    const referenceKey = contentHash({ task: key, seed, episode });
    const stored = await store.references(referenceKey);
    if (stored) return { instance, references: stored };
    const references = task.references(instance, randomStream('references', id, seed, episode));
    await store.saveReferences(referenceKey, references);
    return { instance, references };
  };

  return (task: PreparedTask, seed: number, episode: number): Promise<ReferencedInstance> => {
    const key = `${task.key} ${seed} ${episode}`;
    const known = recent.get(key);
    if (known) return known;
    const made = make(task, seed, episode);
    recent.set(key, made);
    made.catch(() => recent.delete(key));
    if (recent.size > remembered) recent.delete(recent.keys().next().value as string);
    return made;
  };
}
