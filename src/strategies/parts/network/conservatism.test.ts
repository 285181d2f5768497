import { beforeAll, expect, it } from 'vitest';
import type { EpisodeBatch, TeamShape } from '../../../contracts/index.ts';
import { randomStream } from '../../../core/index.ts';
import { startEngine } from '../../../nn/index.ts';
import { vdnLearning } from '../../vdn.ts';

beforeAll(() => startEngine());

const shape: TeamShape = { agents: 2, actions: 3, featureLength: 2, stateLength: 1, horizon: 2 };

/** Two episodes; the second is one step long, and its first agent cannot take the last action. */
const batch: EpisodeBatch = {
  ...{ episodes: 2, steps: 2, exploration: 0 },
  features: Float32Array.from({ length: 16 }, (_, k) => Math.sin(k)),
  states: new Float32Array(4),
  actions: Int32Array.of(0, 1, 2, 2, 1, 0, 0, 0),
  available: Float32Array.from({ length: 24 }, (_, k) => (k === 14 ? 0 : 1)),
  rewards: Float32Array.of(1, -1, 2, 0),
  mask: Float32Array.of(1, 1, 1, 0),
};

it('the conservative term is the cross-entropy of the taken actions under softmax of the utilities, per agent', () => {
  const options = vdnLearning.trainingSchema.parse({ hidden: 4, layers: 1 });
  const lossWith = (conservatism: number) => {
    const learner = vdnLearning.offlineLearner!(options, shape, [], randomStream('cautious'), conservatism);
    const scores = new Float32Array(6);
    let total = 0;
    for (const row of [0, 1, 2]) {
      learner.network.score(batch.features.subarray(row * 4, row * 4 + 4), scores);
      for (const agent of [0, 1]) {
        const place = (row * 2 + agent) * 3;
        const q = [0, 1, 2].filter((a) => batch.available[place + a] === 1).map((a) => scores[agent * 3 + a]);
        const taken = scores[agent * 3 + batch.actions[row * 2 + agent]];
        total += Math.log(q.reduce((sum, x) => sum + Math.exp(x), 0)) - taken;
      }
    }
    const loss = learner.update(batch, 0.01);
    learner.dispose();
    return { loss, term: total / 3 };
  };
  const plain = lossWith(0);
  const cautious = lossWith(0.5);
  expect(plain.term).toBeGreaterThan(1);
  expect(cautious.loss - plain.loss).toBeCloseTo(0.5 * plain.term, 4);
});
