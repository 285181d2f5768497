import { describe, expect, it } from 'vitest';
import { randomStream } from '../../core/index.ts';
import { estimators } from './estimators.ts';

const softmax = (z: readonly number[]) => {
  const powers = z.map((x) => Math.exp(x - Math.max(...z)));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((x) => x / sum);
};

/** Two tabular agents in a game of one step, 1500 updates of 8 aligned samples: the payoff of their likeliest actions. */
function learned(payoff: readonly (readonly number[])[], seed: number): number {
  const stream = randomStream('games', seed);
  const scale = Math.max(...payoff.flat().map(Math.abs));
  const logits = [payoff.map(() => 0), payoff.map(() => 0)];
  for (let update = 0; update < 1500; update++) {
    const policies = logits.map(softmax);
    const joint = Array.from({ length: 8 }, () => policies.map((p) => stream.categorical(p)));
    const [advantages] = estimators.marloo([joint.map(([a, b]) => payoff[a][b] / scale)]);
    joint.forEach((actions, g) => {
      for (const [agent, action] of actions.entries())
        for (const [k, p] of policies[agent].entries())
          logits[agent][k] += (0.3 * advantages[g] * ((k === action ? 1 : 0) - p)) / 8;
    });
  }
  const [a, b] = logits.map((own) => own.indexOf(Math.max(...own)));
  return payoff[a][b];
}

describe('independent policy gradients', () => {
  const payoffs = (payoff: readonly (readonly number[])[]) =>
    Array.from({ length: 20 }, (_, seed) => learned(payoff, seed));

  it('find the best of two ways to agree', () => {
    expect(
      payoffs([
        [1, 0],
        [0, 0.6],
      ]),
    ).toEqual(Array.from({ length: 20 }, () => 1));
  });

  // What the paper claims to avoid: at the best joint action, 11, one agent alone is punished.
  it('do not find the best of the climbing game', () => {
    const reached = payoffs([
      [11, -30, 0],
      [-30, 7, 0],
      [0, 6, 5],
    ]);
    expect(Math.max(...reached)).toBeLessThanOrEqual(7);
    expect(Math.min(...reached)).toBeGreaterThanOrEqual(5);
  });
});
