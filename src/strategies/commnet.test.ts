import { beforeAll, expect, it } from 'vitest';
import type { EpisodeBatch, TeamShape } from '../contracts/index.ts';
import { randomStream } from '../core/index.ts';
import { dense, floats, np, paramsFrom, startEngine } from '../nn/index.ts';
import { commnetHidden, commnetLearner, commnetRow, commnetTraining, commnetWeights } from './commnet.ts';

beforeAll(() => startEngine());

const options = {
  ...commnetTraining.parse({}),
  ...{ gamma: 1, hidden: 6, rounds: 2, objective: 'imitation' as const },
};
const stream = randomStream('commnet-test');
const normal = (n: number) => Float32Array.from({ length: n }, () => stream.normal());

it.each([true, false])('acts in plain arrays as in the engine (messages: %s)', (messages) => {
  const agents = 3;
  const weights = commnetWeights(5, 4, { ...options, messages }, stream);
  const x = normal(2 * agents * 5);
  const params = paramsFrom(weights);
  const engine = floats(
    dense(params, 'agent.policy', commnetHidden(params, np.array(x).reshape([2 * agents, 5]), agents)),
  );
  const row = commnetRow(weights, agents);
  const plain = new Float32Array(agents * 4);
  for (const k of [0, 1]) {
    row(x.subarray(k * agents * 5, (k + 1) * agents * 5), plain);
    plain.forEach((y, j) => expect(Math.abs(y - engine[k * agents * 4 + j])).toBeLessThan(1e-5));
  }
});

// Two agents, hidden width 1, one round: h = tanh(o), skip 0, F = 0, C = 1, so each agent ends with
// tanh(tanh(the other's o)): it hears its teammate and not itself.
it('computes one round by hand', () => {
  const one = (x: number) => ({ shape: [1, 1], data: Float32Array.of(x) });
  const zero = { shape: [1], data: Float32Array.of(0) };
  const row = commnetRow(
    {
      'agent.encoder.w': one(1),
      'agent.encoder.b': zero,
      'agent.skip.w': one(0),
      'agent.skip.b': zero,
      'agent.own.0.w': one(0),
      'agent.own.0.b': zero,
      'agent.heard.0.w': one(1),
      'agent.heard.0.b': zero,
      'agent.policy.w': one(1),
      'agent.policy.b': zero,
    },
    2,
  );
  const out = new Float32Array(2);
  row(Float32Array.of(0.5, -2), out);
  expect(out[0]).toBeCloseTo(Math.tanh(Math.tanh(-2)), 6);
  expect(out[1]).toBeCloseTo(Math.tanh(Math.tanh(0.5)), 6);
});

it('hears teammates with messages, and nobody without', () => {
  for (const messages of [true, false]) {
    const row = commnetRow(commnetWeights(5, 4, { ...options, messages }, stream), 3);
    const x = normal(15);
    const [before, after] = [new Float32Array(12), new Float32Array(12)];
    row(x, before);
    x[14] += 1;
    row(x, after);
    const changed = before.subarray(0, 4).some((y, k) => y !== after[k]);
    expect(changed).toBe(messages);
  }
});

it('learns to tell what a teammate sees', () => {
  // Each agent's label is the other's bit: impossible without messages.
  const shape: TeamShape = { agents: 2, actions: 2, featureLength: 2, stateLength: 1, horizon: 1 };
  const bits = [[0, 0], [0, 1], [1, 0], [1, 1]]; // prettier-ignore
  const batch: EpisodeBatch = {
    episodes: 4,
    steps: 1,
    features: Float32Array.from(bits.flatMap((pair) => pair.flatMap((b) => [b, 1 - b]))),
    states: new Float32Array(4),
    actions: Int32Array.from(bits.flatMap(([a, b]) => [b, a])),
    available: new Float32Array(16).fill(1),
    rewards: new Float32Array(4),
    mask: new Float32Array(4).fill(1),
    exploration: 0,
  };
  const lossAfter = (messages: boolean) => {
    const learner = commnetLearner(shape, { ...options, messages }, randomStream('bits'));
    let loss = 0;
    for (let k = 0; k < 300; k++) loss = learner.update(batch, 0.02);
    learner.dispose();
    return loss;
  };
  expect(lossAfter(true)).toBeLessThan(0.05);
  expect(lossAfter(false)).toBeGreaterThan(Math.log(2) - 0.01);
});
