import { beforeAll, describe, expect, it } from 'vitest';
import type { EpisodeBatch, TeamShape } from '../contracts/index.ts';
import { randomStream } from '../core/index.ts';
import { addMlp, floats, mlpRow, np, startEngine, type Weights } from '../nn/index.ts';
import { comaLearner, comaTraining } from './coma.ts';
import { counterfactualBaseline } from './parts/network/counterfactual-losses.ts';
import { criticInputs } from './parts/network/critic.ts';

beforeAll(() => startEngine());

const tensor = (values: number[][]) => np.array(values.flat()).reshape([values.length, values[0].length]);

describe('the counterfactual baseline', () => {
  // Two agents, two actions. Agent 0 sees Q = (4, 1) for its own actions while agent 1 keeps its action; with
  // policy (0.25, 0.75) it expects 0.25 * 4 + 0.75 * 1 = 1.75. Agent 1 sees Q = (4, 6) with policy (0.5, 0.5): 5.
  it('works by hand', () => {
    const baseline = counterfactualBaseline(
      tensor([[4, 1], [4, 6]]), // prettier-ignore
      tensor([[0.25, 0.75], [0.5, 0.5]]), // prettier-ignore
    );
    expect([...floats(baseline)]).toEqual([1.75, 5]);
  });

  // Every joint action of three agents, whose critic is a random network: the baselines through the critic's
  // own inputs must equal a sum over all joint actions in which only one agent deviates.
  it('equals an exhaustive computation through the critic', () => {
    const shape: TeamShape = { agents: 3, actions: 3, featureLength: 2, stateLength: 4, horizon: 1 };
    const { agents, actions } = shape;
    const stream = randomStream('coma-test');
    const normal = (n: number) => Float32Array.from({ length: n }, () => stream.normal());
    const state = normal(4);
    const features = normal(6);
    const policy = Array.from({ length: agents }, () => {
      const weights = Array.from({ length: actions }, () => stream.next());
      const total = weights.reduce((sum, w) => sum + w, 0);
      return weights.map((w) => w / total);
    });
    const joints = Array.from({ length: actions ** agents }, (_, k) => [
      Math.floor(k / 9),
      Math.floor(k / 3) % 3,
      k % 3,
    ]);
    const count = joints.length;
    const repeat = (x: Float32Array) =>
      Float32Array.from({ length: count * x.length }, (_, k) => x[k % x.length]);
    const batch: EpisodeBatch = {
      episodes: count,
      steps: 1,
      features: repeat(features),
      states: repeat(state),
      actions: Int32Array.from(joints.flat()),
      available: new Float32Array(count * 9).fill(1),
      rewards: new Float32Array(count),
      mask: new Float32Array(count).fill(1),
      exploration: 0,
    };
    const { data, length } = criticInputs(shape, batch);
    const weights: Weights = {};
    addMlp(weights, 'critic', [length, 16, 16, actions], stream);
    const critic = mlpRow(weights, 'critic');
    const q = new Float32Array(count * agents * actions);
    for (let k = 0; k < count * agents; k++) critic(data, k * length, q, k * actions);

    // Q of agent i for a joint action, read off wherever the others act alike: it must not depend on what i did.
    const valueFor = (agent: number, joint: number[]) => {
      const found = joints
        .map((other, k) => ({ other, k }))
        .filter(({ other }) => other.every((a, j) => j === agent || a === joint[j]))
        .map(({ k }) => q[(k * agents + agent) * actions + joint[agent]]);
      expect(found).toHaveLength(actions);
      expect(new Set(found).size).toBe(1);
      return found[0];
    };
    const baselines = floats(
      counterfactualBaseline(
        np.array(q).reshape([count * agents, actions]),
        tensor(joints.flatMap(() => policy)),
      ),
    );
    joints.forEach((joint, k) =>
      joint.forEach((_, agent) => {
        const expectedValue = policy[agent].reduce(
          (sum, p, a) =>
            sum +
            p *
              valueFor(
                agent,
                joint.map((b, j) => (j === agent ? a : b)),
              ),
          0,
        );
        expect(Math.abs(baselines[k * agents + agent] - expectedValue)).toBeLessThan(1e-5);
      }),
    );
  });

  // Foerster et al., lemma 1: the baseline of an agent is the same whatever it did, so that
  // sum over u of pi(u) grad log pi(u) b = b grad 1 = 0: it adds no bias to the gradient.
  it('does not depend on what the agent itself did', () => {
    const shape: TeamShape = { agents: 2, actions: 2, featureLength: 1, stateLength: 1, horizon: 1 };
    const read = (own: number) =>
      criticInputs(shape, {
        ...{ episodes: 1, steps: 1, exploration: 0 },
        states: Float32Array.of(1),
        features: Float32Array.of(2, 3),
        actions: Int32Array.of(own, 1),
        available: new Float32Array(4).fill(1),
        rewards: new Float32Array(1),
        mask: Float32Array.of(1),
      });
    const { data, length } = read(0);
    expect([...read(1).data.subarray(0, length)]).toEqual([...data.subarray(0, length)]);
    expect([...read(1).data.subarray(length)]).not.toEqual([...data.subarray(length)]);
  });
});

describe('the critic of an agent', () => {
  const shape: TeamShape = { agents: 2, actions: 3, featureLength: 1, stateLength: 2, horizon: 1 };
  it("sees the state, its agent's observation, the others' actions and who it judges", () => {
    const { data, length } = criticInputs(shape, {
      episodes: 1,
      steps: 1,
      states: Float32Array.of(8, 9),
      features: Float32Array.of(5, 6),
      actions: Int32Array.of(2, 0),
      available: new Float32Array(6).fill(1),
      rewards: new Float32Array(1),
      mask: Float32Array.of(1),
      exploration: 0,
    });
    // Eleven numbers, and a zero up to a multiple of four.
    expect(length).toBe(12);
    expect([...data.subarray(0, 12)]).toEqual([8, 9, 5, 0, 0, 0, 1, 0, 0, 1, 0, 0]);
    expect([...data.subarray(12)]).toEqual([8, 9, 6, 0, 0, 1, 0, 0, 0, 0, 1, 0]);
  });
});

it.each(['counterfactual', 'value'] as const)(
  'with baseline %s a rewarded action becomes likelier',
  (baseline) => {
    // One step, agent 0 is rewarded for action 1, agent 1 has no say.
    const shape: TeamShape = { agents: 2, actions: 2, featureLength: 1, stateLength: 1, horizon: 1 };
    const options = { ...comaTraining.parse({}), gamma: 0.7, hidden: 8, entropyWeight: 0, baseline };
    const learner = comaLearner(shape, options, randomStream('coma-bandit'));
    const ones = (n: number) => new Float32Array(n).fill(1);
    const batch: EpisodeBatch = {
      episodes: 4,
      steps: 1,
      features: ones(8),
      states: ones(4),
      actions: Int32Array.of(0, 0, 0, 1, 1, 0, 1, 1),
      available: ones(16),
      rewards: Float32Array.of(0, 0, 1, 1),
      mask: ones(4),
      exploration: 0,
    };
    for (let k = 0; k < 100; k++) learner.update(batch, 0.01);
    const scores = new Float32Array(4);
    learner.network.score(Float32Array.of(1, 1), scores);
    expect(scores[1] - scores[0]).toBeGreaterThan(1);
    expect(Math.abs(scores[3] - scores[2])).toBeLessThan(scores[1] - scores[0]);
    learner.dispose();
  },
);
