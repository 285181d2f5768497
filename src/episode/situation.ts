import type { Offer } from '../contracts/index.ts';

/** What one agent meets in one step. */
export interface Situation {
  /** What it sees, in words. Called at most once, and only when a model is asked. */
  observe(): string;
  /** Valid until the step has been decided. */
  readonly features: Float32Array;
  readonly offer: Offer;
  /** What of the step before was its own gain, where the task says it: told to it and to nobody else. */
  readonly gain?: number;
}
