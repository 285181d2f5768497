import { beforeAll, describe, expect, it } from 'vitest';
import {
  additivePayoff,
  comaSettings,
  largestError,
  meanSquaredError,
  mixerSettings,
  monotonicPayoff,
  payoffGame,
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
    const settings = { ...mixerSettings, updates: 1200 };
    const { learner, tables } = await trainOnGame(qmixLearning, twoStep, settings, 1);
    expect(greedyReturn(twoStep, learner.network, null)).toBe(8);
    const expected = [[[6.93, 6.93], [7.92, 7.92]], [[7, 7], [7, 7]], [[0, 1], [1, 8]]]; // prettier-ignore
    expect(largestError(tables.map(({ joint }) => joint), expected)).toBeLessThan(0.2); // prettier-ignore
    learner.dispose();
  });

  // Uniform data, additive fit of [[0, 1], [1, 8]]: mean 2.5, row effects -2 and 2, so [[-1.5, 2.5], [2.5, 6.5]].
  it('misleads VDN, which fits branch B additively and takes the safe branch', async () => {
    const { learner, tables } = await trainOnGame(vdnLearning, twoStep, valueSettings, 1);
    expect(greedyReturn(twoStep, learner.network, null)).toBe(7);
    const expected = [[[6.93, 6.93], [6.435, 6.435]], [[7, 7], [7, 7]], [[-1.5, 2.5], [2.5, 6.5]]]; // prettier-ignore
    expect(largestError(tables.map(({ joint }) => joint), expected)).toBeLessThan(0.2); // prettier-ignore
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
    const { learner, tables } = await trainOnGame(vdnLearning, game, { ...valueSettings, updates: 1500 }, 1);
    expect(largestError(tables[0].joint, additivePayoff)).toBeLessThan(0.05);
    learner.dispose();
  });

  // The additive least-squares fit of the monotonic table leaves a mean squared error of 28/27 = 1.037.
  it('VDN reaches its error floor on a monotonic table and does not beat it', async () => {
    const game = payoffGame(monotonicPayoff);
    const { learner, tables } = await trainOnGame(vdnLearning, game, valueSettings, 1);
    const error = meanSquaredError(tables[0].joint, monotonicPayoff);
    expect(error).toBeGreaterThanOrEqual(1.037);
    expect(error).toBeLessThan(1.087);
    learner.dispose();
  });
});
