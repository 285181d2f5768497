import type { JsonObject, Model, PlannedRun, Strategy, StudyDefinition, Task } from '../contracts/index.ts';
import type { Place } from '../core/index.ts';
import type { AdviceForm } from '../episode/advice.ts';
import type { Judges } from './judges.ts';

/** A task with its options fixed, and what identifies its instances. */
export interface PreparedTask {
  readonly task: Task;
  readonly id: string;
  readonly revision: number;
  readonly options: JsonObject;
  /** What agents are asked to write, at its beginning at least; `code` where any of them is asked for it. */
  readonly writes?: 'prose' | 'code';
  /** Content key of everything but the seed that an instance depends on. */
  readonly key: string;
  /** Those that it asks. */
  readonly judges: Judges;
}

/** Whose tokens a run may spend. */
export interface Matched {
  /** The strategy's label. */
  readonly strategy: string;
  /** The runs of the same cell by which it is measured, by their hashes. */
  readonly pilot: readonly string[];
}

/** A run that is ready to be played. */
export interface PreparedRun extends PlannedRun {
  readonly preparedTask: PreparedTask;
  readonly playerModel: Model;
  /** Who plays in its place, one per agent, where the strategy has trained a team. */
  readonly players?: readonly Model[];
  readonly playerStrategy: Strategy;
  /** Those that its task and its strategy ask. */
  readonly judges: Judges;
  readonly episodes: number;
  readonly temperature: number;
  /** How advice reaches the model. */
  readonly advice: AdviceForm;
  /** At each instance; the last one scores. */
  readonly attempts: number;
  readonly maxInteractions: number;
  /** Agents also talk in free words. */
  readonly freeText: boolean;
  /** The most questions to one agent in one step. */
  readonly questionsPerDecision: number;
  /** The longest that the strategy may neither ask nor decide. */
  readonly idleTimeoutMs: number;
  /** The strategy learns on from the run's episodes. */
  readonly online: boolean;
  /** Tokens of one episode, where every strategy gets the same. */
  readonly tokens?: number;
  /** It may spend what another strategy does, measured on that one's first runs. */
  readonly matches?: Matched;
  /** Content key of the model with all that fixes its answers. */
  readonly modelKey: string;
  /** Where the study names the model. */
  readonly place: Place;
}

export interface PreparedStudy {
  readonly name: string;
  /** What the store keeps of it. */
  readonly definition: StudyDefinition;
  readonly runs: readonly PreparedRun[];
  /** Closes all models. */
  close(): Promise<void>;
}
