import { type EpisodeBatch, TrainingError } from '../contracts/index.ts';

/** What a loss that is not finite says about where it happened. */
export interface BrokenLoss {
  readonly loss: number;
  /** Where in the training, in words. */
  readonly when: string;
  readonly batch: EpisodeBatch;
  readonly rewardScale: number;
  readonly learningRate: number;
}

/** An error that names the step and describes its batch, with what is likely to help. */
export function lossError({ loss, when, batch, rewardScale, learningRate }: BrokenLoss): TrainingError {
  const { episodes, features, states, rewards, mask } = batch;
  const steps = mask.reduce((sum, m) => sum + m, 0);
  const parts = { features, states, rewards };
  const broken = Object.entries(parts).find(([, values]) => !values.every(Number.isFinite))?.[0];
  const remedy =
    broken === undefined
      ? 'A smaller `learningRate`, standardised rewards or smaller features usually help.'
      : `The ${broken} are not all finite numbers: mend the task that gives them.`;
  return new TrainingError(
    `The loss became ${loss} ${when} (batch of ${episodes} episodes with ${steps} steps, ` +
      `rewards ${range(rewards)} after scaling by ${figure(rewardScale)}, features ${range(features)}, ` +
      `states ${range(states)}, learning rate ${figure(learningRate)}). ${remedy}`,
  );
}

function range(values: Float32Array): string {
  let low = Infinity;
  let high = -Infinity;
  for (const x of values) {
    if (Number.isNaN(x)) return 'with NaN';
    if (x < low) low = x;
    if (x > high) high = x;
  }
  return low > high ? 'none' : `${figure(low)} to ${figure(high)}`;
}

const figure = (x: number) => String(+x.toPrecision(4));
