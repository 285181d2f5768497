import type { Offer } from '../contracts/index.ts';

/** What one agent meets in one step. */
export interface Situation {
  /** What it sees, in words. Called at most once, and only when a model is asked. */
  observe(): string;
  /** Valid until the step has been decided. */
  readonly features: Float32Array;
  readonly offer: Offer;
}
