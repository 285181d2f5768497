import type { z } from 'zod';
import type { RandomStream } from '../core/index.ts';
import type { JsonObject } from './json.ts';
import type { StrategyPart } from './strategy-part.ts';
import type { Simulator } from './simulator.ts';

/** What a learner knows of a task beforehand: the sizes of its vectors, and whether it pays at the end alone. */
export interface TeamShape {
  readonly agents: number;
  readonly actions: number;
  readonly featureLength: number;
  readonly stateLength: number;
  readonly horizon: number;
  /** See `Task.terminalReward`. */
  readonly terminalReward?: true;
}

export function teamShape(task: Simulator): TeamShape {
  return {
    agents: task.agentNames.length,
    actions: task.actions.length,
    featureLength: task.featureLength,
    stateLength: task.stateLength,
    horizon: task.horizon,
    ...(task.terminalReward && { terminalReward: true }),
  };
}

/**
 * Whole episodes, as arrays in row-major order. An episode that ends before the horizon is padded: its mask is 0,
 * its rewards are 0, and all actions are available there.
 */
export interface EpisodeBatch {
  readonly episodes: number;
  readonly steps: number;
  /** [episodes, steps, agents, featureLength] */
  readonly features: Float32Array;
  /** [episodes, steps, stateLength] */
  readonly states: Float32Array;
  /** [episodes, steps, agents] */
  readonly actions: Int32Array;
  /** [episodes, steps, agents, actions], 1 where the action was available */
  readonly available: Float32Array;
  /** [episodes, steps], shaped and divided by the running spread where the training does so */
  readonly rewards: Float32Array;
  /** [episodes, steps], 1 while the episode ran */
  readonly mask: Float32Array;
  /** The probability of a uniformly random action when the newest of these episodes was played. */
  readonly exploration: number;
}

/** What a team computes when it acts: from every agent's features, one score per agent and action. */
export interface ExecutionNetwork {
  /** @param features [agents, featureLength] @param scores written, [agents, actions] */
  score(features: Float32Array, scores: Float32Array): void;
}

/**
 * Each agent's part in what a step is worth, by what only training has otherwise: a mixer or a critic. It reads the
 * state, so it may be told of steps that are over, and only where somebody asked for it.
 */
export interface CentralCredit {
  /**
   * @param state [stateLength], before the step @param features [agents, featureLength], likewise
   * @param available per agent, indices into the task's actions, ascending
   * @param jointAction one available action per agent
   * @returns per agent
   */
  of(
    state: Float32Array,
    features: Float32Array,
    available: readonly (readonly number[])[],
    jointAction: readonly number[],
  ): readonly OwnCredit[];
}

/** One agent's credit for its own action in one step, in the units that the mixer or critic was trained in. */
export interface OwnCredit {
  /** What the joint action is worth with each of its available actions in place, the others' actions fixed. */
  readonly values: readonly number[];
  /** The value of the action that it took minus what the strategy compares it with; at 0 nothing is missing. */
  readonly credit: number;
}

/** Trained numbers by name. */
export type NamedWeights = {
  readonly [name: string]: { readonly shape: readonly number[]; readonly data: Float32Array };
};

/** A strategy's algorithm at work: networks, losses and updates, without the loop around them. */
export interface Learner {
  /**
   * Where its data may come from: `replay` learns from episodes of earlier policies too and explores by random
   * actions besides greedy ones; `on-policy` learns only from episodes that it has just sampled from its policy.
   */
  readonly data: 'replay' | 'on-policy';
  /** Utilities when it learns from replay, logits when it is on-policy. Follows every update. */
  readonly network: ExecutionNetwork;
  /**
   * One update.
   * @returns the loss; NaN or infinite when the numbers broke down
   */
  update(batch: EpisodeBatch, learningRate: number): number;
  /** The value that it assigns to a joint action, in the units of its rewards, where it has such a value. */
  jointValue?(features: Float32Array, state: Float32Array, jointAction: readonly number[]): number;
  /** What execution needs, and only that. */
  executionWeights(): NamedWeights;
  /** The mixer or critic that central credit needs besides, where there is one. */
  centralWeights?(): NamedWeights;
  /**
   * Goes on from execution weights of an earlier training. What only training uses (mixers, critics, optimisers)
   * starts anew.
   */
  adopt(weights: NamedWeights): void;
  /**
   * Copies of all numbers that its next updates depend on: networks, targets, optimisers and counters. Whole numbers
   * below 2^24 are kept exactly.
   */
  snapshot(): NamedWeights;
  /** Goes on from a snapshot of such a learner; its updates are then the same to the bit. */
  restore(snapshot: NamedWeights): void;
  /** Frees what the engine holds. */
  dispose(): void;
}

/** How a learner is trained. */
export interface TrainingPlan {
  readonly updates: number;
  /** New steps before each update: so many whole episodes of the task's horizon, at least one. */
  readonly newSteps: number;
  /** Steps of an update, likewise; on-policy learners take exactly the new ones. */
  readonly batchSteps: number;
  /** Episodes that the replay memory holds. */
  readonly replayEpisodes: number;
  readonly learningRate: number;
  /** Share of the learning rate left at the end; it falls linearly. */
  readonly finalLearningRate: number;
  /**
   * Probability of a uniformly random action: falls linearly from `start` to `end` over that share of the updates.
   * `uniform`, for learners from replay: every action is random, and a situation that is met again has had all its
   * joint actions before one of them comes again, so that a table is fitted to all its entries alike.
   */
  readonly exploration: 'uniform' | { readonly start: number; readonly end: number; readonly over: number };
  /** Divide rewards by the running standard deviation of all rewards met so far. */
  readonly standardizeRewards: boolean;
  /**
   * Where the task has a potential: learn from r + gamma potential(s') - potential(s) instead of r, the potential
   * being 0 after the end. With the learner's own discount this leaves the optimum as it is.
   */
  readonly shaping?: { readonly gamma: number };
}

/** All that a training depends on. */
export interface TrainingKey {
  readonly strategy: TrainableStrategy;
  /** Resolved training options. */
  readonly options: JsonObject;
  readonly without: readonly StrategyPart[];
  readonly task: Simulator;
  readonly taskId: string;
  readonly taskOptions: JsonObject;
  readonly trainingSeed: number;
}

/** The half of a strategy that is trained: what a training command needs besides the task. */
export interface TrainableStrategy<Options extends JsonObject = JsonObject> {
  readonly id: string;
  /** Raise it when the same options would train other weights: stored weights are named by it. 1 when absent. */
  readonly revision?: number;
  /** Networks, losses and schedule; every option has a default and a description. */
  readonly trainingSchema: z.ZodType<Options>;
  /** @param without the parts taken away, a subset of the strategy's parts */
  learner(
    options: Options,
    shape: TeamShape,
    without: readonly StrategyPart[],
    stream: RandomStream,
  ): Learner;
  /**
   * The same learner for episodes that others have played and nobody can play again; absent where an algorithm
   * learns from its own play alone.
   *
   * @param conservatism how strongly the values of seldom taken actions are lowered, in spreads of the reward
   */
  offlineLearner?(
    options: Options,
    shape: TeamShape,
    without: readonly StrategyPart[],
    stream: RandomStream,
    conservatism: number,
  ): Learner;
  /** @param without as above; none by default */
  plan(options: Options, shape: TeamShape, without?: readonly StrategyPart[]): TrainingPlan;
  /** What acts after training, made from `executionWeights`. */
  network(options: Options, shape: TeamShape, weights: NamedWeights): ExecutionNetwork;
  /** Where a joint value rates the agents' actions: what central feedback is made of. */
  readonly central?: {
    /** True where `centralWeights` are needed, which are stored beside those of execution. */
    readonly stored: boolean;
    /** @param weights the learner's `centralWeights`; nothing where none are stored */
    credit(
      options: Options,
      shape: TeamShape,
      network: ExecutionNetwork,
      weights: NamedWeights,
    ): CentralCredit;
  };
  /**
   * What was in fact trained: variants that come to the same training share its weights, so they name the same id
   * and options.
   */
  identity(
    options: Options,
    without: readonly StrategyPart[],
  ): { readonly id: string; readonly options: JsonObject };
}
