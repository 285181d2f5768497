import type { PairedGain, ScoreCell } from '../analysis/index.ts';
import type {
  AgentTrace,
  FinishedEpisode,
  JudgementTrace,
  JsonObject,
  MeasureFacts,
  PlannedRun,
  QuestionTrace,
  References,
  RunRow,
  ScenePanel,
  StudyProgress,
} from '../contracts/index.ts';
import type { Leader } from './leader.ts';

export type { Leader };

/** What the page and its server say to each other, as JSON. */

export interface StudyListing {
  /** The name of its folder, and its address. */
  readonly id: string;
  readonly progress?: StudyProgress;
  /** A process is running it now. */
  readonly running: boolean;
  /** When the file was last written, ISO 8601. */
  readonly modified: string;
  /** Why it cannot be shown. */
  readonly error?: string;
}

export interface StudyList {
  readonly folder: string;
  readonly version: string;
  readonly studies: readonly StudyListing[];
}

/** One study: what its tables can be filtered by. */
export interface StudyFacts {
  readonly id: string;
  readonly name: string;
  readonly models: readonly string[];
  readonly strategies: readonly string[];
  /** Strategies that others are measured against. */
  readonly baselines: readonly string[];
  readonly tasks: readonly { readonly label: string; readonly type: string }[];
  readonly seeds: readonly number[];
  readonly factors: readonly { readonly name: string; readonly levels: readonly unknown[] }[];
  readonly episodes: number;
  readonly budget: JsonObject;
  readonly hasReport: boolean;
}

/** A cell's mean score, and its gain over the first baseline as soon as both have a run of the same seed. */
export interface MatrixCell extends ScoreCell {
  /** The share of answers that could not be read, where it is beyond what a score can bear. */
  readonly unreadable?: number;
  /** Whether its choices were hardly what the model would answer. */
  readonly slightMass?: boolean;
  readonly gain?: PairedGain;
}

/** Mean scores with intervals, one row per model, strategy and combination of further factors. */
export interface ScoreMatrix {
  /** Of the study when this was worked out, as in its pulse. */
  readonly version: number;
  readonly tasks: readonly string[];
  /** What gains are over; absent in a study without a baseline, or with nothing beside it. */
  readonly baseline?: string;
  /** Absent where nothing can be compared yet. */
  readonly leader?: Leader;
  /** What the last look at a study that grows until it knows left open. */
  readonly look?: string;
  readonly rows: readonly {
    readonly model: string;
    readonly strategy: string;
    readonly factors: JsonObject;
    /** One per task. */
    readonly cells: readonly (MatrixCell | undefined)[];
  }[];
}

/** The state of a study, sent whenever it changes. */
export interface StudyPulse {
  readonly progress: StudyProgress;
  readonly running: boolean;
  /** Changes with every write; a page that saw another number asks again. */
  readonly version: number;
}

export interface RunDetails extends RunRow {
  readonly episodes: readonly FinishedEpisode[];
  /** The runs that met the same instances: same task and seed. */
  readonly block: readonly RunRow[];
  /** How many more there are. */
  readonly furtherBlock: number;
}

/** A question beside the last one. */
export interface QuestionStep extends QuestionTrace {
  /** The action that it named or, of probabilities, the likeliest. */
  readonly chose?: string;
}

export interface AgentStep extends Omit<
  AgentTrace,
  'availableActions' | 'broadcast' | 'action' | 'questions'
> {
  readonly questions?: readonly QuestionStep[];
  /** Words, where the study says them. */
  readonly available: readonly string[];
  readonly chosen: string;
  /** Place of the chosen action among the available ones. */
  readonly chosenIndex: number;
  /** The action that its answer named, where it did another. */
  readonly said?: string;
  readonly announced?: string;
  /** What the choice gained in this step: reward minus the mean reward over the available actions. */
  readonly credit?: number;
  /** How many further questions there were than are shown. */
  readonly furtherQuestions?: number;
}

export interface EpisodeStep {
  readonly agents: readonly AgentStep[];
  readonly reward: number;
  readonly measures?: Readonly<Record<string, number>>;
  /** Each agent's own gain, where the task says it. */
  readonly shares?: readonly number[];
  readonly notJudged?: number;
  readonly short?: true;
  /** What the task asked judges, the first of them. */
  readonly judgements?: readonly JudgementTrace[];
  /** Return so far. */
  readonly total: number;
}

export interface EpisodeView {
  readonly run: PlannedRun;
  readonly episode: number;
  /** Absent where something was not judged. */
  readonly score?: number;
  readonly return: number;
  readonly references: References;
  /** The score lies between random play and an oracle; else between bounds that the task declares. */
  readonly simulated: boolean;
  /** What the task says of what it measures. */
  readonly facts?: Readonly<Record<string, MeasureFacts>>;
  /** The question or problem that was played, where the task has a list. */
  readonly item?: string;
  readonly rules: string;
  readonly agentNames: readonly string[];
  readonly steps: readonly EpisodeStep[];
  /** The situation before each step, and after the last one; absent where the task cannot be drawn. */
  readonly scenes?: readonly (readonly ScenePanel[])[];
  /** Why there are no scenes. */
  readonly undrawn?: string;
}
