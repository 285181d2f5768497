import type { Json } from './json.ts';
import type { Usage } from './model.ts';
import type { FeedbackLevel, Heard, Note } from './note.ts';
import type { References } from './score.ts';
import type { Action, Offer } from './task.ts';

/**
 * One question that was put to an agent beside the one that its action came of, with what came back. Its address is
 * (run, episode, step, agent, notes and sight and form, sample): no two of one agent and step share it.
 */
export interface QuestionTrace {
  /** What it was asked for: a choice among its actions, words, or both in one answer. */
  readonly form: 'choice' | 'text' | 'both';
  readonly notes?: readonly Note[];
  /** Whose observations it read, where not its own alone. */
  readonly sees?: readonly number[];
  /** The judge that answered in its place. */
  readonly by?: string;
  /** Which sample of the same question, where not the first. */
  readonly sample?: number;
  /** It was asked about what did not happen. */
  readonly supposed?: true;
  /** What it could have chosen there, where that is not what it could. */
  readonly availableActions?: readonly number[];
  readonly prompt: string;
  readonly answer?: string;
  /** As for `AgentTrace`. */
  readonly distribution?: readonly number[];
  readonly mass?: number;
  readonly answered?: number;
  readonly confidence?: number;
  /** What it wrote, as others read it. */
  readonly text?: string;
  /** The text was one to hand in, not words for teammates. */
  readonly draft?: true;
  readonly unparsable?: true;
  /** It wrote more than it was asked for, and what was beyond that was cut off. */
  readonly cut?: true;
  readonly unread?: number;
  readonly calls?: number;
  readonly usage?: Usage;
  readonly sent?: readonly string[];
}

/** What one agent was told and did in one step. Choices are indices into the task's actions. */
export interface AgentTrace {
  /** What it could do, where that was no choice among actions; `availableActions` is then empty. */
  readonly offer?: Exclude<Offer['kind'], 'choice'>;
  /** The text that it could hand in is a program. */
  readonly code?: true;
  /** Absent when the agent had a single action, so that no model was asked. */
  readonly prompt?: string;
  /** The judge that answered in its place. */
  readonly by?: string;
  readonly answer?: string;
  readonly availableActions: readonly number[];
  /** The model's distribution over the available actions: exact, or that of several sampled answers. */
  readonly distribution?: readonly number[];
  /** Of an exact distribution: the probability that the model answers with any of the actions; see `ScoreReply`. */
  readonly mass?: number;
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
  /** What it did: an index where it had a choice, else the text that it wrote, empty where it could only talk. */
  readonly action: Action;
  readonly broadcast?: number;
  /** Whose words it had read when it acted. */
  readonly heard?: Heard;
  /** What it said in free words, as its teammates read it. */
  readonly message?: string;
  readonly feedback?: FeedbackLevel;
  /** The feedback is privileged: a mixer or critic gave it, which read the state of the step before. */
  readonly privileged?: true;
  /** No answer named an available action. */
  readonly unparsable?: true;
  /** It wrote more than it was asked for, and what was beyond that was cut off. */
  readonly cut?: true;
  /** How many of several answers could not be read, where others could. */
  readonly unread?: number;
  /** Questions put to the model for this decision, when more than one. */
  readonly calls?: number;
  readonly usage?: Usage;
  /** SHA-256 of each request as it was sent to a service. */
  readonly sent?: readonly string[];
  /** What else it was asked in this step, in that order; the prompt above is that of the question it acted on. */
  readonly questions?: readonly QuestionTrace[];
}

/** One question of the task to a judge, with what came back. */
export interface JudgementTrace {
  readonly judge: string;
  /** Where it is not the prefix of the agents' prompts. */
  readonly prefix?: string;
  readonly prompt: string;
  /** Which sample of the same question, where not the first. */
  readonly sample?: number;
  readonly answer: string;
  readonly usage: Usage;
  readonly sent?: readonly string[];
}

export interface StepTrace {
  readonly agents: readonly AgentTrace[];
  readonly reward: number;
  /** Which attempt at the instance it belongs to, from 0, where there are several. */
  readonly attempt?: number;
  /** Parts of the reward and what else the task measured, by name. */
  readonly measures?: Readonly<Record<string, number>>;
  /** What the task asked judges before it paid, in that order. */
  readonly judgements?: readonly JudgementTrace[];
  /** What of it was each agent's own gain, as the task says. */
  readonly shares?: readonly number[];
  /** How many things in it no judge has marked. */
  readonly notJudged?: number;
  /** The tokens of the step paid for no further round, and the strategy acted on what it had. */
  readonly short?: true;
}

/** The steps of the attempt that scores. */
export function lastAttempt(steps: readonly StepTrace[]): readonly StepTrace[] {
  return steps.filter(({ attempt }) => attempt === steps.at(-1)?.attempt);
}

/** One finished episode with its full trace. */
export interface EpisodeRecord {
  readonly run: string;
  /** Number of the episode within its run, from 0. */
  readonly episode: number;
  readonly instance: Json;
  /** The name of the instance, in tasks whose instances are a fixed list. */
  readonly item?: string;
  readonly references: References;
  /** Without what was not judged. */
  readonly return: number;
  /** Absent where something was not judged. */
  readonly score?: number;
  /** The prompt's shared prefix. */
  readonly prefix: string;
  readonly steps: readonly StepTrace[];
}
