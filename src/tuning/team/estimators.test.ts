import { describe, expect, it } from 'vitest';
import { type Grouping, groupings } from '../../contracts/index.ts';
import { type Estimator, estimators, jointSamples, ownReturns, standardised } from './estimators.ts';

const softmax = (z: readonly number[]) => {
  const powers = z.map(Math.exp);
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((x) => x / sum);
};

// Two agents, two words each, one turn: the true gradient of the first agent's logits is p (V - J).
const payoff = [
  [1, 0],
  [0, 0.6],
];
const [first, second] = [softmax([0.3, 0]), softmax([-0.2, 0.1])];
const values = first.map((_, a) => second.reduce((sum, q, b) => sum + q * payoff[a][b], 0));
const expected = first.reduce((sum, p, a) => sum + p * values[a], 0);
const truth = first[0] * (values[0] - expected);

/** The expectation of the first agent's gradient, over all groups that can be drawn, as a multiple of the true one. */
function exact(
  estimate: (returns: readonly number[]) => readonly number[],
  group: number,
  grouping: Grouping,
): number {
  let total = 0;
  const joint = jointSamples(2, group, grouping);
  for (let code = 0; code < 4 ** group; code++) {
    const drawn = Array.from({ length: group }, (_, g) => [(code >> (2 * g)) & 1, (code >> (2 * g + 1)) & 1]);
    const weight = drawn.reduce((product, [a, b]) => product * first[a] * second[b], 1);
    const returns = joint.map(([i, j]) => payoff[drawn[i][0]][drawn[j][1]]);
    const advantages = estimate(ownReturns(returns, joint, 0, group));
    const gradient = drawn.reduce((sum, [a], g) => sum + advantages[g] * ((a === 0 ? 1 : 0) - first[0]), 0);
    total += (weight * gradient) / group;
  }
  return total / truth;
}

const alone = (estimator: Estimator) => (returns: readonly number[]) => estimator([returns])[0];

describe.each(groupings)('on average over all %s groups', (grouping) => {
  it.each([2, 3, 4])(
    'of %i samples, marloo and mareinforce are the gradient, group-mean (G - 1) / G of it',
    (group) => {
      expect(exact(alone(estimators.marloo), group, grouping)).toBeCloseTo(1, 12);
      expect(exact(alone(estimators.mareinforce), group, grouping)).toBeCloseTo(1, 12);
      expect(exact(alone(estimators['group-mean']), group, grouping)).toBeCloseTo((group - 1) / group, 12);
    },
  );
});

// Whatever a critic says of a question, it is the same for all of its samples.
it.each([0, 0.37, -5])('an actor with a critic that expects %d follows the gradient', (value) => {
  for (const id of ['iac', 'maac'] as const)
    expect(exact((returns) => estimators[id]([returns], [value])[0], 3, 'aligned')).toBeCloseTo(1, 12);
});

it('maremax is biased, and points the wrong way for two aligned samples', () => {
  const factor = (group: number, grouping: Grouping) => exact(alone(estimators.maremax), group, grouping);
  expect(factor(2, 'aligned')).toBeLessThan(-0.02);
  expect(factor(4, 'aligned')).toBeCloseTo(0.24, 2);
  expect(factor(4, 'crossed')).toBeCloseTo(1.1, 2);
});

it('z-scores make four estimators one, whose crossed groups of three push the other way', () => {
  for (const estimator of [estimators.marloo, estimators.mareinforce, estimators.maremax]) {
    const [own] = estimator([[1, 3, 3, 7]]);
    const [other] = estimators['group-mean']([[1, 3, 3, 7]]);
    standardised(own).forEach((a, k) => expect(a).toBeCloseTo(standardised(other)[k], 12));
  }
  expect(
    exact((returns) => standardised(alone(estimators['group-mean'])(returns)), 3, 'crossed'),
  ).toBeLessThan(-3);
});

it('equal returns teach nothing, and no number is lost', () => {
  for (const id of ['marloo', 'group-mean', 'maremax', 'dr-mas'] as const)
    expect(
      estimators[id]([
        [2, 2, 2],
        [2, 2, 2],
      ])
        .flat()
        .map(Math.abs),
    ).toEqual([0, 0, 0, 0, 0, 0]);
  expect(standardised([0, 0])).toEqual([0, 0]);
});

it('dr-mas standardises over the batch, so a group without spread still counts', () => {
  const [low, high] = estimators['dr-mas']([
    [1, 1],
    [3, 3],
  ]);
  expect([low, high]).toEqual([
    [-1, -1],
    [1, 1],
  ]);
});

it('crossed groups average, and with one agent they are aligned', () => {
  const joint = jointSamples(2, 2, 'crossed');
  expect(ownReturns([1, 3, 5, 9], joint, 0, 2)).toEqual([2, 7]);
  expect(ownReturns([1, 3, 5, 9], joint, 1, 2)).toEqual([3, 6]);
  expect(jointSamples(1, 3, 'crossed')).toEqual(jointSamples(1, 3, 'aligned'));
});
