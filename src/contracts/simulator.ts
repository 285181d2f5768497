import type { RandomStream } from '../core/index.ts';
import type { Json } from './json.ts';
import type { ScenePanel } from './scene.ts';

/** A simulator of a task, with its options fixed. All of it is deterministic; randomness enters through `generate` alone. */
export interface Simulator<Instance extends Json = Json> {
  /** One name per agent; the length is the size of the team. */
  readonly agentNames: readonly string[];
  /** The most steps an episode can last, at least 1. */
  readonly horizon: number;
  /** Every action that any agent can ever have, as words. Actions are indices into this list. */
  readonly actions: readonly string[];
  /** Length of an agent's feature vector. */
  readonly featureLength: number;
  /** Length of the global state vector. */
  readonly stateLength: number;
  /** The rules in English: the same for every agent, instance and step, so that models can share their prefix. */
  readonly rules: string;
  /** One instance, as JSON, from the stream. Rejects instances that leave too little between random and oracle. */
  generate(stream: RandomStream): Instance;
  start(instance: Instance): Simulation;
  /** A return that no joint policy exceeds on this instance; the best one where it is exact. Reward units. */
  oracle(instance: Instance): number;
  /** The exact expected return of uniformly random play, where there is a closed form; else it is estimated. */
  randomReturn?(instance: Instance): number;
  /**
   * True when no step before the last pays anything: learners then discount nothing, unless they are told to, for a
   * discount would make the only reward small where it matters most, at the start.
   */
  readonly terminalReward?: true;
  /** An expert for this task, where one is known: it demonstrates to models and serves as a reference. */
  readonly expert?: Expert;
}

/**
 * The action that an expert takes who knows exactly what the agent knows: its own observations, its own
 * history, and what teammates announce. Deterministic.
 *
 * @param announced per agent the action that it announced for this step; undefined where the agent was not
 *   told. The expert best-responds to announcements as if they were kept.
 * @returns one of the agent's available actions
 */
export type Expert = (
  environment: Simulation,
  agent: number,
  announced: readonly (number | undefined)[],
) => number;

/**
 * One running instance. Agents are numbered from 0. Before `done`, every agent has at least one available
 * action; afterwards nothing may be called but the read-only members and `restore`.
 */
export interface Simulation {
  /** Joint actions taken so far. */
  readonly time: number;
  /** True once the episode has terminated by the task's own rules. */
  readonly done: boolean;
  /** Indices into the task's actions, ascending. */
  availableActions(agent: number): readonly number[];
  /** What the agent sees, in English; nothing that the agent could not know. */
  observe(agent: number): string;
  /** Writes what the agent sees as `featureLength` numbers, roughly within [-2, 2], from `offset`. */
  features(agent: number, out: Float32Array, offset?: number): void;
  /** Writes the global state as `stateLength` numbers from `offset`. Training may read it, execution may not. */
  state(out: Float32Array, offset?: number): void;
  /**
   * A rough estimate of the return still to come, in reward units, where the task has one: the potential of
   * reward shaping. It depends on the situation alone and is never learned. Training may read it, execution may
   * not; training counts it as 0 once the episode is done.
   */
  potential?(): number;
  /**
   * Takes one joint action (an available action per agent) and returns the team's reward.
   * @throws TaskError after the end, for a wrong number of actions, or for an action that is not available
   */
  step(jointAction: readonly number[]): number;
  /**
   * What there is to see, for people who look on: the whole situation, or what one agent can know of it. Absent
   * for tasks that nobody draws; their observations are shown instead.
   */
  view?(agent?: number): readonly ScenePanel[];
  /** The situation as an immutable value: later steps leave it as it is. */
  snapshot(): Snapshot;
  /** Goes to a situation of the same instance. */
  restore(snapshot: Snapshot): void;
  /** An independent environment in the same situation: stepping one leaves the other as it is. */
  copy(): Simulation;
}

/** Opaque outside the environment's own task. */
export type Snapshot = unknown;
