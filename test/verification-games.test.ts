import { beforeAll, describe, expect, it } from 'vitest';
import {
  additiveFit,
  additivePayoff,
  comaSettings,
  largestError,
  payoffGame,
  randomTables,
  trainOnGame,
  twoStep,
  valueSettings,
} from '../scripts/verification/games.ts';
import { startEngine } from '../src/nn/index.ts';
import { comaLearning } from '../src/strategies/coma.ts';
import { qmixLearning } from '../src/strategies/qmix.ts';
import { vdnLearning } from '../src/strategies/vdn.ts';
import { greedyReturn } from '../src/training/index.ts';

// The claims of docs/methods/verification.md at a reduced budget: one seed each. `npm run verify:marl` has them all.
beforeAll(() => startEngine());

describe('the two-step game', () => {
  it('is solved by QMIX, whose tables are exact', async () => {
    const { learner, tables } = await trainOnGame(qmixLearning, twoStep, valueSettings, 1);
    expect(greedyReturn(twoStep, learner.network, null)).toBe(8);
    const expected = [[[6.93, 6.93], [7.92, 7.92]], [[7, 7], [7, 7]], [[0, 1], [1, 8]]]; // prettier-ignore
    expect(largestError(tables.map(({ joint }) => joint), expected)).toBeLessThan(0.05); // prettier-ignore
    learner.dispose();
  });

  // Uniform data, additive fit of [[0, 1], [1, 8]]: mean 2.5, row effects -2 and 2, so [[-1.5, 2.5], [2.5, 6.5]].
  it('misleads VDN, which fits branch B additively and takes the safe branch', async () => {
    const { learner, tables } = await trainOnGame(vdnLearning, twoStep, valueSettings, 1);
    expect(greedyReturn(twoStep, learner.network, null)).toBe(7);
    const expected = [[[6.93, 6.93], [6.435, 6.435]], [[7, 7], [7, 7]], [[-1.5, 2.5], [2.5, 6.5]]]; // prettier-ignore
    expect(largestError(tables.map(({ joint }) => joint), expected)).toBeLessThan(0.05); // prettier-ignore
    learner.dispose();
  });

  it('is solved by COMA', async () => {
    const settings = { ...comaSettings, updates: 500 };
    const { learner } = await trainOnGame(comaLearning, twoStep, settings, 1);
    expect(greedyReturn(twoStep, learner.network, null)).toBe(8);
    learner.dispose();
  });
});

describe('matrix games', () => {
  it('VDN fits an additive table exactly', async () => {
    const game = payoffGame(additivePayoff);
    const { learner, tables } = await trainOnGame(vdnLearning, game, valueSettings, 1);
    expect(largestError(tables[0].joint, additivePayoff)).toBeLessThan(0.05);
    learner.dispose();
  });

  // Not additive, so VDN's fit depends on how often each joint action was met: balanced draws meet all alike.
  it('VDN comes to the additive fit of a table that is not additive, of two agents and of three', async () => {
    for (const { payoff } of [randomTables()[0], randomTables()[3]]) {
      const { learner, tables } = await trainOnGame(vdnLearning, payoffGame(payoff), valueSettings, 1);
      expect(largestError(tables[0].joint, additiveFit(payoff))).toBeLessThan(0.05);
      learner.dispose();
    }
  });
});

// Rows (1, 0, 2) plus columns (0, 3, 1) are an additive table; of [[0, 1], [1, 8]] the mean is 2.5, the effects -2 and 2.
it('the additive fit of a table is the one by hand', () => {
  const error = (payoff: number[][], fit: number[]) =>
    Math.max(...additiveFit(payoff).map((x, k) => Math.abs(x - fit[k])));
  expect(error(additivePayoff, additivePayoff.flat())).toBeLessThan(1e-12);
  expect(error([[0, 1], [1, 8]], [-1.5, 2.5, 2.5, 6.5])).toBeLessThan(1e-12); // prettier-ignore
});
