import { type Json, type References, type StudyWriter, TaskError } from '../contracts/index.ts';
import { AgentMeshError, contentHash, randomStream, type RandomStream, reasonOf } from '../core/index.ts';
import { studyInstance, type StudyInstance } from '../episode/index.ts';
import type { PreparedTask } from './prepared.ts';

/** One instance with what its scores are measured against. */
export interface ReferencedInstance extends StudyInstance {
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
    const drawn = studyInstance(task, id, seed, episode);
    const referenceKey = contentHash({ task: key, seed, episode });
    const stored = await store.references(referenceKey);
    if (stored) return { ...drawn, references: stored };
    const references = referencesOf(task, id, drawn.instance, randomStream('references', id, seed, episode));
    await store.saveReferences(referenceKey, references);
    return { ...drawn, references };
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

/** A score that is no number would spoil the study; one against bounds that are exchanged would be a lie. */
function referencesOf(
  task: PreparedTask['task'],
  id: string,
  instance: Json,
  stream: RandomStream,
): References {
  let references: References;
  try {
    references = task.references(instance, stream);
  } catch (error) {
    if (error instanceof AgentMeshError) throw error;
    throw new TaskError(`The task "${id}" fails to give references: ${reasonOf(error)}`, { cause: error });
  }
  const { low, high, lowStandardError } = references ?? {};
  if (Number.isFinite(high) && low < high && lowStandardError >= 0 && Number.isFinite(low)) return references;
  throw new TaskError(
    `The task "${id}" gives an instance the references ${JSON.stringify(references, finiteOrNot)}. \`low\` and \`high\` ` +
      'have to be finite numbers, `low` below `high`, and `lowStandardError` a number from 0, given at once.',
  );
}

/** JSON writes null for what is not finite. */
function finiteOrNot(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
