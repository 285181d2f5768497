import { beforeAll, describe, expect, it } from 'vitest';
import { type Learner, teamShape, TrainingError } from '../contracts/index.ts';
import { randomStream } from '../core/index.ts';
import { startEngine } from '../nn/index.ts';
import { matrixGame } from '../tasks/matrix-game.ts';
import { twoStepGame } from '../tasks/two-step-game.ts';
import { vdnLearning } from '../strategies/vdn.ts';
import { episodeMemory } from './episodes.ts';
import { trainTeam } from './train-team.ts';

beforeAll(() => startEngine());

const task = twoStepGame.create({});
const shape = teamShape(task);
const options = vdnLearning.trainingSchema.parse({
  updates: 20,
  hidden: 8,
  newSteps: 2,
  batchSteps: 8,
});
const make = () => vdnLearning.learner(options, shape, [], randomStream('init'));

describe('trainTeam', () => {
  it('gives the same weights to the bit under the same name, and others under another', async () => {
    const train = async (name: string) => {
      const learner = make();
      await trainTeam({ task, learner, plan: vdnLearning.plan(options, shape), name: [name] });
      const weights = Object.values(learner.executionWeights()).flatMap(({ data }) => [...data]);
      learner.dispose();
      return weights;
    };
    const first = await train('a');
    expect(await train('a')).toEqual(first);
    expect(await train('b')).not.toEqual(first);
  });

  it('lets the learning rate and exploration fall as planned, and counts what it played', async () => {
    const rates: number[] = [];
    const learner = make();
    const spy: Learner = {
      ...learner,
      update: (batch, rate) => {
        rates.push(rate);
        return learner.update(batch, rate);
      },
    };
    const plan = {
      ...vdnLearning.plan(options, shape),
      updates: 10,
      learningRate: 1,
      finalLearningRate: 0.3,
    };
    const summary = await trainTeam({ task, learner: spy, plan, name: ['rates'] });
    expect(rates.map((r) => +r.toFixed(6))).toEqual([1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.3, 0.3]);
    // Four episodes of two steps before the first update, one before each later one.
    expect(summary.episodes).toBe(13);
    expect(summary.environmentSteps).toBe(26);
    learner.dispose();
  });

  it('stops when the loss is not a number, and says where', async () => {
    const learner = make();
    const broken: Learner = { ...learner, update: () => NaN };
    const training = trainTeam({
      task,
      learner: broken,
      plan: vdnLearning.plan(options, shape),
      name: ['nan'],
    });
    await expect(training).rejects.toThrow(TrainingError);
    await expect(training).rejects.toThrow(
      /became NaN at update 1 of 20 \(batch of 4 episodes with 8 steps, rewards 0 to [\d.]+ after scaling by [\d.]+, features 0 to 1, states 0 to 1, learning rate 0\.\d+\)\. A smaller/,
    );
    learner.dispose();
  });

  it('stops with the reason of an abort signal', async () => {
    const learner = make();
    const stop = new AbortController();
    const training = trainTeam({
      task,
      learner,
      plan: { ...vdnLearning.plan(options, shape), updates: 100000 },
      name: ['abort'],
      signal: stop.signal,
      onProgress: ({ update }) => {
        if (update === 5) stop.abort(new Error('enough'));
      },
    });
    await expect(training).rejects.toThrow('enough');
    learner.dispose();
  });
});

describe('episode memory', () => {
  const game = matrixGame.create(matrixGame.optionsSchema.parse({ payoff: [[1, 2, 3], [4, 5, 6]], repeats: 2 })); // prettier-ignore
  const gameShape = teamShape(game);
  const record = (joints: number[][]) => {
    const memory = episodeMemory(gameShape, 2);
    for (const joint of joints)
      memory.record(game.start(null), (_, __, out) => joint.forEach((a, i) => (out[i] = a)));
    return memory;
  };

  it('keeps what happened, with rewards scaled on the way out', () => {
    const batch = record([[1, 0], [0, 2]]).batch([1, 0, 1], 0.5); // prettier-ignore
    expect(batch.episodes).toBe(3);
    expect([...batch.rewards]).toEqual([1.5, 1.5, 2, 2, 1.5, 1.5]);
    expect([...batch.actions.subarray(0, 8)]).toEqual([0, 2, 0, 2, 1, 0, 1, 0]);
    expect([...batch.mask]).toEqual([1, 1, 1, 1, 1, 1]);
    // The first agent has two actions, the second three.
    expect([...batch.available.subarray(0, 6)]).toEqual([1, 1, 0, 1, 1, 1]);
  });

  it('replaces the oldest episode when it is full', () => {
    const memory = record([[0, 0], [1, 1], [1, 2]]); // prettier-ignore
    expect(memory.size).toBe(2);
    expect([...memory.batch([0, 1], 1).rewards]).toEqual([6, 6, 5, 5]);
  });

  it('records episodes again from their log, in their places, and tells when a game pays otherwise', () => {
    const memory = record([[0, 0], [1, 1], [1, 2]]); // prettier-ignore
    const log = memory.log();
    const again = episodeMemory(gameShape, 2);
    for (const episode of [1, 2]) expect(again.recordAgain(episode, game.start(null), log, {})).toBe(true);
    expect(again.size).toBe(2);
    expect(again.batch([0, 1], 1)).toEqual(memory.batch([0, 1], 1));
    // The next one takes the oldest one's place in both.
    for (const each of [memory, again]) each.record(game.start(null), (_, __, out) => out.fill(0));
    expect(again.batch([0, 1], 1)).toEqual(memory.batch([0, 1], 1));

    const other = matrixGame.create(matrixGame.optionsSchema.parse({ payoff: [[1, 2, 3], [4, 5, 7]], repeats: 2 })); // prettier-ignore
    expect(again.recordAgain(1, other.start(null), log, {})).toBe(true);
    expect(again.recordAgain(2, other.start(null), log, {})).toBe(false);
    const shorter = matrixGame.create(matrixGame.optionsSchema.parse({ payoff: [[1, 2, 3], [4, 5, 6]], repeats: 1 })); // prettier-ignore
    expect(again.recordAgain(1, shorter.start(null), log, {})).toBe(false);
  });

  it('pads an episode that ends early', () => {
    const long = { ...gameShape, horizon: 4 };
    const memory = episodeMemory(long, 1);
    memory.record(game.start(null), (_, __, out) => out.fill(0));
    const batch = memory.batch([0], 1);
    expect([...batch.mask]).toEqual([1, 1, 0, 0]);
    expect([...batch.rewards]).toEqual([1, 1, 0, 0]);
    expect([...batch.available.subarray(12)]).toEqual(new Array(12).fill(1));
  });
});
