import { type Learner, type Task, teamShape, TrainingError, type TrainingPlan } from '../contracts/index.ts';
import { type NamePart, randomStream } from '../core/index.ts';
import { greedyAction, softmaxAction, uniformAction } from './marl-choose.ts';
import { type ChooseActions, episodeMemory } from './marl-episodes.ts';
import { freshInstances, type TrainingInstances } from './marl-instances.ts';

export interface TrainingRun {
  readonly task: Task;
  readonly learner: Learner;
  readonly plan: TrainingPlan;
  /**
   * Names the random streams of exploration and replay, and of instances where none are given. Its first part keeps training apart from the
   * instances of studies, tuning and calibration.
   */
  readonly name: readonly NamePart[];
  /** Instances to train on; a new one for every episode, drawn under `name`, when absent. */
  readonly instances?: TrainingInstances;
  readonly onProgress?: (progress: TrainingProgress) => void;
  readonly signal?: AbortSignal;
}

export interface TrainingProgress {
  readonly update: number;
  readonly updates: number;
  readonly loss: number;
  /** Mean return of the new episodes, exploration included, in the task's reward units. */
  readonly meanReturn: number;
}

export interface TrainingSummary {
  readonly episodes: number;
  readonly environmentSteps: number;
  /** What rewards were multiplied by at the end. */
  readonly rewardScale: number;
}

/** How many updates go by between looks at the abort signal, in a later turn of the event loop. */
const breathEvery = 64;

/**
 * Trains a learner in a task's simulator: play new episodes with exploration, then update once, `plan.updates`
 * times. Everything random comes from streams under `name`, so the same name gives the same weights.
 *
 * @throws TrainingError when a loss is not a finite number; the reason of `signal` when it aborts
 */
export async function trainTeam(run: TrainingRun): Promise<TrainingSummary> {
  const { task, learner, plan, name, onProgress, signal } = run;
  const shape = teamShape(task);
  const { agents, actions } = shape;
  const onPolicy = learner.data === 'on-policy';
  const newEpisodes = episodesOf(plan.newSteps, shape.horizon);
  const batchEpisodes = episodesOf(plan.batchSteps, shape.horizon);
  const memory = episodeMemory(shape, onPolicy ? newEpisodes : plan.replayEpisodes);
  const instances = run.instances ?? freshInstances(task, ...name);
  const exploration = randomStream(...name, 'exploration');
  const replay = randomStream(...name, 'replay');
  const spread = runningSpread();
  const scores = new Float32Array(agents * actions);
  let epsilon = 0;
  let environmentSteps = 0;
  let episodes = 0;

  const choose: ChooseActions = (features, available, joint) => {
    learner.network.score(features, scores);
    for (let i = 0; i < agents; i++) {
      if (epsilon > 0 && exploration.next() < epsilon)
        joint[i] = uniformAction(available, i, actions, exploration);
      else if (onPolicy) joint[i] = softmaxAction(scores, available, i, actions, exploration);
      else joint[i] = greedyAction(scores, available, i, actions);
    }
  };

  for (let update = 1; update <= plan.updates; update++) {
    const done = (update - 1) / plan.updates;
    epsilon = scheduled(plan.exploration, done);
    const wanted = update === 1 && !onPolicy ? Math.max(newEpisodes, batchEpisodes) : newEpisodes;
    let total = 0;
    for (let e = 0; e < wanted; e++) {
      const { episodeReturn, rewards } = memory.record(task.start(instances.of(episodes)), choose, {
        exploration: epsilon,
        shaping: plan.shaping,
      });
      for (const reward of rewards) spread.add(reward);
      total += episodeReturn;
      environmentSteps += rewards.length;
      episodes++;
    }
    const rewardScale = plan.standardizeRewards ? spread.scale() : 1;
    const picked = onPolicy
      ? Array.from({ length: memory.size }, (_, k) => k)
      : Array.from({ length: batchEpisodes }, () => replay.integer(0, memory.size - 1));
    const learningRate = plan.learningRate * Math.max(plan.finalLearningRate, 1 - done);
    const loss = learner.update(memory.batch(picked, rewardScale), learningRate);
    if (!Number.isFinite(loss)) {
      throw new TrainingError(
        `The loss became ${loss} at update ${update} of ${plan.updates} (batch of ${picked.length} episodes, ` +
          `rewards scaled by ${rewardScale}, learning rate ${learningRate}). ` +
          'A smaller learning rate or standardised rewards usually help.',
      );
    }
    onProgress?.({ update, updates: plan.updates, loss, meanReturn: total / wanted });
    if (update % breathEvery === 0) {
      signal?.throwIfAborted();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return { episodes, environmentSteps, rewardScale: plan.standardizeRewards ? spread.scale() : 1 };
}

function episodesOf(steps: number, horizon: number): number {
  return Math.max(1, Math.round(steps / horizon));
}

function scheduled({ start, end, over }: TrainingPlan['exploration'], done: number): number {
  return done >= over ? end : start + ((end - start) * done) / over;
}

/** 1 / standard deviation of all values so far (Welford), 1 while they are all equal. */
function runningSpread() {
  let count = 0;
  let mean = 0;
  let squares = 0;
  return {
    add: (x: number) => {
      count++;
      const delta = x - mean;
      mean += delta / count;
      squares += delta * (x - mean);
    },
    scale: () => (squares > 0 ? 1 / Math.sqrt(squares / count + 1e-6) : 1),
  };
}
