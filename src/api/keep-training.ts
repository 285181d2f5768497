import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Learner, TrainingKey } from '../contracts/index.ts';
import { systemClock, writeWhole } from '../core/index.ts';
import {
  centralFileName,
  encodeCentral,
  encodeTraining,
  weightFileName,
} from '../strategies/parts/network/weight-files.ts';
import {
  checkpointFile,
  type TrainingInstances,
  type TrainingProgress,
  type TrainingSummary,
  trainStrategy,
} from '../training/index.ts';
import { version } from './version.ts';

export interface TrainingHooks {
  /** What `instancesOf` gives, for several trainings that share the work of drawing them. */
  readonly instances?: TrainingInstances;
  readonly onProgress?: (progress: TrainingProgress) => void;
  /** Told, in a sentence, when the training goes on from where it was stopped, or cannot. */
  readonly onNote?: (note: string) => void;
  readonly inspect?: (learner: Learner, summary: TrainingSummary) => void;
  readonly signal?: AbortSignal;
}

/**
 * Trains what a key names and keeps its weights in the folder, under the name where studies look for them.
 *
 * A training that is stopped or killed leaves a checkpoint beside its file; the same call goes on from there and
 * comes to the same bytes. Files appear whole, so others may train the same at the same time.
 *
 * @param finish called with the file's name while the checkpoint is still there, so that a kill loses nothing
 * @throws TrainingError when a loss is not finite; the reason of `signal` when it aborts
 */
export async function keepTraining(
  key: TrainingKey,
  folder: string,
  hooks: TrainingHooks = {},
  finish?: (file: string) => void,
): Promise<string> {
  const file = path.join(folder, weightFileName(key));
  mkdirSync(folder, { recursive: true });
  const checkpoints = checkpointFile(`${file}.checkpoint`, {
    key: `${path.basename(file)} ${version}`,
    clock: systemClock,
  });
  const { weights, central, summary } = await trainStrategy({ ...key, ...hooks, checkpoints });
  const { episodes } = summary;
  if (central) writeWhole(path.join(folder, centralFileName(key)), encodeCentral(key, central, episodes));
  writeWhole(file, encodeTraining(key, weights, episodes));
  finish?.(file);
  checkpoints.clear();
  return file;
}
