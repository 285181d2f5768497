import { expect, it } from 'vitest';
import type { TeamPlan } from '../../contracts/index.ts';
import { tabularTuner, wordTask } from './tabular.test-support.ts';
import { trainWriters } from './train-writers.ts';

const plan: TeamPlan = {
  ...{ models: ['tabular'], share: false, estimator: 'marloo', grouping: 'aligned', normalise: false },
  ...{ reward: 'joint', curriculum: 'none' },
  ...{ group: 8, problems: 4, updates: 60, learningRate: 2, kl: 0, evaluateEvery: 30, validation: 8 },
};
const words = ['A', 'B'];

/** The team earns 3 for A and A, 2 for B and B; alone each is paid for B. */
const dilemma = () =>
  wordTask(1, ([[a, b]]) => {
    const paid = [a, b].map((word) => (word === 'B' ? 1 : 0));
    return { reward: a === 'A' && b === 'A' ? 3 : paid[0] + paid[1], own: paid };
  });
const trained = async (own: Partial<TeamPlan>) => {
  const tuners = [tabularTuner(words), tabularTuner(words)];
  await trainWriters({ writing: dilemma(), tuners, plan: { ...plan, ...own }, name: ['dilemma', 1] });
  return tuners.map(({ logits }) => {
    const [[a, b]] = [...logits.values()];
    return a > b ? 'A' : 'B';
  });
};

it('agents that are paid for their own part do what pays them, whatever it costs the team', async () => {
  expect(await trained({ reward: 'own' })).toEqual(['B', 'B']);
});

it.each(['iac', 'maac'] as const)('%s learns a game of agreement', async (estimator) => {
  const tuners = [tabularTuner(words), tabularTuner(words)];
  const result = await trainWriters({
    writing: wordTask(1, ([[a, b]]) => ({ reward: a === b ? 1 : 0 })),
    ...{ tuners, plan: { ...plan, estimator, updates: 120 }, name: ['agree', estimator] },
  });
  expect(result.first.return).toBeLessThan(0.8);
  expect(result.lines.at(-1)!.return).toBeGreaterThan(0.9);
});

it('a curriculum trains each number of turns for its share of the updates, and evaluates the whole', async () => {
  const turnsOf = new Map<string, number>();
  const tuners = [0, 1].map(() => {
    const own = tabularTuner(words);
    return { ...own, step: async (rate: number) => own.step(rate) };
  });
  const of = (turns: number) => {
    const writing = wordTask(turns, (path) => ({
      reward: path.length === turns ? path.flat().filter((w) => w === 'A').length : 0,
    }));
    const { task } = writing;
    return {
      ...writing,
      task: {
        ...task,
        start: (...all: Parameters<typeof task.start>) => {
          turnsOf.set(phase, Math.max(turnsOf.get(phase) ?? 0, turns));
          return task.start(...all);
        },
      },
    };
  };
  let phase = 'first evaluation';
  const { lines } = await trainWriters({
    ...{ writing: of(2), lessons: [of(1), of(2)], tuners, name: ['curriculum'] },
    plan: { ...plan, updates: 4, evaluateEvery: 100, problems: 2, group: 2 },
    onFirst: () => (phase = 'update 1'),
    onUpdate: ({ update }) => void (phase = `update ${update + 1}`),
  });
  expect(lines).toHaveLength(4);
  expect(Object.fromEntries(turnsOf)).toMatchObject({
    'first evaluation': 2,
    ...{ 'update 1': 1, 'update 2': 1, 'update 3': 2, 'update 4': 2 },
  });
});
