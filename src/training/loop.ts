import { type Learner, type Simulator, teamShape, type TrainingPlan } from '../contracts/index.ts';
import { type NamePart, randomStream, type ResumableStream } from '../core/index.ts';
import { underPrefix, withPrefix } from '../nn/index.ts';
import { type BalancedDraws, balancedDraws, type Met, roundLength } from './balanced-draws.ts';
import type { TrainingState } from './checkpoint.ts';
import { type EpisodeMemory, episodeMemory, observeTeam } from './episodes.ts';
import { freshInstances, type TrainingInstances } from './instances.ts';

/** All that a training has besides its learner, and that changes while it goes on. */
export interface TrainingLoop {
  readonly newEpisodes: number;
  readonly batchEpisodes: number;
  readonly memory: EpisodeMemory;
  readonly instances: TrainingInstances;
  readonly exploration: ResumableStream;
  /** Of a training under uniform exploration. */
  readonly rounds?: Rounds;
  readonly replay: ResumableStream;
  readonly spread: RunningSpread;
  /** Updates made. */
  update: number;
  episodes: number;
  environmentSteps: number;
}

interface Rounds {
  readonly draws: BalancedDraws;
  /** Episodes in which the situation that episodes begin with has each of its joint actions once. */
  readonly episodes: number;
}

interface LoopSettings {
  readonly task: Simulator;
  readonly learner: Learner;
  readonly plan: TrainingPlan;
  readonly name: readonly NamePart[];
  readonly instances?: TrainingInstances;
}

/** A training before its first episode. */
export function beginLoop({ task, learner, plan, name, instances }: LoopSettings): TrainingLoop {
  const shape = teamShape(task);
  const newEpisodes = episodesOf(plan.newSteps, shape.horizon);
  const drawn = instances ?? freshInstances(task, ...name);
  const exploration = randomStream(...name, 'exploration');
  const rounds =
    learner.data === 'replay' && plan.exploration === 'uniform'
      ? {
          draws: balancedDraws(shape.agents, exploration, ...name, 'rounds'),
          episodes: firstRound(task, drawn),
        }
      : undefined;
  return {
    newEpisodes,
    batchEpisodes: episodesOf(plan.batchSteps, shape.horizon),
    memory: episodeMemory(
      shape,
      learner.data === 'on-policy' ? newEpisodes : wholeRounds(plan.replayEpisodes, rounds),
    ),
    instances: drawn,
    exploration,
    ...(rounds && { rounds }),
    replay: randomStream(...name, 'replay'),
    spread: runningSpread(),
    update: 0,
    episodes: 0,
    environmentSteps: 0,
  };
}

/** As many episodes as make whole rounds, at most `episodes` where that holds a round. */
export function wholeRounds(episodes: number, rounds: Rounds | undefined): number {
  return rounds && rounds.episodes <= episodes ? episodes - (episodes % rounds.episodes) : episodes;
}

/** The joint actions with which the first episode can begin. */
function firstRound(task: Simulator, instances: TrainingInstances): number {
  const shape = teamShape(task);
  const available = new Float32Array(shape.agents * shape.actions);
  observeTeam(
    task.start(instances.of(0)),
    shape,
    new Float32Array(shape.agents * shape.featureLength),
    available,
  );
  return roundLength(available, shape.agents);
}

/** Copies of all that the rest of a training depends on. Episodes are kept as the actions that were taken in them. */
export function stateOf(loop: TrainingLoop, learner: Learner): TrainingState {
  const { update, episodes, environmentSteps, spread, exploration, rounds, replay, memory } = loop;
  return {
    progress: {
      ...{ update, episodes, environmentSteps },
      ...{ spread: spread.sums(), exploration: exploration.position(), replay: replay.position() },
      ...(rounds && { rounds: rounds.draws.position() }),
    },
    arrays: { ...underPrefix('learner.', learner.snapshot()), ...underPrefix('memory.', memory.log()) },
  };
}

/**
 * Brings a training that has not begun, and its learner, to a state that was kept.
 * @returns false when the task does not play the kept episodes as it did; the learner is then as it was
 */
export function restoreLoop(
  loop: TrainingLoop,
  { task, learner, plan: { shaping } }: LoopSettings,
  { progress, arrays }: TrainingState,
): boolean {
  const { update, episodes, environmentSteps, spread, exploration, rounds, replay } =
    progress as unknown as Progress;
  const log = withPrefix(arrays, 'memory.');
  const forgotten = episodes - log.mask.shape[0];
  // Instances are asked for in their order, from the first on, as a training does.
  for (let episode = 0; episode < episodes; episode++) {
    const instance = loop.instances.of(episode);
    if (episode < forgotten) continue;
    try {
      if (!loop.memory.recordAgain(episode, task.start(instance), log, { shaping })) return false;
    } catch {
      // A task that was changed may refuse an action that it took before.
      return false;
    }
  }
  learner.restore(withPrefix(arrays, 'learner.'));
  loop.exploration.moveTo(exploration);
  if (rounds) loop.rounds?.draws.moveTo(rounds);
  loop.replay.moveTo(replay);
  loop.spread.moveTo(spread);
  Object.assign(loop, { update, episodes, environmentSteps });
  return true;
}

interface Progress {
  readonly update: number;
  readonly episodes: number;
  readonly environmentSteps: number;
  readonly spread: readonly number[];
  readonly exploration: readonly number[];
  readonly rounds?: readonly Met[];
  readonly replay: readonly number[];
}

function episodesOf(steps: number, horizon: number): number {
  return Math.max(1, Math.round(steps / horizon));
}

/** 1 / standard deviation of all values so far (Welford), 1 while they are all equal. */
export interface RunningSpread {
  add(x: number): void;
  scale(): number;
  /** What it remembers: count, mean, and sum of squared deviations. */
  sums(): number[];
  moveTo(sums: readonly number[]): void;
}

function runningSpread(): RunningSpread {
  let count = 0;
  let mean = 0;
  let squares = 0;
  return {
    add: (x) => {
      count++;
      const delta = x - mean;
      mean += delta / count;
      squares += delta * (x - mean);
    },
    scale: () => (squares > 0 ? 1 / Math.sqrt(squares / count + 1e-6) : 1),
    sums: () => [count, mean, squares],
    moveTo: (sums) => {
      [count, mean, squares] = sums;
    },
  };
}
