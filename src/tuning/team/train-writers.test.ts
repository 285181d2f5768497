import { describe, expect, it } from 'vitest';
import { type TeamPlan } from '../../contracts/index.ts';
import { drawProblems } from './problems.ts';
import { hasFallen, watch } from './monitors.ts';
import { rollOut } from './rollout.ts';
import { rowsOf } from './learn.ts';
import { packState, type TeamState, unpackState } from './team-state.ts';
import { trainWriters } from './train-writers.ts';
import { tabularTuner, wordTask } from './tabular.test-support.ts';

const plan: TeamPlan = {
  ...{ models: ['tabular'], share: false, estimator: 'marloo', grouping: 'aligned', normalise: false },
  ...{ reward: 'joint', curriculum: 'none' },
  ...{ group: 8, problems: 4, updates: 60, learningRate: 4, kl: 0, evaluateEvery: 20, validation: 8 },
};
/** Both say A: 1; both say B: 0.6; else nothing. Problems differ in a number that decides nothing. */
const coordination = () =>
  wordTask(1, ([[a, b]]) => ({
    reward: a !== b ? 0 : a === 'A' ? 1 : 0.6,
    measures: { met: a === b ? 1 : 0 },
  }));
const words = ['A', 'B'];
const team = () => [tabularTuner(words), tabularTuner(words)];

describe('a team', () => {
  it('learns to say the same, and better problems than it was trained on are told apart', async () => {
    const result = await trainWriters({
      writing: coordination(),
      tuners: team(),
      plan: { ...plan, updates: 150 },
      name: ['learns'],
    });
    expect(result.first.return).toBeLessThan(0.6);
    expect(result.lines.at(-1)!.return).toBeGreaterThan(0.9);
    const { length } = result.lines;
    expect(result.lines.map(({ update }) => update)).toEqual(Array.from({ length }, (_, k) => k + 1));
    // Equal joint answers are tried once.
    expect(result.lines[length - 1].jointEvaluations).toBeLessThan(length * 4 * 8);
  });

  it.each(['marloo', 'maac'] as const)(
    'with %s, gives the same again, also when it was stopped anywhere and went on',
    async (estimator) => {
      const run = (from?: TeamState, keep?: (state: TeamState) => void, until = 12) =>
        trainWriters({
          ...{
            writing: coordination(),
            plan: { ...plan, estimator, updates: until, evaluateEvery: 4 },
            name: ['again'],
          },
          tuners: team(),
          ...(from && { from }),
          onUpdate: async (_, state) => keep?.(await state()),
        });
      const states: TeamState[] = [];
      const whole = await run(undefined, (state) => states.push(state));
      expect(states).toHaveLength(12);
      for (const k of [0, 3, 4, 10]) {
        const stored = unpackState(
          JSON.parse(
            JSON.stringify(packState(states[k]), (_, x: unknown) => (x instanceof Float32Array ? [...x] : x)),
          ) as never,
          { tuners: 2, critics: estimator === 'maac' ? 2 : 0 },
        );
        const floats = (all: TeamState['tuners']) =>
          all.map((own) =>
            Object.fromEntries(
              Object.entries(own).map(([name, { shape, data }]) => [
                name,
                { shape, data: Float32Array.from(data) },
              ]),
            ),
          );
        const on = await run({
          ...stored,
          tuners: floats(stored.tuners),
          bestTuners: floats(stored.bestTuners),
          critics: floats(stored.critics),
        });
        expect(on).toEqual(whole);
      }
    },
  );

  it('shares one set of weights where it is told to', async () => {
    const tuner = tabularTuner(words);
    const result = await trainWriters({
      writing: coordination(),
      tuners: [tuner],
      plan: { ...plan, share: true },
      name: ['shared'],
    });
    expect(result.lines[0].health.gradientNorm).toHaveLength(1);
    expect([...tuner.logits.keys()].sort()).toEqual(['0', '1']);
  });

  it('stays nearer to where it began with a weight on that', async () => {
    const moved = async (kl: number) => {
      const tuners = team();
      await trainWriters({
        writing: coordination(),
        tuners,
        references: team(),
        plan: { ...plan, kl },
        name: ['kl'],
      });
      return Math.max(...[...tuners[0].logits.values()].flat().map(Math.abs));
    };
    expect(await moved(1)).toBeLessThan(0.5 * (await moved(0)));
  });
});

describe('returns', () => {
  // Fault 8: whether an episode goes on is the task's to say, not a threshold on a shifted reward.
  it('are a reward and the mean of what follows it, and what ended has nothing after it', async () => {
    const writing = wordTask(2, (path) => {
      const said = path.map(([a, b]) => a + b).join(' ');
      if (path.length === 1) return { reward: said === 'AA' ? 10 : 1, ends: said === 'AA' };
      return { reward: said.endsWith('BB') ? 4 : 2 };
    });
    const { turns, jointEvaluations } = await rollOut(writing, team(), [3, 5], {
      group: 4,
      grouping: 'aligned',
      name: ['tree'],
    });
    const [first, second] = turns;
    const nodes = [...second];
    for (const { samples, returns } of first)
      returns.forEach((value, g) => {
        if (samples[0][g].text + samples[1][g].text === 'AA') return expect(value).toBe(10);
        const own = nodes.shift()!;
        expect(own.path).toEqual([[samples[0][g].text, samples[1][g].text]]);
        expect(value).toBeCloseTo(1 + own.returns.reduce((a, b) => a + b, 0) / 4, 12);
      });
    expect(nodes).toEqual([]);
    expect(jointEvaluations).toBeLessThanOrEqual(8 + 4 * second.length);
  });

  // Fault 6: crossed groups that sum grow with the group, and count a sample once per combination.
  it('of crossed groups try every combination and weigh as aligned ones do', async () => {
    const nodes = async (grouping: 'aligned' | 'crossed') =>
      (await rollOut(coordination(), team(), [1], { group: 3, grouping, name: ['crossed'] })).turns[0];
    const crossed = await nodes('crossed');
    expect(crossed[0].returns).toHaveLength(9);
    for (const grouping of ['aligned', 'crossed'] as const) {
      const rows = rowsOf(await nodes(grouping), 0, 2, {
        ...plan,
        group: 3,
        grouping,
        estimator: 'mareinforce',
      });
      expect(rows).toHaveLength(3);
      // Each weighs its mean return over the group's size, at most 1 / 3.
      for (const { weight } of rows) expect(weight).toBeLessThanOrEqual(1 / 3);
    }
  });
});

// Fault 3: a temperature of sampling that is none of the gradient's.
it('samples what it differentiates: at temperature 1, over everything', async () => {
  const asked: number[] = [];
  const tuners = team().map((tuner) => ({
    ...tuner,
    sample: (...[requests, count]: Parameters<typeof tuner.sample>) => (
      asked.push(...requests.map(({ temperature }) => temperature)),
      tuner.sample(requests, count)
    ),
  }));
  const { lines } = await trainWriters({
    writing: coordination(),
    tuners,
    plan: { ...plan, updates: 3 },
    name: ['one'],
  });
  expect(new Set(asked)).toEqual(new Set([1]));
  for (const { health } of lines) expect(health.samplerGap).toBe(0);
  // The last update is evaluated: how far its step went is known, and it went somewhere.
  expect(lines.map(({ health }) => health.change?.length)).toEqual([undefined, undefined, 2]);
  expect(Math.max(...lines[2].health.change!)).toBeGreaterThan(0);
});

// Fault 5: a buffer that steps by turn, off policy.
it('steps once per agent and update, over all turns', async () => {
  const steps = [0, 0];
  const tuners = team().map((tuner, k) => ({
    ...tuner,
    step: (rate: number) => (steps[k]++, tuner.step(rate)),
  }));
  const writing = wordTask(2, (path) => ({ reward: path.length }));
  await trainWriters({ writing, tuners, plan: { ...plan, updates: 3 }, name: ['steps'] });
  expect(steps).toEqual([3, 3]);
});

describe('what is wrong', () => {
  const bad = (pay: Parameters<typeof wordTask>[1]) =>
    trainWriters({ writing: wordTask(1, pay), tuners: team(), plan, name: ['wrong'] });

  // Fault 7: a loss that is no number is replaced, and training goes on.
  it('ends the training where a reward or a gradient is no number', async () => {
    await expect(bad(() => ({ reward: Number.NaN }))).rejects.toThrow(/The task paid NaN for an answer to/);
    const tuners = team().map((tuner) => ({ ...tuner, step: async () => Number.NaN }));
    await expect(trainWriters({ writing: coordination(), tuners, plan, name: ['nan'] })).rejects.toThrow(
      'The gradient of Ann is not finite at update 1: nothing has moved. Lower `learningRate` (4).',
    );
  });

  it('is said where all rewards are equal, and nothing moves', async () => {
    const tuners = team();
    const { stopped, lines } = await trainWriters({
      writing: wordTask(1, () => ({ reward: 2 })),
      tuners,
      plan,
      name: ['flat'],
    });
    expect(stopped).toMatch(
      /^Stopped at update 5: in the last 5 updates all returns of every group were equal/,
    );
    expect(lines).toHaveLength(5);
    for (const row of tuners[0].logits.values()) expect(row).toEqual([0, 0]);
  });

  it('is said where sampler and trainer are two models', () => {
    const health = { entropy: [1, 1], distinct: [1, 1], flat: 0, gradientNorm: [1, 1], samplerGap: 0.02 };
    const watching = watch(['Ann', 'Bob']);
    expect(watching.warnings(1, health)).toEqual([
      expect.stringMatching(/^Update 1: sampler and trainer differ by up to 0.020 nats/),
    ]);
    expect(watching.warnings(2, health)).toEqual([]);
    expect(watching.stop(2, { ...health, samplerGap: 0.6 })).toMatch(
      /^Stopped at update 2: sampler and trainer/,
    );
    expect(watching.warnings(3, { ...health, entropy: [0.001, 1], gradientNorm: [1, 500] })).toHaveLength(2);
    expect(watching.warnings(4, { ...health, samplerGap: 0, change: [0.1, 0.4] })).toEqual([
      'Update 4: one step moved the tokens of Bob by 0.40 nats on average. Lower `learningRate`.',
    ]);
  });

  it('is said where the team has fallen far below its best', () => {
    const at = (mean: number, update: number) => ({ update, mean, standardError: 0.1 });
    expect(hasFallen([3, 1, 1, 1].map(at))).toBe(true);
    expect(hasFallen([3, 1, 2.8, 1].map(at))).toBe(false);
    expect(hasFallen([1, 1, 1].map(at))).toBe(false);
  });

  it('is said where problems cannot be told apart', () => {
    const alike = (prompt: string) => () =>
      ['train', 'validation'].map((set) =>
        drawProblems({ ...coordination(), promptOf: () => prompt }, set as 'train', 1, ['few']),
      );
    expect(alike('the same')).toThrow(/too few different problems to keep one in 8 for validation/);
  });
});

// Faults 10 and 12: what is tested is met nowhere else, and is evaluated on enough.
it('never trains on what it is evaluated on', () => {
  const writing = coordination();
  const read = (set: 'train' | 'validation') => new Set(drawProblems(writing, set, 200, [set]));
  const train = read('train');
  const validation = read('validation');
  expect(validation.size).toBeGreaterThan(1);
  for (const problem of validation) expect(train.has(problem)).toBe(false);
  for (const instance of drawProblems(writing, 'test', 50, ['test']))
    expect(instance).toBeGreaterThanOrEqual(60);
});
