import { type Learner, type Simulator, teamShape, type TrainingPlan } from '../contracts/index.ts';
import type { NamePart } from '../core/index.ts';
import type { Checkpoints } from './checkpoint.ts';
import { lossError } from './loss-error.ts';
import { greedyAction, softmaxAction, uniformAction } from './choose.ts';
import type { ChooseActions } from './episodes.ts';
import type { TrainingInstances } from './instances.ts';
import { beginLoop, restoreLoop, stateOf, type TrainingLoop, wholeRounds } from './loop.ts';

export interface TrainingRun {
  readonly task: Simulator;
  readonly learner: Learner;
  readonly plan: TrainingPlan;
  /**
   * Names the random streams of exploration and replay, and of instances where none are given. Its first part keeps training apart from the
   * instances of studies, tuning and calibration.
   */
  readonly name: readonly NamePart[];
  /** Instances to train on; a new one for every episode, drawn under `name`, when absent. */
  readonly instances?: TrainingInstances;
  /** Where a training that is stopped leaves its state, and goes on from; a stopped one starts over when absent. */
  readonly checkpoints?: Checkpoints;
  readonly onProgress?: (progress: TrainingProgress) => void;
  /** Told, in a sentence, when the training goes on from a checkpoint, or cannot. */
  readonly onNote?: (note: string) => void;
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

/** Under uniform exploration, the share of the updates after which each takes all of the memory, */
const wholeMemoryFrom = 0.8;
/** where it holds at most so many steps: batches drawn from it leave a fit unsteady that can be exact. */
const mostWholeSteps = 4096;

/**
 * Trains a learner in a task's simulator: play new episodes with exploration, then update once, `plan.updates`
 * times. Everything random comes from streams under `name`, so the same name gives the same weights, also when the
 * training was stopped and went on from a checkpoint. Checkpoints are left to the caller to clear when it has stored
 * what was trained.
 *
 * @throws TrainingError when a loss is not a finite number; the reason of `signal` when it aborts
 */
export async function trainTeam(run: TrainingRun): Promise<TrainingSummary> {
  const { task, learner, plan, checkpoints, onProgress, signal } = run;
  const { agents, actions } = teamShape(task);
  const onPolicy = learner.data === 'on-policy';
  const loop = resumed(run) ?? beginLoop(run);
  const { newEpisodes, batchEpisodes, memory, instances, exploration, rounds, replay, spread } = loop;
  const wholeMemory = rounds && memory.capacity * task.horizon <= mostWholeSteps;
  const scores = new Float32Array(agents * actions);
  let epsilon = 0;

  const choose: ChooseActions = (features, available, joint, state) => {
    if (rounds) return rounds.draws.draw(state, available, joint);
    learner.network.score(features, scores);
    for (let i = 0; i < agents; i++) {
      if (epsilon > 0 && exploration.next() < epsilon)
        joint[i] = uniformAction(available, i, actions, exploration);
      else if (onPolicy) joint[i] = softmaxAction(scores, available, i, actions, exploration);
      else joint[i] = greedyAction(scores, available, i, actions);
    }
  };

  while (loop.update < plan.updates) {
    const done = loop.update / plan.updates;
    const update = ++loop.update;
    epsilon = scheduled(plan.exploration, done);
    const wanted = update === 1 && !onPolicy ? Math.max(newEpisodes, batchEpisodes) : newEpisodes;
    let total = 0;
    for (let e = 0; e < wanted; e++) {
      const { episodeReturn, rewards } = memory.record(task.start(instances.of(loop.episodes)), choose, {
        exploration: epsilon,
        shaping: plan.shaping,
      });
      for (const reward of rewards) spread.add(reward);
      total += episodeReturn;
      loop.environmentSteps += rewards.length;
      loop.episodes++;
    }
    const rewardScale = plan.standardizeRewards ? spread.scale() : 1;
    // In whole rounds alone: an entry too many of a table would weigh on its fit.
    const whole = wholeMemory && done >= wholeMemoryFrom ? wholeRounds(memory.size, rounds) : 0;
    const picked =
      onPolicy || whole > 0
        ? memory.newest(onPolicy ? memory.size : whole)
        : Array.from({ length: batchEpisodes }, () => replay.integer(0, memory.size - 1));
    const learningRate = plan.learningRate * Math.max(plan.finalLearningRate, 1 - done);
    const batch = memory.batch(picked, rewardScale);
    const loss = learner.update(batch, learningRate);
    if (!Number.isFinite(loss)) {
      checkpoints?.clear();
      const when = `at update ${update} of ${plan.updates}`;
      throw lossError({ loss, when, batch, rewardScale, learningRate });
    }
    onProgress?.({ update, updates: plan.updates, loss, meanReturn: total / wanted });
    if (update % breathEvery === 0) {
      if (checkpoints && (signal?.aborted || checkpoints.due())) checkpoints.save(stateOf(loop, learner));
      signal?.throwIfAborted();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  const { episodes, environmentSteps } = loop;
  return { episodes, environmentSteps, rewardScale: plan.standardizeRewards ? spread.scale() : 1 };
}

/** The training as its checkpoint has it, its learner brought there; undefined when it starts from its beginning. */
function resumed(run: TrainingRun): TrainingLoop | undefined {
  const { checkpoints, plan, onNote } = run;
  const found = checkpoints?.load();
  if (!found) return undefined;
  if ('unusable' in found) {
    onNote?.(`The checkpoint ${found.unusable}. The training starts over.`);
    return undefined;
  }
  const loop = beginLoop(run);
  if (!restoreLoop(loop, run, found.state)) {
    onNote?.('The task does not play as it did when the training was stopped. The training starts over.');
    return undefined;
  }
  onNote?.(`Going on after update ${loop.update} of ${plan.updates}.`);
  return loop;
}

function scheduled(exploration: TrainingPlan['exploration'], done: number): number {
  if (exploration === 'uniform') return 1;
  const { start, end, over } = exploration;
  return done >= over ? end : start + ((end - start) * done) / over;
}
