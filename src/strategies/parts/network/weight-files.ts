import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type NamedWeights,
  teamShape,
  type TrainingKey,
  type TrainingNeed,
} from '../../../contracts/index.ts';
import { contentHash, sha256 } from '../../../core/index.ts';
import { decodeSafetensors, encodeSafetensors, type Weights } from '../../../nn/index.ts';
import { type AdviceCurve, adviceCurve } from './advice.ts';
import { calibrationRows, storedEpisodes } from './calibration.ts';
import { taskFingerprint } from './task-fingerprint.ts';
import { hasTrainingFile, readTrainingFile, trainingFilesIn } from './weight-packs.ts';

export type { TrainingKey };

/** The weights that ship with the package. */
export const shippedWeights = fileURLToPath(new URL('../../../../weights/strategies/', import.meta.url));

/**
 * The mixers and critics of shipped trainings, for central feedback alone: nothing that acts needs them, so they
 * are no part of the execution networks.
 */
export const shippedCentral = fileURLToPath(new URL('../../../../weights/central/', import.meta.url));

/** Where a user's own trainings go, below the folder the program runs in. */
export const ownWeights = path.join('agentmesh-data', 'weights');

/** Studies use ten trainings of each strategy; the run's seed picks one. */
export const trainingSeeds = 10;

/** The file of a training: its name starts with words for people and ends in a hash of all that it depends on. */
export function weightFileName(key: TrainingKey): string {
  const { id, options } = key.strategy.identity(key.options, key.without);
  const { taskId, taskOptions, task, trainingSeed } = key;
  const hash = contentHash({
    id,
    options,
    revision: key.strategy.revision ?? 1,
    taskId,
    taskOptions,
    task: taskFingerprint(task),
    shape: { ...teamShape(task) },
    trainingSeed,
  });
  return `${id}-${taskId}-${trainingSeed}-${hash.slice(0, 12)}.safetensors`;
}

export interface StoredWeights {
  readonly weights: Weights;
  readonly checksum: string;
  readonly file: string;
  /** How strong its advice is; absent where it was not measured when it was trained. */
  readonly curve?: AdviceCurve;
}

/**
 * The weights of a training with the checksum of the training's own file, from the first folder that has it;
 * undefined where none has.
 * @throws InputError when the file is damaged
 */
export function readWeights(
  key: TrainingKey,
  folders: readonly string[] = [shippedWeights, ownWeights],
): StoredWeights | undefined {
  return readNamed(weightFileName(key), folders);
}

function readNamed(name: string, folders: readonly string[]): StoredWeights | undefined {
  for (const folder of folders) {
    const found = readTrainingFile(folder, name);
    if (!found) continue;
    const { bytes, file } = found;
    const { weights, metadata } = decodeSafetensors(bytes, file);
    const curve = metadata.advice && { curve: JSON.parse(metadata.advice) as AdviceCurve };
    return { weights, checksum: sha256(bytes), file, ...(curve || {}) };
  }
  return undefined;
}

/** The file of a training's mixer or critic, beside that of its execution weights or in a folder of its own. */
export function centralFileName(key: TrainingKey): string {
  return weightFileName(key).replace(/\.safetensors$/, '-central.safetensors');
}

/** Whether a training has a mixer or critic to be kept: variants without credit assignment have none. */
export function keepsCentral({ strategy, without }: TrainingKey): boolean {
  return strategy.central?.stored === true && !without.includes('credit');
}

/** Whether all that acts by a training finds it: its weights and, where they are needed, its mixer or critic. */
export function isTrained({ key, central }: TrainingNeed): boolean {
  const isIn = (folders: readonly string[], name: string) =>
    folders.some((folder) => hasTrainingFile(folder, name));
  return (
    isIn([shippedWeights, ownWeights], weightFileName(key)) &&
    (!central || !keepsCentral(key) || isIn([shippedCentral, ownWeights], centralFileName(key)))
  );
}

/** The mixer or critic of a training, as `readWeights` finds the rest. */
export function readCentral(key: TrainingKey, folders: readonly string[] = [shippedCentral, ownWeights]) {
  return readNamed(centralFileName(key), folders);
}

/** What a weights file says about itself, for people and for error messages. */
function weightMetadata(
  { strategy, options, without, task, taskId, taskOptions, trainingSeed }: TrainingKey,
  episodes: number,
): Record<string, string> {
  const identity = strategy.identity(options, without);
  return {
    strategy: identity.id,
    options: JSON.stringify(identity.options),
    task: taskId,
    taskOptions: JSON.stringify(taskOptions),
    agents: String(task.agentNames.length),
    trainingSeed: String(trainingSeed),
    episodes: String(episodes),
  };
}

/**
 * The bytes of a training's file: what acts at half precision, and how strong the advice is that it gives so, which
 * takes longer to measure than anything else that a study does before its first run.
 */
export function encodeTraining(key: TrainingKey, weights: NamedWeights, episodes: number): Uint8Array {
  const metadata = weightMetadata(key, episodes);
  const stored = decodeSafetensors(encodeSafetensors({ weights, metadata }, 'F16'), key.taskId).weights;
  const network = key.strategy.network(key.options, teamShape(key.task), stored);
  const curve = adviceCurve(calibrationRows(key.task, key.taskId, network, storedEpisodes));
  return encodeSafetensors({ weights, metadata: { ...metadata, advice: JSON.stringify(curve) } }, 'F16');
}

/** The bytes of a training's mixer or critic. */
export function encodeCentral(key: TrainingKey, weights: NamedWeights, episodes: number): Uint8Array {
  return encodeSafetensors({ weights, metadata: weightMetadata(key, episodes) }, 'F16');
}

/** The team sizes for which some training of that variant on that task exists, ascending. */
export function trainedTeamSizes(
  variant: string,
  taskId: string,
  folders: readonly string[] = [shippedWeights, ownWeights],
): number[] {
  const sizes = new Set<number>();
  for (const folder of folders) {
    for (const name of trainingFilesIn(folder)) {
      if (!name.startsWith(`${variant}-${taskId}-`) || name.endsWith('-central.safetensors')) continue;
      const { bytes, file } = readTrainingFile(folder, name)!;
      const agents = Number(decodeSafetensors(bytes, file).metadata.agents);
      if (agents > 0) sizes.add(agents);
    }
  }
  return [...sizes].sort((a, b) => a - b);
}
