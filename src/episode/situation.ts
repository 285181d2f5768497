/** What one agent meets in one step. */
export interface Situation {
  /** What it sees, in words. Called at most once, and only when a model is asked. */
  observe(): string;
  /** Valid until the step has been decided. */
  readonly features: Float32Array;
  /** Indices into the task's actions, ascending, at least one. */
  readonly availableActions: readonly number[];
}
