import { describe, expect, it } from 'vitest';
import { simulatorConformance } from '../testing/index.ts';
import { matrixGame, matrixGameOptions } from './matrix-game.ts';

describe('matrix-game conforms to the contract', () => {
  const payoff = [
    [1, 4, 2],
    [0, 3, 1],
    [2, 5, 3],
  ];
  const checks = simulatorConformance(matrixGame, {
    options: { payoff, repeats: 3 },
    perturbHidden: 'everything is visible',
    bruteForce: { options: { payoff, repeats: 2 }, instances: 1, meanSlack: 0 },
  });
  for (const check of checks) it(check.name, check.run);
});

const make = (options: object) => matrixGame.create(matrixGameOptions.parse(options));

describe('matrix-game', () => {
  it('pays the entry of the joint action, the first agent choosing the row', () => {
    const game = make({ payoff: [[1, 2, 3], [4, 5, 6]], repeats: 2 }); // prettier-ignore
    const environment = game.start(null);
    expect(environment.availableActions(0)).toEqual([0, 1]);
    expect(environment.availableActions(1)).toEqual([0, 1, 2]);
    expect(environment.step([1, 0])).toBe(4);
    expect(environment.step([0, 2])).toBe(3);
    expect(environment.done).toBe(true);
    expect(game.oracle(null)).toBe(12);
    expect(game.randomReturn?.(null)).toBe(7);
  });

  it('takes three agents', () => {
    const game = make({ payoff: [[[1, 2], [3, 4]], [[5, 6], [7, 8]]] }); // prettier-ignore
    expect(game.agentNames).toHaveLength(3);
    expect(game.start(null).step([1, 0, 1])).toBe(6);
  });

  it('knows the games of the literature by name', () => {
    expect(make({ payoff: 'climbing', repeats: 25 }).oracle(null)).toBe(275);
    expect(make({ payoff: 'climbing' }).start(null).step([0, 1])).toBe(-30);
    const penalty = make({ payoff: 'penalty', penalty: -7 });
    expect(penalty.start(null).step([2, 2])).toBe(-7);
    expect(penalty.oracle(null)).toBe(10);
  });

  it('tells models the whole table', () => {
    expect(make({ payoff: [[1, 2], [3, 4]] }).rules).toContain('it pays: Ann 1: 1 or 2. Ann 2: 3 or 4.'); // prettier-ignore
    expect(make({ payoff: [[[1, 2], [3, 4]], [[5, 6], [7, 8]]] }).rules).toContain('Ann 2, Bob 1: 5 or 6.'); // prettier-ignore
  });

  it('refuses a table that is not rectangular, or that pays the same everywhere', () => {
    expect(() => matrixGameOptions.parse({ payoff: [[1, 2], [3]] })).toThrow(/2 x 2 = 4 entries, but 3/);
    expect(() => matrixGameOptions.parse({ payoff: [[1, 1], [1, 1]] })).toThrow(/all entries are equal/); // prettier-ignore
    expect(() => matrixGameOptions.parse({ payoff: [1, 2] })).toThrow();
  });
});
