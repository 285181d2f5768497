import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { JsonObject, NamedWeights } from '../contracts/index.ts';
import { type Clock, sha256, writeWhole } from '../core/index.ts';
import { decodeSafetensors, encodeSafetensors } from '../nn/index.ts';

/** Where a training is, so that another process can go on from there. */
export interface TrainingState {
  /** Counters and places of random streams. */
  readonly progress: JsonObject;
  readonly arrays: NamedWeights;
}

/** Keeps the latest state of a training that is not finished. */
export interface Checkpoints {
  /** What was kept; `unusable` says why it cannot be gone on from; undefined when there is nothing. */
  load(): { readonly state: TrainingState } | { readonly unusable: string } | undefined;
  /** True when enough time has gone by since the last state was kept. */
  due(): boolean;
  save(state: TrainingState): void;
  /** Removes what was kept. */
  clear(): void;
}

export interface CheckpointFileOptions {
  /** What is trained and by which program: a state that was kept under another key is not gone on from. */
  readonly key: string;
  readonly clock: Clock;
  /** Milliseconds between two states, 1000 by default. */
  readonly periodMs?: number;
}

/** Hexadecimal digits of the checksum that the file begins with, and a line feed. */
const checksumLength = 65;

/**
 * Checkpoints in one file: the SHA-256 of what follows, a line feed, and a safetensors file. A kill at any moment
 * leaves the state before or the new one.
 */
export function checkpointFile(
  file: string,
  { key, clock, periodMs = 1000 }: CheckpointFileOptions,
): Checkpoints {
  const folder = path.dirname(file);
  let savedMs = clock.monotonicMs();
  return {
    load: () => {
      if (!existsSync(file)) return undefined;
      const bytes = readFileSync(file);
      const body = bytes.subarray(checksumLength);
      if (bytes.toString('latin1', 0, checksumLength) !== `${sha256(body)}\n`)
        return { unusable: `${file} is damaged` };
      const { weights, metadata } = decodeSafetensors(body, file);
      if (metadata.key !== key) return { unusable: `${file} was left by another version of this program` };
      return { state: { progress: JSON.parse(metadata.progress) as JsonObject, arrays: weights } };
    },
    due: () => clock.monotonicMs() - savedMs >= periodMs,
    save: ({ progress, arrays }) => {
      const metadata = { key, progress: JSON.stringify(progress) };
      const body = encodeSafetensors({ weights: arrays, metadata }, 'F32');
      try {
        writeWhole(file, Buffer.concat([Buffer.from(`${sha256(body)}\n`, 'latin1'), body]));
      } catch (error) {
        // Another process may have trained the same, finished first and cleared what is unfinished.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
      savedMs = clock.monotonicMs();
    },
    clear: () => {
      if (!existsSync(folder)) return;
      const name = path.basename(file);
      for (const left of readdirSync(folder))
        if (left === name || left.startsWith(`${name}.part-`))
          rmSync(path.join(folder, left), { force: true });
    },
  };
}
