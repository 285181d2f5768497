import { expect, it } from 'vitest';
import { TrainingError } from '../contracts/index.ts';
import { lossError } from './loss-error.ts';

const batch = {
  ...{ episodes: 2, steps: 2, exploration: 0 },
  features: Float32Array.of(0, 0.5, -3, 1),
  states: new Float32Array(0),
  actions: new Int32Array(4),
  available: new Float32Array(8),
  rewards: Float32Array.of(1, 2, 4, 0),
  mask: Float32Array.of(1, 1, 1, 0),
};
const broken = { loss: NaN, when: 'at update 3 of 9', rewardScale: 2 / 3, learningRate: 0.01 };

it('describes the batch at which a loss broke down', () => {
  const error = lossError({ ...broken, batch });
  expect(error).toBeInstanceOf(TrainingError);
  expect(error.message).toBe(
    'The loss became NaN at update 3 of 9 (batch of 2 episodes with 3 steps, rewards 0 to 4 after scaling by 0.6667, ' +
      'features -3 to 1, states none, learning rate 0.01). ' +
      'A smaller `learningRate`, standardised rewards or smaller features usually help.',
  );
});

it('names what is not a number in it', () => {
  const features = Float32Array.of(1, NaN, 1, 1);
  expect(lossError({ ...broken, batch: { ...batch, features } }).message).toMatch(
    /features with NaN, .*\. The features are not all finite numbers: mend the task/,
  );
  const rewards = Float32Array.of(1, -Infinity, 1, 1);
  expect(lossError({ ...broken, batch: { ...batch, rewards } }).message).toMatch(
    /rewards -Infinity to 1 .*\. The rewards are not all finite numbers/,
  );
});
