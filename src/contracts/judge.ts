import { TaskError } from './errors.ts';
import type { JsonObject } from './json.ts';
import type { Usage } from './model.ts';

/**
 * What a task asks a judge: a model that a study names under `judges` and that plays no agent. Its address is (episode,
 * step, judge, all of this): seed, recording and row in the trace follow from that.
 */
export interface JudgeRequest {
  /** What many requests share, such as what is judged by; providers may cache it. The task's rules when absent. */
  readonly prefix?: string;
  readonly prompt: string;
  /** The most tokens that it may write, at least 1. */
  readonly maxTokens: number;
  /** 1 when absent: how agents are sampled is no matter of how they are judged. At least 0. */
  readonly temperature?: number;
  /** JSON schema of what it writes: it is held to it where it can be, and asked to keep to it elsewhere. */
  readonly schema?: JsonObject;
  /** Which sample of the same question this is, such as one more try after nonsense; 0 when absent. */
  readonly sample?: number;
}

/** What it said. */
export interface Judgement {
  /** Without the reasoning before it. What it means, and what to do about nonsense, is the task's to say. */
  readonly text: string;
  readonly usage: Usage;
}

/** What a task is given with each episode. */
export interface TaskContext {
  /**
   * Asks one of the task's `judges`, while a step is being taken. What it costs is the study's and never the team's.
   *
   * @throws TaskError for a judge or a request that there cannot be; whatever the model fails with. The run ends with
   *   either, caught or not: nobody is scored by an answer that never came
   */
  readonly ask: (judge: string, request: JudgeRequest) => Promise<Judgement>;
  /**
   * Waits, while a step is being taken, for what ends by itself: a program with limits of its own, and its turn. A step
   * that waits for anything else is ended after the study's `idleTimeoutMs`.
   */
  readonly bounded: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Where nothing is played in earnest: an instance is shown, or a task is tried. */
export const nobodyJudges: TaskContext = {
  bounded: (work) => work(),
  ask: (judge) =>
    Promise.reject(new TaskError(`Nobody can be asked to judge here, but the task asks "${judge}".`)),
};
