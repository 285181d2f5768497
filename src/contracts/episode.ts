import type { Json } from './json.ts';
import type { Usage } from './model.ts';
import type { References } from './score.ts';

/** How a feedback phrase rates an agent's last action. */
export const feedbackLevels = ['good', 'fair', 'poor'] as const;
export type FeedbackLevel = (typeof feedbackLevels)[number];

/** What one agent was told and did in one step. Actions are indices into the task's actions. */
export interface AgentTrace {
  /** Absent when the agent had a single action, so that no model was asked. */
  readonly prompt?: string;
  readonly answer?: string;
  readonly availableActions: readonly number[];
  /** The model's distribution over the available actions: exact, or that of several sampled answers. */
  readonly distribution?: readonly number[];
  /** The action that a sampled answer named. What moved the agent away from it, if anything, is the advice. */
  readonly answered?: number;
  /** How sure the model said it is, in [0, 1]. */
  readonly confidence?: number;
  readonly advice?: readonly number[];
  /**
   * What the agent acted from: the distribution (uniform where no answer could be read) and the advice together;
   * absent when that is the distribution, or the answer.
   */
  readonly policy?: readonly number[];
  readonly action: number;
  readonly broadcast?: number;
  /** What it said in free words, as its teammates read it. */
  readonly message?: string;
  readonly feedback?: FeedbackLevel;
  /** The feedback is privileged: a mixer or critic gave it, which read the state of the step before. */
  readonly privileged?: true;
  /** No answer named an available action. */
  readonly unparsable?: true;
  /** How many of several answers could not be read, where others could. */
  readonly unread?: number;
  /** Questions put to the model for this decision, when more than one. */
  readonly calls?: number;
  readonly usage?: Usage;
  /** SHA-256 of each request as it was sent to a service. */
  readonly sent?: readonly string[];
}

export interface StepTrace {
  readonly agents: readonly AgentTrace[];
  readonly reward: number;
}

/** One finished episode with its full trace. */
export interface EpisodeRecord {
  readonly run: string;
  /** Number of the episode within its run, from 0. */
  readonly episode: number;
  readonly instance: Json;
  readonly references: References;
  readonly return: number;
  readonly score: number;
  /** The prompt's shared prefix. */
  readonly prefix: string;
  readonly steps: readonly StepTrace[];
}
