import fc from 'fast-check';
import { expect, it } from 'vitest';
import { returnMatrices } from './returns.ts';

/** The recursion itself, backwards, in float64. */
function slowReturns(rewards: number[], values: number[], gamma: number, lambda: number): number[] {
  const out = rewards.map(() => 0);
  for (let t = rewards.length - 1, next = 0; t >= 0; t--) {
    const value = values[t + 1] ?? 0;
    next = rewards[t] + gamma * ((1 - lambda) * value + lambda * next);
    out[t] = next;
  }
  return out;
}

function returns(rewards: number[], values: number[], gamma: number, lambda: number): number[] {
  const T = rewards.length;
  const { fromRewards, fromValues } = returnMatrices(T, gamma, lambda);
  return rewards.map((_, t) =>
    rewards.reduce((sum, r, k) => sum + r * fromRewards[k * T + t] + values[k] * fromValues[k * T + t], 0),
  );
}

it('works by hand: three steps, gamma 0.5, lambda 0.5', () => {
  // G_2 = 4; G_1 = 2 + 0.5 (0.5 * 8 + 0.5 * 4) = 5; G_0 = 1 + 0.5 (0.5 * 6 + 0.5 * 5) = 3.75.
  expect(returns([1, 2, 4], [100, 6, 8], 0.5, 0.5)).toEqual([3.75, 5, 4]);
});

it('is the one-step target at lambda 0 and the discounted return at lambda 1', () => {
  expect(returns([1, 2, 4], [100, 6, 8], 0.5, 0)).toEqual([4, 6, 4]);
  expect(returns([1, 2, 4], [100, 6, 8], 0.5, 1)).toEqual([3, 4, 4]);
});

it('equals the backward recursion', () => {
  const unit = fc.double({ min: 0, max: 1, noNaN: true });
  const step = fc.record({ r: fc.integer({ min: -9, max: 9 }), v: fc.integer({ min: -9, max: 9 }) });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), unit, unit, (episode, gamma, lambda) => {
      const rewards = episode.map(({ r }) => r);
      const values = episode.map(({ v }) => v);
      const slow = slowReturns(rewards, values, gamma, lambda);
      returns(rewards, values, gamma, lambda).forEach((x, t) => expect(x).toBeCloseTo(slow[t], 3));
    }),
    { seed: 2 },
  );
});
