import type { EpisodeBatch, Learner, TrainingPlan } from '../contracts/index.ts';
import { type NamePart, randomStream } from '../core/index.ts';
import { lossError } from './loss-error.ts';
import type { TrainingProgress } from './train-team.ts';

export interface LoggedTraining {
  readonly learner: Learner;
  /** All episodes there are, rewards as they were paid. */
  readonly episodes: EpisodeBatch;
  readonly plan: Pick<TrainingPlan, 'updates' | 'learningRate' | 'finalLearningRate' | 'standardizeRewards'>;
  /** Steps of an update, in whole episodes. */
  readonly batchSteps: number;
  /** Names the random stream of the batches. */
  readonly name: readonly NamePart[];
  readonly onProgress?: (progress: TrainingProgress) => void;
  readonly signal?: AbortSignal;
}

/** How many updates go by between looks at the abort signal, in a later turn of the event loop. */
const breathEvery = 64;

/**
 * Trains a learner on episodes that were logged, without a simulator: each update takes episodes of the log at
 * random. The same name and log give the same weights.
 *
 * @throws TrainingError when a loss is not a finite number; the reason of `signal` when it aborts
 */
export async function trainOnLog(training: LoggedTraining): Promise<{ readonly rewardScale: number }> {
  const { learner, episodes, plan, batchSteps, name, onProgress, signal } = training;
  const stream = randomStream(...name, 'batches');
  const rewardScale = plan.standardizeRewards ? scaleOf(episodes) : 1;
  const count = Math.max(1, Math.round(batchSteps / episodes.steps));
  const meanReturn = episodes.rewards.reduce((sum, r) => sum + r, 0) / episodes.episodes;
  for (let update = 1; update <= plan.updates; update++) {
    const picked = Array.from({ length: count }, () => stream.integer(0, episodes.episodes - 1));
    const done = (update - 1) / plan.updates;
    const learningRate = plan.learningRate * Math.max(plan.finalLearningRate, 1 - done);
    const batch = pickEpisodes(episodes, picked, rewardScale);
    const loss = learner.update(batch, learningRate);
    if (!Number.isFinite(loss)) {
      const when = `at update ${update} of ${plan.updates} on logged episodes`;
      throw lossError({ loss, when, batch, rewardScale, learningRate });
    }
    onProgress?.({ update, updates: plan.updates, loss, meanReturn });
    if (update % breathEvery === 0) {
      signal?.throwIfAborted();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return { rewardScale };
}

/** Some episodes of a batch, in that order; rewards are multiplied by `rewardScale`. */
function pickEpisodes(all: EpisodeBatch, picked: readonly number[], rewardScale: number): EpisodeBatch {
  const gather = <A extends Float32Array | Int32Array>(from: A, into: (length: number) => A): A => {
    const length = from.length / all.episodes;
    const out = into(picked.length * length);
    picked.forEach((k, at) => out.set(from.subarray(k * length, (k + 1) * length), at * length));
    return out;
  };
  const floats = (from: Float32Array) => gather(from, (length) => new Float32Array(length));
  return {
    episodes: picked.length,
    steps: all.steps,
    features: floats(all.features),
    states: floats(all.states),
    actions: gather(all.actions, (length) => new Int32Array(length)),
    available: floats(all.available),
    rewards: floats(all.rewards).map((r) => r * rewardScale),
    mask: floats(all.mask),
    exploration: all.exploration,
  };
}

/** 1 / standard deviation of all logged rewards, 1 when they are all equal. */
function scaleOf({ rewards, mask }: EpisodeBatch): number {
  const paid = rewards.filter((_, t) => mask[t] === 1);
  const mean = paid.reduce((sum, r) => sum + r, 0) / paid.length;
  const variance = paid.reduce((sum, r) => sum + (r - mean) ** 2, 0) / paid.length;
  return variance > 0 ? 1 / Math.sqrt(variance + 1e-6) : 1;
}
