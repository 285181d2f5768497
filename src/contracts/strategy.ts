import type { z } from 'zod';
import type { RandomStream } from '../core/index.ts';
import type { JsonObject } from './json.ts';
import type { ExecutionNetwork, Learner, TrainableStrategy, TrainingKey, TrainingPlan } from './learner.ts';
import type { EpisodeRecord } from './episode.ts';
import type { FeedbackLevel } from './note.ts';
import type { StrategyPart } from './strategy-part.ts';
import type { Task } from './task.ts';

/** What a strategy may read when it coordinates: each agent's own observation, never the state. */
export interface AgentView {
  /** The agent's feature vector; valid during the call only. */
  readonly features: Float32Array;
  /** Indices into the task's actions, ascending. */
  readonly availableActions: readonly number[];
  /** The agent's previous action; undefined in the first step. */
  readonly lastAction?: number;
}

/** What a strategy adds to one agent's decision. */
export interface Coordination {
  /**
   * Log-weights in nats, one per available action. Where the model scores exactly the agent acts from
   * p(a) * exp(advice(a)); others are told in words, as the study's `advice` says.
   */
  readonly advice?: readonly number[];
  /** The action that the agent announces to its teammates in this step. */
  readonly broadcast?: number;
  /** What the agent is told about its own last action. */
  readonly feedback?: FeedbackLevel;
  /** The feedback was rated in hindsight, with the state at hand. */
  readonly privileged?: true;
  /** The agent acts from its advice alone: no model is asked, its distribution counts as uniform. */
  readonly unasked?: true;
}

/** A strategy at work in one episode. */
export interface Coordinator {
  /** Called once per step, before any model is asked; one view in and one coordination out per agent. */
  coordinate(views: readonly AgentView[]): readonly Coordination[];
  /**
   * Privileged, and there only where a study asks for central feedback: rates what each agent has just done, from
   * the state in which it did so. Called once per step, after the agents have chosen. The phrases are all that
   * comes of it: agents are told them in the next step, advice and broadcasts never depend on the state.
   */
  readonly hindsight?: (step: PastStep) => readonly (FeedbackLevel | undefined)[];
}

/** What is known of a step once everybody has chosen. */
export interface PastStep {
  /** The global state before the step, `stateLength` numbers; valid during the call only. */
  readonly state: Float32Array;
  readonly views: readonly AgentView[];
  /** Indices into the task's actions, one per agent. */
  readonly jointAction: readonly number[];
}

/** A strategy made for one task. */
export interface Strategy {
  /** Whatever fixes its behaviour besides options and revision (weight checksum, ...): part of the run's hash. */
  readonly fingerprint: JsonObject;
  /**
   * One agent decides for the whole team from all observations, instead of every agent for itself: once per step, or
   * as often as the team's tokens of that step pay for, keeping the most probable of its answers where it scores
   * exactly, and else the most frequent.
   */
  readonly single?: 'one-call' | 'best-of-n';
  /** @param stream random numbers of this episode, for strategies that need some */
  begin(stream: RandomStream): Coordinator;
  /** Present when it can go on learning from a study's own episodes. */
  readonly online?: OnlineLearning;
}

/** What a strategy brings along so that it can go on learning from the episodes of a run. */
export interface OnlineLearning {
  /** A learner that starts from what the strategy was trained to. The tensor engine must have been started. */
  learner(stream: RandomStream): Learner;
  readonly plan: TrainingPlan;
  /** The strategy as it was trained: what a run begins with. */
  readonly untaught: Pick<Strategy, 'begin'>;
  /** The strategy with another network in place of its own, calibrated anew. */
  advisedBy(network: ExecutionNetwork): Pick<Strategy, 'begin'>;
}

/** A strategy that learns from one run's episodes, in their order. */
export interface RunLearner {
  /** The strategy as it is after the episodes learned from so far. */
  begin(stream: RandomStream): Coordinator;
  learn(episode: Pick<EpisodeRecord, 'instance' | 'steps'>): void;
  close(): void;
}

export interface StrategyContext {
  readonly task: Task;
  readonly taskId: string;
  /** The task's resolved options; trained strategies serve only those they were trained for. */
  readonly taskOptions: JsonObject;
  /** The run's seed; trained strategies pick their training seed from it. */
  readonly seed: number;
  /** How strongly advice may move a model: mean KL divergence from uniform, in nats; `default` is the strategy's own. */
  readonly adviceStrength: number | 'default';
}

/** A training that a strategy acts by. */
export interface TrainingNeed {
  readonly key: TrainingKey;
  /** Whether it reads the mixer or critic too, which central feedback does. */
  readonly central: boolean;
}

/** A kind of strategy: what a catalogue lists and a study file names. */
export interface StrategyDefinition<Options extends JsonObject = JsonObject> {
  readonly id: string;
  readonly title: string;
  readonly revision: number;
  /** The parts that can be taken away; empty for strategies that have none. */
  readonly parts: readonly StrategyPart[];
  /** True of what others are measured against: an analysis contrasts every other strategy of a study with it. */
  readonly baseline?: true;
  readonly optionsSchema: z.ZodType<Options>;
  /** True of options with which something of it reads the state of past steps; never, when absent. */
  privileged?(options: Options): boolean;
  /** How it is trained; absent for strategies that are not. */
  readonly training?: TrainableStrategy;
  /**
   * The trainings that it acts by in such a context, whether they are there or not; none where it trains nothing or
   * cannot serve the task.
   */
  trainings?(
    options: Options,
    context: Omit<StrategyContext, 'adviceStrength'>,
    without: readonly StrategyPart[],
  ): readonly TrainingNeed[];
  /**
   * @param without the parts taken away, a subset of `parts`
   * @throws InputError when it cannot serve this task, with the reason and what would work
   */
  create(options: Options, context: StrategyContext, without: readonly StrategyPart[]): Promise<Strategy>;
}
