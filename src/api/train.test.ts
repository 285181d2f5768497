import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { InputError, UnknownIdError } from '../core/index.ts';
import { trainForTask, type TrainRequest } from './train.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'train-'));
});

const request = (more: Partial<TrainRequest>): TrainRequest => ({
  strategy: 'vdn',
  task: 'matrix-game',
  seed: 0,
  folder,
  ...more,
});

describe('training for a task', () => {
  // Additive: entry = row + column, so VDN fits it exactly under uniform play; its best entry is 5.
  it('reports the greedy return and the learned tables in reward units', async () => {
    const payoff = [[1, 4, 2], [0, 3, 1], [2, 5, 3]]; // prettier-ignore
    const result = await trainForTask(
      request({ options: { payoff, exploration: 'uniform', updates: 600, hidden: 16 } }),
    );
    expect(result.greedy).toEqual({ return: 5, score: 1, instances: 1 });
    const [{ joint, perAgent }] = result.tables!;
    (joint as number[][]).forEach((row, i) =>
      row.forEach((value, j) => {
        expect(Math.abs(value - payoff[i][j])).toBeLessThan(0.05);
        expect(perAgent[0][i]! + perAgent[1][j]!).toBeCloseTo(value, 4);
      }),
    );
  });

  it('keeps the training: the same request is answered from the file, another is not', async () => {
    const options = { updates: 20, hidden: 8 };
    const first = await trainForTask(request({ options }));
    expect(first.cached).toBe(false);
    const again = await trainForTask(
      request({
        options,
        onProgress: () => {
          throw new Error('trained again');
        },
      }),
    );
    expect(again).toEqual({ ...first, cached: true });
    expect((await trainForTask(request({ options, seed: 1 }))).file).not.toBe(first.file);
  });

  it('goes on from where it was stopped, and leaves nothing of that behind', async () => {
    const options = { updates: 100, hidden: 8 };
    const undisturbed = await trainForTask(request({ options, folder: path.join(folder, 'other') }));
    const stop = new AbortController();
    const training = trainForTask(
      request({
        options,
        signal: stop.signal,
        onProgress: ({ update }) => {
          if (update === 3) stop.abort(new Error('stopped'));
        },
      }),
    );
    await expect(training).rejects.toThrow('stopped');
    expect(readdirSync(folder).filter((name) => name.endsWith('.checkpoint'))).toHaveLength(1);
    const notes: string[] = [];
    const resumed = await trainForTask(request({ options, onNote: (note) => notes.push(note) }));
    expect(notes).toEqual(['Going on after update 64 of 100.']);
    expect(readFileSync(resumed.file)).toEqual(readFileSync(undisturbed.file));
    expect({ ...resumed, file: '' }).toEqual({ ...undisturbed, file: '' });
    expect(readdirSync(folder).filter((name) => name.includes('.checkpoint'))).toEqual([]);
  });

  it("serves a user's own task from a study module", async () => {
    const file = path.join(folder, 'study.mjs');
    const coin = `
      const actions = ['heads', 'tails'];
      const start = (time = 0) => ({
        get time() { return time; },
        get done() { return time > 0; },
        availableActions: () => [0, 1],
        observe: () => 'Agree.',
        features: (agent, out, offset = 0) => { out[offset] = 1; },
        state: (out, offset = 0) => { out[offset] = 1; },
        step: ([a, b]) => { time++; return a === b ? 1 + a : 0; },
        snapshot: () => time, restore: (t) => { time = t; }, copy: () => start(time),
      });
      export default { tasks: [{
        id: 'agree', title: 'Agree', type: 'dense', revision: 1, source: 'ours',
        optionsSchema: { safeParse: (x) => ({ success: true, data: x }) },
        create: () => ({
          agentNames: ['Ann', 'Bob'], horizon: 1, actions, featureLength: 1, stateLength: 1, rules: 'Agree.',
          generate: () => null, start: () => start(), oracle: () => 2, randomReturn: () => 0.75,
        }),
      }] };`;
    writeFileSync(file, coin);
    const result = await trainForTask(
      request({ strategy: 'qmix', task: 'agree', studyFile: file, options: { updates: 150, hidden: 16 } }),
    );
    expect(result.greedy.return).toBe(2);
  });

  it.each([
    ['an unknown strategy', { strategy: 'qmx' }, UnknownIdError, /Did you mean "qmix"/],
    ['a strategy without networks', { strategy: 'none' }, InputError, /nothing to train. These have: .*vdn/],
    ['an unknown task', { task: 'coverge' }, UnknownIdError, /Did you mean "coverage"/],
    ['a part that it does not have', { without: ['messages'] as const }, InputError, /credit, shaping/],
    ['an unknown parameter', { options: { gama: 0.5 } }, InputError, /Did you mean "gamma"/],
    ['a wrong value', { options: { gamma: 2 } }, InputError, /gamma/],
  ])('refuses %s', async (_, more, kind, message) => {
    const training = trainForTask(request(more));
    await expect(training).rejects.toThrow(kind);
    await expect(training).rejects.toThrow(message);
  });
});
