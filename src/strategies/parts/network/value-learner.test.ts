import { beforeAll, describe, expect, it } from 'vitest';
import { type EpisodeBatch, type TeamShape } from '../../../contracts/index.ts';
import { randomStream } from '../../../core/index.ts';
import {
  addMlp,
  floats,
  np,
  packWeights,
  startEngine,
  type Tensor,
  valueAndGrad,
  type Weights,
} from '../../../nn/index.ts';
import { monotonicMixing } from '../../qmix.ts';
import { sumOfUtilities } from '../../vdn.ts';
import { cutTensors, playedTensors } from './batch-tensors.ts';
import { agentInputs, paddedRows } from './inputs.ts';
import { cutMatrices } from './returns.ts';
import { ownUtilities } from './own-utilities.ts';
import { type Decomposition, valueLearner, valueLoss } from './value-learner.ts';

beforeAll(() => startEngine());

const shape: TeamShape = { agents: 2, actions: 3, featureLength: 4, stateLength: 5, horizon: 3 };
const gamma = 0.9;
const lambda = 0.4;

/** Two episodes, the second one step shorter than the horizon, with an action missing here and there. */
function exampleBatch(): EpisodeBatch {
  const stream = randomStream('value-learner-test');
  const fill = (n: number) => Float32Array.from({ length: n }, () => stream.normal());
  const available = new Float32Array(2 * 3 * 2 * 3).fill(1);
  const actions = Int32Array.from({ length: 12 }, () => stream.integer(0, 1));
  for (const k of [2, 5, 14]) available[k] = 0;
  const mask = Float32Array.of(1, 1, 1, 1, 1, 0);
  const rewards = fill(6);
  rewards[5] = 0;
  return {
    episodes: 2,
    steps: 3,
    features: fill(48),
    states: fill(30),
    actions,
    available,
    rewards,
    mask,
    exploration: 0,
  };
}

const slowLayer = (weights: Weights, name: string, x: number[]) =>
  [...weights[`${name}.b`].data].map((b, o, all) =>
    x.reduce((sum, xi, i) => sum + xi * weights[`${name}.w`].data[i * all.length + o], b),
  );
const relu = (x: number[]) => x.map((y) => Math.max(0, y));

type Utilities = (weights: Weights, row: number, agent: number) => number[];

const utilitiesIn =
  (batch: EpisodeBatch): Utilities =>
  (weights, row, agent) => {
    const features = batch.features.subarray((row * 2 + agent) * 4, (row * 2 + agent + 1) * 4);
    const input = [...features, ...(agent === 0 ? [1, 0] : [0, 1])];
    return slowLayer(weights, 'agent.1', relu(slowLayer(weights, 'agent.0', input)));
  };

function greedyIn(batch: EpisodeBatch, weights: Weights, row: number, agent: number): number {
  const q = utilitiesIn(batch)(weights, row, agent).map((x, a) =>
    batch.available[(row * 2 + agent) * 3 + a] === 1 ? x : -Infinity,
  );
  return q.indexOf(Math.max(...q));
}

/**
 * The loss by the book, one step at a time in float64: what comes after an action that the live network would not
 * take is not followed, but valued.
 */
function slowLoss(
  live: Weights,
  target: Weights,
  batch: EpisodeBatch,
  mix: (weights: Weights, chosen: number[], state: Float32Array) => number[],
): number {
  const utilities = utilitiesIn(batch);
  const state = (row: number) => batch.states.subarray(row * 5, row * 5 + 5);
  const greedy = (row: number, agent: number) => greedyIn(batch, live, row, agent);
  let total = 0;
  let steps = 0;
  for (let e = 0; e < 2; e++) {
    let next: number[] | undefined;
    let nextValue: number[] = [];
    let followed: boolean[] = [];
    for (let t = 2; t >= 0; t--) {
      const row = e * 3 + t;
      if (batch.mask[row] === 0) continue;
      const goal: number[] = (next ?? [0, 0]).map(
        (g, k) =>
          batch.rewards[row] +
          (next ? gamma * (followed[k] ? (1 - lambda) * nextValue[k] + lambda * g : nextValue[k]) : 0),
      );
      const chosen = [0, 1].map((i) => utilities(live, row, i)[batch.actions[row * 2 + i]]);
      mix(live, chosen, state(row)).forEach((value, k) => (total += (value - goal[k]) ** 2));
      steps++;
      next = goal;
      nextValue = mix(
        target,
        [0, 1].map((i) => utilities(target, row, i)[greedy(row, i)]),
        state(row),
      );
      const asGreedy = [0, 1].map((i) => batch.actions[row * 2 + i] === greedy(row, i));
      followed = nextValue.length === 1 ? [asGreedy.every(Boolean)] : asGreedy;
    }
  }
  return total / steps;
}

const cases: [string, Decomposition, (w: Weights, chosen: number[], state: Float32Array) => number[]][] = [
  ['a sum', sumOfUtilities, (_, chosen) => [chosen[0] + chosen[1]]],
  ['separate utilities', ownUtilities, (_, chosen) => chosen],
  [
    'monotonic mixing',
    monotonicMixing(shape, { embed: 3, hyperHidden: 4 }),
    (weights, chosen, state) => [slowMixing(weights, chosen, state)],
  ],
];

/** The mixing of Rashid et al. from its formula, with naive matrix products. */
function slowMixing(weights: Weights, q: number[], state: Float32Array): number {
  const layer = (name: string, x: number[]) => slowLayer(weights, name, x);
  const s = [...state];
  const w1 = layer('mixer.w1.1', relu(layer('mixer.w1.0', s))).map(Math.abs);
  const b1 = layer('mixer.b1', s);
  const w2 = layer('mixer.w2.1', relu(layer('mixer.w2.0', s))).map(Math.abs);
  const [v] = layer('mixer.v.1', relu(layer('mixer.v.0', s)));
  return b1.reduce((sum, b, e) => {
    const x = b + q.reduce((mixed, qi, i) => mixed + qi * w1[i * b1.length + e], 0);
    return sum + (x > 0 ? x : Math.exp(x) - 1) * w2[e];
  }, v);
}

describe.each(cases)('the loss of %s', (_, decomposition, mix) => {
  const weightsOf = (seed: number) => {
    const weights: Weights = {};
    // Four features and two agent numbers are six inputs, padded to eight.
    addMlp(weights, 'agent', [8, 5, 3], randomStream('agent', seed));
    decomposition.addWeights(weights, shape, randomStream('mixer', seed));
    return weights;
  };
  const live = packWeights(weightsOf(1));
  const target = packWeights(weightsOf(2));
  const batch = exampleBatch();
  // Followed by both agents, by one, and by none of them.
  const follow = (row: number, agent: number) => {
    batch.actions[row * 2 + agent] = greedyIn(batch, live.weights, row, agent);
  };
  follow(1, 0);
  follow(1, 1);
  follow(2, 0);
  batch.actions[2 * 2 + 1] = (greedyIn(batch, live.weights, 2, 1) + 1) % 3;
  for (const i of [0, 1]) batch.actions[4 * 2 + i] = (greedyIn(batch, live.weights, 4, i) + 2) % 3;
  const data = () => ({
    ...playedTensors(shape, batch, agentInputs(shape, true)),
    ...cutTensors(3, cutMatrices(3, gamma, lambda)),
    states: np.array(paddedRows(batch.states, 5)).reshape([6, 8]),
    target: target.toEngine(),
  });
  const loss = (vector: Tensor) =>
    valueLoss(shape, decomposition, { lambda })(live.unpack(vector), data(), target.unpack);

  it('equals a slow implementation', () => {
    const slow = slowLoss(live.weights, target.weights, batch, mix);
    expect(floats(loss(live.toEngine()))[0]).toBeCloseTo(slow, 4);
  });

  it('has the gradient of the slow implementation, weight by weight', () => {
    const [value, gradient] = valueAndGrad(loss)(live.toEngine());
    value.dispose();
    const exact = floats(gradient);
    // Targets are valued by the target network, so a small step of the live weights leaves them as they are.
    const shifted = packWeights(live.weights);
    const moved = (k: number, by: number) => {
      shifted.data.set(live.data);
      shifted.data[k] += by;
      return slowLoss(shifted.weights, target.weights, batch, mix);
    };
    const step = 2 ** -10;
    let largest = 0;
    for (let k = 0; k < exact.length; k++) {
      const slope = (moved(k, step) - moved(k, -step)) / (2 * step);
      expect(Math.abs(exact[k] - slope)).toBeLessThan(0.002 * (1 + Math.abs(slope)));
      largest = Math.max(largest, Math.abs(slope));
    }
    expect(largest).toBeGreaterThan(0.1);
  });
});

describe('value learner', () => {
  const options = { hidden: 8, layers: 1, gamma, lambda, targetEvery: 2, clipNorm: 10, agentIds: true };

  it('gives the same weights to the bit from the same seed', () => {
    const train = () => {
      const learner = valueLearner(shape, options, sumOfUtilities, randomStream('seed', 3));
      for (let k = 0; k < 5; k++) learner.update(exampleBatch(), 0.01);
      const weights = learner.executionWeights();
      learner.dispose();
      return Object.values(weights).flatMap(({ data }) => [...data]);
    };
    expect(train()).toEqual(train());
  });

  it('fits a batch', () => {
    const learner = valueLearner(shape, { ...options, gamma: 0 }, sumOfUtilities, randomStream('seed', 4));
    const losses = Array.from({ length: 300 }, () => learner.update(exampleBatch(), 0.02));
    expect(losses.at(-1)).toBeLessThan(0.05 * losses[0]);
    learner.dispose();
  });

  it('acts for each agent from its own features alone', () => {
    const learner = valueLearner(shape, options, ownUtilities, randomStream('seed', 5));
    const scores = (features: number[]) => {
      const out = new Float32Array(6);
      learner.network.score(Float32Array.from(features), out);
      return [...out];
    };
    const before = scores([1, 2, 3, 4, 5, 6, 7, 8]);
    const after = scores([1, 2, 3, 4, -5, 0, 9, 1]);
    expect(after.slice(0, 3)).toEqual(before.slice(0, 3));
    expect(after.slice(3)).not.toEqual(before.slice(3));
    learner.dispose();
  });
});
