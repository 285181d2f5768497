/**
 * Runs that wait to be played, by their hash: a study's work, handed out to whoever plays it. A queue promises that no
 * run is forgotten and that none is handed out twice at the same time; that nothing is played twice is the store's
 * promise. One queue serves one study at a time.
 */
export interface WorkQueue {
  /** Adds runs, in the order in which they shall start. One that waits already, or is being played, is not added. */
  put(runs: readonly string[]): Promise<void>;
  /**
   * Hands out runs until none waits, up to `concurrency` at a time; a run that has been played leaves the queue. Once
   * `stop` is aborted or a run has failed, no further one starts, and those under way are waited for.
   *
   * @param play rejects where the run could not be played to its outcome; that run waits again, for a later `work`
   * @throws what the first run failed with
   */
  work(play: (run: string) => Promise<void>, options: WorkOptions): Promise<void>;
  /** Nothing can be put or started any more; what waited is dropped. Resolves when nothing is under way. */
  close(): Promise<void>;
}

export interface WorkOptions {
  /** Runs at a time; at least 1. */
  readonly concurrency: number;
  readonly stop?: AbortSignal;
}
