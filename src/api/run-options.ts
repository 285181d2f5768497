import type { ModelLoad, ServiceWait, StudyWriter, WorkQueue } from '../contracts/index.ts';
import type { Clock } from '../core/index.ts';
import type { Catalogue, GivenUntil, Progress } from '../study/index.ts';
import type { FirstUseProgress } from './first-use.ts';
import type { LookTaken } from './play-in-looks.ts';

export interface RunOptions {
  /** Where studies live; `./agentmesh-data` when absent. */
  readonly dataDirectory?: string;
  /** Keeps everything in this store instead of a folder; it stays open. */
  readonly store?: StudyWriter;
  /** Hands out the runs; it stays open. One in this process's memory when absent. */
  readonly queue?: WorkQueue;
  /** What ids may name; when absent everything built in, and for a YAML file what `catalogueWithOwn` finds beside it. */
  readonly catalogue?: Catalogue;
  /** As `until` of the study, of which what is said here holds. */
  readonly until?: GivenUntil;
  /** Plays runs again that could not finish before. */
  readonly retryFailed?: boolean;
  /** Plays a study again whose results come from an earlier version that played by other rules. */
  readonly playAgain?: boolean;
  /** Records what models are asked and answer: into this file, or `cassette.jsonl` in the study's folder when true. */
  readonly record?: boolean | string;
  /**
   * Answers from this recording instead of asking models: offline and without keys. The study ends with a
   * ReplayError at the first call that is not as recorded.
   */
  readonly replay?: string;
  /** Once aborted, what is in flight is finished and stored, and nothing new begins; no service is waited for. */
  readonly stop?: AbortSignal;
  /** Once aborted, what is in flight is dropped. */
  readonly abort?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Told after each look at a study that grows until it knows, earlier ones of a study that goes on included. */
  readonly onLook?: (look: LookTaken) => void;
  /** Told of every long wait for a service, such as it may ask for. */
  readonly onWait?: (wait: ServiceWait) => void;
  /** Told while a large model file is loaded. */
  readonly onLoad?: (load: ModelLoad) => void;
  /**
   * Trains networks that the study's strategies act by and that nobody has trained yet, before anything is played;
   * true when absent. A study that lacks some is refused otherwise.
   */
  readonly train?: boolean;
  readonly onTraining?: (progress: FirstUseProgress) => void;
  readonly clock?: Clock;
  /** Hears, in sentences, what is trained first, what is odd about the study's folder, and what its design cannot show. */
  readonly onNote?: (text: string) => void;
  /**
   * Asks every service with one small question before the study starts what reaches it of temperature, seed and
   * limits; true when absent. What was found is kept with the study and not asked again.
   */
  readonly probe?: boolean;
  /** Starts although that question got no answer that could be read; false when absent. */
  readonly acceptUnreadable?: boolean;
  /**
   * Lets tasks run programs in Python that models write; false when absent, and then such tasks are refused. Where the
   * limits fail such a program can do whatever you can: `docs/python-problems.md`.
   */
  readonly allowPython?: boolean;
  /** The command to put into the report for reproduction. */
  readonly command?: string;
}
