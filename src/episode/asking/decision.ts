import type { Usage } from '../../contracts/index.ts';

/** A member of a team for whom somebody else decides. */
export interface TeamMember {
  readonly name: string;
  /** Its available actions as words, at least two. */
  readonly actions: readonly string[];
}

/** One question to a model: which of these actions? */
export interface DecisionRequest {
  /** The rules, shared by many requests; providers may cache it. */
  readonly prefix: string;
  /** The rest of the prompt: who the agent is, what it is told, what it sees, what it can choose. */
  readonly prompt: string;
  /** The available actions as words, at least two. */
  readonly actions: readonly string[];
  /** Softmax temperature of the distribution over actions; 1 leaves the model's own, must be above 0. */
  readonly temperature: number;
  /**
   * The seed of this decision, derived from the run's factors, agent and step, in [0, 2^31). Models that sample
   * use it; models that return exact probabilities need none.
   */
  readonly seed: number;
  /**
   * Instead of `actions`: those of every team member that has a choice, at least one, to be answered at once, in words.
   * `actions` is then empty.
   */
  readonly team?: readonly TeamMember[];
  /** The agent may also say something in free words, for its teammates to read. */
  readonly speech?: true;
  /** What the decision is called in its study, for recordings and errors; no part of what is asked. */
  readonly call?: string;
}

/**
 * The model's answer: `distribution` of models that score exactly, `action` of all others. Neither is there when the
 * answer named no available action (unparsable); the agent then acts as one without preferences would.
 */
export interface Decision {
  /** One probability per offered action, summing to 1 within 1e-6. The agent draws from it. */
  readonly distribution?: readonly number[];
  /** Of a distribution that is exact: the probability that the model answers with any of the actions, in [0, 1]. */
  readonly mass?: number;
  /** Which of the offered actions a sampled answer names, from 0. The agent does it. */
  readonly action?: number;
  /** In place of `action`, one per member, for a question about a team. */
  readonly team?: readonly number[];
  /** How sure the model says it is, in [0, 1]. Data: nothing is decided by it. */
  readonly confidence?: number;
  /** The words the model answered, where there are any beyond the distribution. */
  readonly answer?: string;
  /** What it says to its teammates in free words, as written; absent when it was not asked or said nothing. */
  readonly message?: string;
  readonly usage: Usage;
  /** SHA-256 of each request as it was sent; see `TextReply`. */
  readonly sent?: readonly string[];
  /** True when the prompt did not fit and was cut: the run is then recorded as truncated. */
  readonly truncated?: boolean;
}
