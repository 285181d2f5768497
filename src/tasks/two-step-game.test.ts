import { describe, expect, it } from 'vitest';
import { simulatorConformance } from '../testing/index.ts';
import { twoStepGame } from './two-step-game.ts';

describe('two-step-game conforms to the contract', () => {
  const checks = simulatorConformance(twoStepGame, {
    perturbHidden: 'everything is visible',
    bruteForce: { options: {}, instances: 1, meanSlack: 0 },
  });
  for (const check of checks) it(check.name, check.run);
});

it('pays as published: 7 on branch A, [[0, 1], [1, 8]] on branch B', () => {
  const game = twoStepGame.create({});
  for (const branch of [0, 1])
    for (const first of [0, 1])
      for (const second of [0, 1]) {
        const environment = game.start(null);
        expect(environment.step([branch, first])).toBe(0);
        expect(environment.step([first, second])).toBe(branch === 0 ? 7 : [[0, 1], [1, 8]][first][second]); // prettier-ignore
        expect(environment.done).toBe(true);
      }
});
