import type { Json, JsonObject } from './json.ts';
import type { MeasureFacts } from './task.ts';

// Types, not interfaces: what they describe is JSON, and only a type can be taken for a JsonObject.

/** A level of a study's factor: which definition it came from, and all options as they were resolved. */
export type StudyLevel = {
  /** Unique within its factor, but for levels of further factors. */
  readonly label: string;
  readonly id: string;
  /** Absent in the first studies. */
  readonly title?: string;
  readonly revision: number;
  readonly options: JsonObject;
};

export type StudyModel = StudyLevel & {
  /** What kind of model it is, where it is no language model at large. */
  readonly population?: string;
  /** As far as they are known; see ModelFacts. */
  readonly facts: {
    readonly parameters?: { readonly total?: number; readonly active?: number };
    readonly architecture?: string;
    readonly contextLength?: number;
    readonly experts?: { readonly total: number; readonly active?: number };
    readonly quantisation?: string;
  };
  readonly fingerprint: JsonObject;
};

export type StudyStrategy = StudyLevel & {
  /** Parts that an ablated variant lacks. */
  readonly without: readonly string[];
  /** The label of the strategy whose tokens it may spend. */
  readonly matches?: string;
  /** Others are measured against it. */
  readonly baseline?: true;
  /** Something of it reads the state of past steps. */
  readonly privileged?: true;
};

export type StudyTask = StudyLevel & {
  readonly type: string;
  /** The words of its actions, by index. */
  readonly actions: readonly string[];
  /** What it says of what it measures; absent where it says nothing. */
  readonly measures?: Readonly<Record<string, MeasureFacts>>;
  /** Largest difference that counts as none, where the task declares another than the study. */
  readonly margin?: number;
};

/** A further factor; its levels change a setting of the study, or an option of all tasks, models or strategies. */
export type StudyFactor = {
  readonly name: string;
  readonly target: 'study' | 'tasks' | 'models' | 'strategies';
  readonly levels: readonly Json[];
};

/**
 * Everything that was resolved when a study was last started, defaults included. Parts that are optional came later
 * than the first studies, or are the usual ones when absent.
 */
export type StudyDefinition = {
  readonly seeds: readonly number[];
  /** Episodes of one run. */
  readonly episodes: number;
  readonly maxInteractions: number;
  readonly temperature: number;
  readonly adviceStrength: number | 'default';
  /** How advice reached the models, where somebody advised and it was one way. */
  readonly advice?: { readonly kind: string; readonly n?: number };
  /** Agents talked beside their choices in discussions. Studies before this was off by default name `false` alone. */
  readonly freeText?: boolean;
  /** At each instance; 1 when absent. */
  readonly attempts?: number;
  readonly online?: boolean;
  readonly tokensPerRun?: number;
  readonly margin?: number;
  /** Seeds are added in looks until all is settled: how many there are by each look, the last being the most. */
  readonly until?: { readonly looks: readonly number[]; readonly confidence: number };
  readonly ablations: readonly string[];
  readonly factors: readonly StudyFactor[];
  readonly budget: { readonly tokens?: number; readonly usd?: number };
  readonly promptRevision: number;
  /** 1 when absent. */
  readonly playRevision?: number;
  /** What the models' services have said of themselves, by the content key of what was asked. */
  readonly probes?: Readonly<Record<string, JsonObject>>;
  /** One per label and combination of levels of further factors. */
  readonly models: readonly StudyModel[];
  /** Models that play no agent, by the names that tasks and strategies have for them. */
  readonly judges?: readonly StudyModel[];
  readonly strategies: readonly StudyStrategy[];
  readonly tasks: readonly StudyTask[];
};
