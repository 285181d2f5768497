import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NamedWeights } from '../contracts/index.ts';
import { systemClock as clock } from '../core/index.ts';
import { checkpointFile, type TrainingState } from './checkpoint.ts';
import { twoStepGame } from '../tasks/two-step-game.ts';
import { tinyTraining, trainable } from '../../test/support/tiny-training.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'checkpoint-'));
  file = path.join(folder, 'tiny.checkpoint');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const kept = (key = 'tiny') => checkpointFile(file, { key, clock, periodMs: 0 });
const bytes = (weights: NamedWeights) =>
  Object.entries(weights).map(([name, { data }]) => [name, Buffer.from(data.buffer).toString('hex')]);

/** Trains again over the checkpoint, and tells what was noted and at which update it began. */
async function goOn(strategy: string, checkpoints = kept()) {
  const notes: string[] = [];
  let first: number | undefined;
  const weights = await tinyTraining(strategy, {
    checkpoints,
    onNote: (note) => notes.push(note),
    onProgress: ({ update }) => (first ??= update),
  });
  return { notes, first, weights: bytes(weights) };
}

/** Stops a training at its first look at the signal past that update, where it leaves a checkpoint. */
async function stopAt(strategy: string, update: number) {
  const stop = new AbortController();
  const training = tinyTraining(strategy, {
    checkpoints: { ...kept(), due: () => false },
    signal: stop.signal,
    onProgress: (progress) => {
      if (progress.update === update) stop.abort(new Error('stopped'));
    },
  });
  await expect(training).rejects.toThrow('stopped');
}

describe('a training that was stopped', () => {
  it.each(trainable.map(({ id }) => id))('goes on to the same weights: %s', async (strategy) => {
    const undisturbed = bytes(await tinyTraining(strategy));
    await stopAt(strategy, 70);
    const resumed = await goOn(strategy);
    expect(resumed.notes).toEqual(['Going on after update 128 of 200.']);
    expect(resumed.first).toBe(129);
    expect(resumed.weights).toEqual(undisturbed);
  });

  it('goes on where its balanced draws were: uniform exploration', async () => {
    const uniform = (more: Parameters<typeof tinyTraining>[1] = {}) =>
      tinyTraining(
        'vdn',
        { ...more, task: twoStepGame.create({}), taskId: 'two-step-game' },
        { exploration: 'uniform' },
      );
    const undisturbed = bytes(await uniform());
    const stop = new AbortController();
    const stopped = uniform({
      checkpoints: { ...kept(), due: () => false },
      signal: stop.signal,
      onProgress: ({ update }) => {
        if (update === 70) stop.abort(new Error('stopped'));
      },
    });
    await expect(stopped).rejects.toThrow('stopped');
    expect(bytes(await uniform({ checkpoints: kept() }))).toEqual(undisturbed);
  });

  it('by kill -9 goes on to the same weights, twice', async () => {
    const undisturbed = bytes(await tinyTraining('qmix'));
    for (const [hold, after] of [
      [64, 64],
      [150, 128],
    ]) {
      await killedAt('qmix', hold);
      const { progress } = (kept().load() as { state: TrainingState }).state;
      expect(progress.update).toBe(after);
    }
    // What a kill in the middle of writing leaves behind is not read, and goes in the end.
    writeFileSync(`${file}.part-1`, 'half a sta');
    const resumed = await goOn('qmix');
    expect(resumed.first).toBe(129);
    expect(resumed.weights).toEqual(undisturbed);
    kept().clear();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('starts over, and says so, from a checkpoint that cannot be used', async () => {
    const undisturbed = bytes(await tinyTraining('vdn'));
    await stopAt('vdn', 1);
    const whole = readFileSync(file);
    const flipped = Buffer.from(whole);
    flipped[flipped.length - 9] ^= 1;
    for (const damaged of [flipped, whole.subarray(0, 5000), Buffer.alloc(0)]) {
      writeFileSync(file, damaged);
      const { notes, first, weights } = await goOn('vdn', { ...kept(), due: () => false });
      expect(notes).toEqual([`The checkpoint ${file} is damaged. The training starts over.`]);
      expect(first).toBe(1);
      expect(weights).toEqual(undisturbed);
    }
    writeFileSync(file, whole);
    const other = await goOn('vdn', { ...kept('another'), due: () => false });
    expect(other.notes).toEqual([
      `The checkpoint ${file} was left by another version of this program. The training starts over.`,
    ]);
    expect(other.weights).toEqual(undisturbed);
  });

  it('starts over when the task pays otherwise than it did', async () => {
    await stopAt('vdn', 1);
    const { state } = kept().load() as { state: TrainingState };
    const rewards = state.arrays['memory.rewards'];
    rewards.data[rewards.data.length - 1] += 0.5;
    kept().save(state);
    const { notes, first, weights } = await goOn('vdn');
    expect(notes).toEqual([
      'The task does not play as it did when the training was stopped. The training starts over.',
    ]);
    expect(first).toBe(1);
    expect(weights).toEqual(bytes(await tinyTraining('vdn')));
  });
});

describe('a checkpoint file', () => {
  it('is due after its period, on the clock that it is given', () => {
    let now = 0;
    const checkpoints = checkpointFile(file, {
      key: 'k',
      clock: { ...clock, monotonicMs: () => now },
      periodMs: 100,
    });
    expect(checkpoints.due()).toBe(false);
    now = 100;
    expect(checkpoints.due()).toBe(true);
    checkpoints.save({ progress: {}, arrays: {} });
    expect(checkpoints.due()).toBe(false);
    now = 201;
    expect(checkpoints.due()).toBe(true);
  });

  it('keeps numbers to the bit, and nothing before the first state', () => {
    expect(kept().load()).toBeUndefined();
    const progress = { spread: [3, 0.1 + 0.2, Number.MIN_VALUE], position: [-1, 2 ** 31 - 1] };
    const data = Float32Array.of(-0, 1e-45, 3.4e38, 1 / 3);
    kept().save({ progress, arrays: { a: { shape: [2, 2], data } } });
    const { state } = kept().load() as { state: TrainingState };
    expect(state.progress).toEqual(progress);
    expect(Buffer.from(state.arrays.a.data.buffer)).toEqual(Buffer.from(data.buffer));
    kept().clear();
    expect(existsSync(file)).toBe(false);
  });
});

/** Kills a process that trains, once it has kept a state and is past that update. */
async function killedAt(strategy: string, hold: number): Promise<void> {
  const script = fileURLToPath(new URL('../../test/support/training-process.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, strategy, file, String(hold)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = new Promise((resolve) => child.on('close', resolve));
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    child.kill('SIGKILL');
  }
  await closed;
  expect(lines).toEqual(['holding']);
  expect(child.signalCode).toBe('SIGKILL');
}
