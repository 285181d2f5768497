import { describe, expect, it } from 'vitest';
import { type ExecutionNetwork, type TeamShape } from '../../../contracts/index.ts';
import { randomStream } from '../../../core/index.ts';
import { addMlp, type Weights } from '../../../nn/index.ts';
import { monotonicMixing } from '../../qmix.ts';
import { sumOfUtilities } from '../../vdn.ts';
import { counterfactualCredit, criticLength } from './critic.ts';
import { mixedCredit } from './mixed-credit.ts';
import { phrase } from './phrase.ts';

// Slow references, in plain double precision and straight from the equations, for every joint action of a game of
// three agents with three actions each.

const shape: TeamShape = { agents: 3, actions: 3, featureLength: 2, stateLength: 5, horizon: 1 };
const { agents, actions } = shape;
const stream = randomStream('central credit test');
const normal = (n: number) => Float32Array.from({ length: n }, () => stream.normal());
const state = normal(shape.stateLength);
const features = normal(agents * shape.featureLength);
const scores = normal(agents * actions);
const network: ExecutionNetwork = { score: (_, out) => out.set(scores) };
const joints = Array.from({ length: actions ** agents }, (_, k) => [
  Math.floor(k / 9),
  Math.floor(k / 3) % 3,
  k % 3,
]);
const all = Array.from({ length: agents }, () => [0, 1, 2]);

/** y_o = b_o + sum_i x_i w_io. */
function layer(weights: Weights, name: string, x: readonly number[]): number[] {
  const { data: w } = weights[`${name}.w`];
  const b = [...weights[`${name}.b`].data];
  return b.map((bias, o) => x.reduce((sum, value, i) => sum + value * w[i * b.length + o], bias));
}

function stack(weights: Weights, name: string, x: readonly number[], layers: number): number[] {
  let y = [...x];
  for (let k = 0; k < layers; k++)
    y = layer(weights, `${name}.${k}`, k === 0 ? y : y.map((value) => Math.max(0, value)));
  return y;
}

const padded = (x: readonly number[], length: number) => [...x, ...Array<number>(length - x.length).fill(0)];

describe('central credit', () => {
  it('of QMIX equals the mixed values of all joint actions in which the agent alone deviates', () => {
    const embed = 4;
    const mixing = monotonicMixing(shape, { embed, hyperHidden: 6 });
    const weights: Weights = {};
    mixing.addWeights(weights, shape, stream);
    for (const { data } of Object.values(weights)) data.forEach((_, k) => (data[k] += 0.3 * stream.normal()));
    const s = padded([...state], 8);
    const w1 = stack(weights, 'mixer.w1', s, 2).map(Math.abs);
    const b1 = layer(weights, 'mixer.b1', s);
    const w2 = stack(weights, 'mixer.w2', s, 2).map(Math.abs);
    const [v] = stack(weights, 'mixer.v', s, 2);
    const total = (joint: readonly number[]) =>
      b1.reduce((sum, bias, e) => {
        const x = joint.reduce((y, a, i) => y + scores[i * actions + a] * w1[i * embed + e], bias);
        return sum + (x > 0 ? x : Math.exp(x) - 1) * w2[e];
      }, v);
    const credit = mixedCredit(shape, mixing, network, weights);
    for (const joint of joints) {
      const own = credit.of(state, features, all, joint);
      own.forEach((rated, i) => {
        const values = all[i].map((a) => total(joint.with(i, a)));
        values.forEach((value, a) => expect(Math.abs(rated.values[a] - value)).toBeLessThan(1e-5));
        expect(Math.abs(rated.credit - (total(joint) - Math.max(...values)))).toBeLessThan(1e-5);
      });
    }
  });

  it('of VDN is the difference of the agent’s own utilities', () => {
    const credit = mixedCredit(shape, sumOfUtilities, network, {});
    for (const joint of joints) {
      credit.of(state, features, all, joint).forEach((rated, i) => {
        const own = [...scores.subarray(i * actions, (i + 1) * actions)];
        expect(rated.credit).toBeCloseTo(own[joint[i]] - Math.max(...own), 5);
      });
    }
  });

  it('of COMA equals Q of the joint action minus its mean under the agent’s policy, available actions alone', () => {
    const length = criticLength(shape);
    const weights: Weights = {};
    addMlp(weights, 'critic', [length, 8, 8, actions], stream);
    const available = [[0, 1, 2], [0, 2], [1, 2]]; // prettier-ignore
    const q = (agent: number, joint: readonly number[], action: number) => {
      const others = joint.flatMap((taken, j) => [0, 1, 2].map((a) => (j !== agent && a === taken ? 1 : 0)));
      const own = [...features.subarray(agent * 2, agent * 2 + 2)];
      const number = [0, 1, 2].map((i) => (i === agent ? 1 : 0));
      return stack(weights, 'critic', padded([...state, ...own, ...others, ...number], length), 3)[action];
    };
    const credit = counterfactualCredit(shape, network, weights);
    const possible = joints.filter((joint) => joint.every((a, i) => available[i].includes(a)));
    expect(possible).toHaveLength(12);
    for (const joint of possible) {
      credit.of(state, features, available, joint).forEach((rated, i) => {
        const weight = (a: number) => Math.exp(scores[i * actions + a]);
        const norm = available[i].reduce((sum, a) => sum + weight(a), 0);
        const expected = available[i].reduce((sum, a) => sum + (weight(a) / norm) * q(i, joint, a), 0);
        expect(Math.abs(rated.credit - (q(i, joint, joint[i]) - expected))).toBeLessThan(1e-5);
        available[i].forEach((a, k) => expect(Math.abs(rated.values[k] - q(i, joint, a))).toBeLessThan(1e-5));
      });
    }
  });

  it('is rounded at half a spread and at one and a half below what it is compared with', () => {
    const levels = [0.4, 0, -0.99, -1.01, -2.99, -3.01].map((credit) => phrase(credit, 2));
    expect(levels).toEqual(['good', 'good', 'good', 'fair', 'fair', 'poor']);
    expect(phrase(-5, 0)).toBe('good');
  });
});
