import type { z } from 'zod';
import type { RandomStream } from '../core/index.ts';
import type { JsonObject } from './json.ts';
import type { ExecutionNetwork, Learner, TrainableStrategy, TrainingKey, TrainingPlan } from './learner.ts';
import type { EpisodeRecord } from './episode.ts';
import type { Usage } from './model.ts';
import type { Note } from './note.ts';
import type { StrategyPart } from './strategy-part.ts';
import type { Action, Offer, Outcome, Task } from './task.ts';
import type { TeamPlan } from './team-plan.ts';

/**
 * One question to one agent: to choose, to write, or both in one answer. Its address is (run, episode, step, agent,
 * notes and sight and form, sample): its seed, its recording and its row in the trace follow from that, so one agent
 * is asked the same only under different numbers of `sample`.
 */
export interface Question {
  /** Asks for one of the actions that it is offered. An agent with one action is not asked: it has it. */
  readonly choose?: true;
  /**
   * Asks for words. Beside `choose` both come in one answer, where its model can do that; a model that cannot only
   * chooses.
   */
  readonly write?: Writing;
  readonly notes?: readonly Note[];
  /** Whose observations it reads, itself included; its own alone when absent. */
  readonly sees?: readonly number[];
  /** Whose model answers in its place: another agent's, or one of the strategy's `judges`. Its own when absent. */
  readonly by?: number | string;
  /** Which sample of the same question this is; 0 when absent. */
  readonly sample?: number;
  /**
   * Log-weights in nats, one per offered action. The study's `advice` says how they reach the model: as a line of what
   * it reads, through its probabilities, or through the shares of several answers.
   */
  readonly advice?: readonly number[];
  /** Tokens that may be spent on asking again, for the most frequent choice of several to count. */
  readonly tokens?: number;
  /**
   * It is asked about what did not happen: after other words, which its notes are, or where it meets what it would meet.
   * What it answers stands beside its answers, and is none of its second thoughts.
   */
  readonly suppose?: Partial<Supposed>;
}

/** What an agent would meet if something else had been done. */
export interface Supposed {
  readonly offer: Offer;
  readonly observation: string;
}

export interface Writing {
  /** The most tokens of the model that writes, at least 1. */
  readonly maxTokens: number;
  /** Words for its teammates, or the text that is its action; `words` when absent. */
  readonly as?: 'words' | 'action';
}

/** What came back. What was not asked for is absent. */
export interface Answer {
  /** Over its offered actions: exact probabilities, or the shares of several answers. */
  readonly distribution?: readonly number[];
  /** The action that an answer in words named, an index into the task's; neither is there where none could be read. */
  readonly answered?: number;
  /** What it wrote: words as its teammates read them, on one line, or a text as it was written. */
  readonly text?: string;
  readonly usage: Usage;
}

/** One agent in one step. */
export interface Member {
  readonly name: string;
  readonly offer: Offer;
  /** Its feature vector, in tasks with a simulator; empty elsewhere. Valid during the step only. */
  readonly features: Float32Array;
  /** Undefined in the first step of an attempt. */
  readonly lastAction?: Action;
  /**
   * Metered, seeded, recorded and quoted, whoever asks and however often.
   * @throws StrategyError for a question that cannot be put, or one too many; whatever its model fails with. The run
   *   ends with either, caught or not.
   */
  ask(question: Question): Promise<Answer>;
  /**
   * The action that follows from an answer: the one that it named, or a draw from its probabilities and the question's
   * advice. From nothing: a draw from softmax(advice). From probabilities of the strategy's own, one per offered
   * action: a draw from them.
   *
   * An agent has one number per step and sample, so whoever draws twice from the same has the same action.
   *
   * @returns an index into the task's actions
   */
  draw(from?: Answer | readonly number[], advice?: readonly number[]): number;
  /** Characters that its model would read for this question, the rules included. Nothing is asked. */
  reads(question: Question): number;
}

/** One question about everybody, to the first agent's model. */
export interface Together {
  /** @returns one answer per member, as if each had been asked to choose from what everybody sees */
  ask(sample?: number): Promise<readonly Answer[]>;
  /** As `Member.reads`. */
  reads(): number;
}

/** A step of the episode that is over. */
export interface PastStep {
  readonly actions: readonly Action[];
  readonly reward: number;
  readonly measures?: Outcome['measures'];
  readonly shares?: Outcome['shares'];
  /** Which attempt at the instance it belongs to, from 0. */
  readonly attempt: number;
}

/** What an agent does instead. */
export interface Change {
  /** An index into `past`. */
  readonly step: number;
  readonly agent: number;
  readonly action: Action;
}

/** A frozen transcript with something replaced. What cannot be done any more ends it. */
export interface Replay {
  /**
   * What the team earns with these changes, all in one attempt, from the first of them up to the last step that was
   * played.
   */
  earned(changes: readonly Change[]): Promise<number>;
  /**
   * What each agent would meet in this step after these changes of its attempt; undefined for who would meet the same,
   * and for all where the episode would be over.
   */
  met(changes: readonly Change[]): Promise<readonly (Supposed | undefined)[]>;
}

/** One step as a strategy meets it. */
export interface ProtocolStep {
  /** Steps before this one, of earlier attempts too. */
  readonly time: number;
  /** The most steps that the episode can last, all attempts together. */
  readonly horizon: number;
  /** Which attempt at the instance this is, from 0: an episode may have several, of which the last one scores. */
  readonly attempt: number;
  readonly members: readonly Member[];
  readonly past: readonly PastStep[];
  /** Privileged: there where the task has a simulator, so that it costs nothing. */
  readonly replay?: Replay;
  /** Tokens for this step, where a study limits them. */
  readonly tokens?: number;
  /** Says that these tokens paid for no further round; there where `tokens` is. The trace keeps it. */
  readonly short?: () => void;
  /** Vectors of texts by the first agent's model, where it has some: all are compared by one model. It costs no question. */
  readonly embed?: (texts: readonly string[]) => Promise<readonly Float32Array[]>;
  /** There where the first agent's model can answer for everybody at once and everybody has actions to choose among. */
  readonly together?: Together;
}

/** What is known of a step once everybody has chosen. */
export interface Hindsight {
  /** The global state before the step, `stateLength` numbers; valid during the call only. */
  readonly state: Float32Array;
  readonly members: readonly Member[];
  readonly actions: readonly Action[];
}

/** A strategy at work in one episode. */
export interface Protocol {
  /**
   * One action per member: an offered index, a text within the offer's limit, or the empty text of who can only talk.
   * It may ask anybody anything, in any order and at once; all its questions are answered when it returns.
   */
  decide(step: ProtocolStep): Promise<readonly Action[]>;
  /** A step that was decided before: it goes on as if it had decided so. Nobody can be asked. */
  recall?(members: readonly Member[], actions: readonly Action[]): void;
  /**
   * Privileged, and there only where a study asks for central feedback: told of each step once it is decided, with the
   * state in which it was. What may come of it is feedback on the step that is over, never advice.
   */
  hindsight?(step: Hindsight): void;
}

/**
 * What a strategy asks: `choice` and `text`; `advice` that goes with a choice; `team` for questions that read what
 * several agents see; `vectors` of texts. Models are checked for it before a study starts, and how it is worded is
 * part of a run's hash.
 */
export type QuestionKind = 'choice' | 'advice' | 'text' | 'team' | 'vectors';

/** An agent of a trained team. */
export interface TunedAgent {
  /** Where its weights are: what `Model.tuned` reads. */
  readonly folder: string;
  /** The model that it was trained from, as studies name it, and the fingerprint of its weights. */
  readonly model: string;
  readonly base: JsonObject;
  /** What identifies its own. */
  readonly weights: string;
}

/** A strategy made for one task. */
export interface Strategy {
  /** Whatever fixes its behaviour besides options and revision (weight checksum, ...): part of the run's hash. */
  readonly fingerprint: JsonObject;
  /** What it asks the agents' own models. Choices and advice when absent. */
  readonly asks?: readonly QuestionKind[];
  /**
   * Further models that it asks, as critics or judges, by the study's names for them: all of them write. They are part of
   * the run's hash, and a study that lacks one is refused. What they are asked counts as the asked agent's.
   */
  readonly judges?: readonly string[];
  /** Who plays in place of the study's model, one per agent: the same kind of model with weights that were trained. */
  readonly players?: readonly TunedAgent[];
  /** @param stream random numbers of this episode, for strategies that need some */
  begin(stream: RandomStream): Protocol;
  /** Present when it can go on learning from a study's own episodes. */
  readonly online?: OnlineLearning;
}

/** What a strategy brings along so that it can go on learning from the episodes of a run. */
export interface OnlineLearning {
  /** A learner that starts from what the strategy was trained to. The tensor engine must have been started. */
  learner(stream: RandomStream): Learner;
  readonly plan: TrainingPlan;
  /** The strategy as it was trained: what a run begins with. */
  readonly untaught: Pick<Strategy, 'begin'>;
  /** The strategy with another network in place of its own, calibrated anew. */
  advisedBy(network: ExecutionNetwork): Pick<Strategy, 'begin'>;
}

/** A strategy that learns from one run's episodes, in their order. */
export interface RunLearner {
  /** The strategy as it is after the episodes learned from so far. */
  begin(stream: RandomStream): Protocol;
  learn(episode: Pick<EpisodeRecord, 'instance' | 'steps'>): void;
  close(): void;
}

export interface StrategyContext {
  readonly task: Task;
  readonly taskId: string;
  /** The task's resolved options; trained strategies serve only those they were trained for. */
  readonly taskOptions: JsonObject;
  /** The task's revision, as its definition has it; 1 when absent. A team trained for another one is another team. */
  readonly taskRevision?: number;
  /** The run's seed; trained strategies pick their training seed from it. */
  readonly seed: number;
  /** How strongly advice may move a model: mean KL divergence from uniform, in nats; `default` is the strategy's own. */
  readonly adviceStrength: number | 'default';
  /** Agents also say something in free words beside their choices: an old study wants it and the task is a discussion. */
  readonly freeText?: boolean;
}

/** A training that a strategy acts by. */
export interface TrainingNeed {
  readonly key: TrainingKey;
  /** Whether it reads the mixer or critic too, which central feedback does. */
  readonly central: boolean;
}

/** A kind of strategy: what a catalogue lists and a study file names. */
export interface StrategyDefinition<Options extends JsonObject = JsonObject> {
  readonly id: string;
  readonly title: string;
  readonly revision: number;
  /** The parts that can be taken away; empty for strategies that have none. */
  readonly parts: readonly StrategyPart[];
  /** True of what others are measured against: an analysis contrasts every other strategy of a study with it. */
  readonly baseline?: true;
  readonly optionsSchema: z.ZodType<Options>;
  /** True of options with which something of it reads the state of past steps; never, when absent. */
  privileged?(options: Options): boolean;
  /** True of strategies whose networks are trained or measured in a simulator: they serve tasks that have one. */
  readonly needsSimulator?: true;
  /** How it is trained; absent for strategies that are not. */
  readonly training?: TrainableStrategy;
  /** Present of strategies that train the agents' own models: how, by its options. */
  readonly tuning?: { plan(options: Options): TeamPlan };
  /**
   * The trainings that it acts by in such a context, whether they are there or not; none where it trains nothing or
   * cannot serve the task.
   */
  trainings?(
    options: Options,
    context: Omit<StrategyContext, 'adviceStrength'>,
    without: readonly StrategyPart[],
  ): readonly TrainingNeed[];
  /**
   * @param without the parts taken away, a subset of `parts`
   * @throws InputError when it cannot serve this task, with the reason and what would work
   */
  create(options: Options, context: StrategyContext, without: readonly StrategyPart[]): Promise<Strategy>;
}
