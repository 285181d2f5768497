import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { floats, np, startEngine } from '../../../nn/index.ts';
import { cutReturns, cutTensors } from './batch-tensors.ts';
import { cutMatrices, returnMatrices } from './returns.ts';

beforeAll(() => startEngine());

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

describe('returns of what another policy did', () => {
  interface Step {
    readonly r: number;
    readonly v: number;
    readonly greedy: boolean;
  }

  /** The recursion of Watkins's Q(lambda), backwards, in float64. */
  function slowCut(episode: readonly Step[], gamma: number, lambda: number): number[] {
    const out = episode.map(() => 0);
    for (let t = episode.length - 1, next = 0; t >= 0; t--) {
      const { v = 0, greedy = true } = episode[t + 1] ?? {};
      next = episode[t].r + gamma * (greedy ? (1 - lambda) * v + lambda * next : v);
      out[t] = next;
    }
    return out;
  }

  /** As in training: two columns, the second with every action greedy. */
  function cut(episode: readonly Step[], gamma: number, lambda: number): number[][] {
    const T = episode.length;
    const each = (of: (step: Step) => number[]) => np.array(episode.flatMap(of)).reshape([T, 2]);
    const matrices = cutMatrices(T, gamma, lambda);
    const returns = floats(
      cutReturns(
        each(({ v }) => [v, v]),
        each(({ greedy }) => [greedy ? 1 : 0, 1]),
        np.array(episode.map(({ r }) => r)).reshape([1, T]),
        np.ones([T, 1]),
        cutTensors(T, matrices),
        lambda,
      ),
    );
    return [0, 1].map((column) => episode.map((_, t) => returns[2 * t + column]));
  }

  // gamma 1, lambda 0.5, the second action random. G_2 = 4. G_1 = 2 + (0.5 * 8 + 0.5 * 4) = 8.
  // G_0 = 1 + 6: of the step after it only the value counts. Followed, it would be 1 + (0.5 * 6 + 0.5 * 8) = 8.
  it('works by hand', () => {
    const episode = [
      { r: 1, v: 100, greedy: true },
      { r: 2, v: 6, greedy: false },
      { r: 4, v: 8, greedy: true },
    ];
    expect(cut(episode, 1, 0.5)).toEqual([[7, 8, 4], [8, 8, 4]]); // prettier-ignore
  });

  // A reward is never carried over a random action: with all later actions random only one step is looked ahead.
  it('is the one-step target where every action is random, at any lambda', () => {
    const episode = [3, 1, 4].map((r, k) => ({ r, v: 10 * k, greedy: false }));
    expect(cut(episode, 0.5, 1)[0]).toEqual([3 + 5, 1 + 10, 4]);
  });

  it('equals the recursion, and the plain returns where nothing is cut', () => {
    const unit = fc.double({ min: 0, max: 1, noNaN: true });
    const step = fc.record({
      r: fc.integer({ min: -9, max: 9 }),
      v: fc.integer({ min: -9, max: 9 }),
      greedy: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), unit, unit, (episode, gamma, lambda) => {
        const [own, plain] = cut(episode, gamma, lambda);
        slowCut(episode, gamma, lambda).forEach((x, t) => expect(own[t]).toBeCloseTo(x, 3));
        const rewards = episode.map(({ r }) => r);
        const values = episode.map(({ v }) => v);
        slowReturns(rewards, values, gamma, lambda).forEach((x, t) => expect(plain[t]).toBeCloseTo(x, 3));
      }),
      { seed: 3 },
    );
  });
});
