import type { z } from 'zod';
import { InputError, type RandomStream } from '../core/index.ts';
import { TaskError } from './errors.ts';
import type { Json, JsonObject } from './json.ts';
import type { TaskContext } from './judge.ts';
import { measureReferences, type References } from './score.ts';
import type { Simulation, Simulator } from './simulator.ts';

/** An index into the task's actions, or words. */
export type Action = number | string;

/** What an agent may do now. */
export type Offer =
  /** One of these. Indices into the task's actions, ascending, at least one. */
  | { readonly kind: 'choice'; readonly actions: readonly number[] }
  /** Words, at most so many tokens of the model that writes them. */
  | { readonly kind: 'text'; readonly maxTokens: number; readonly form: 'prose' | 'code' }
  /** Nothing: it can only talk. Its action is the empty text. */
  | { readonly kind: 'none' };

/** What one joint action came to. */
export interface Outcome {
  /** The team's reward, finite. */
  readonly reward: number;
  /** Parts of the reward and what else was measured, by name, each finite: `testsPassed`, `coherence`. */
  readonly measures?: Readonly<Record<string, number>>;
  /** The reward as what each agent is paid for its own part; they add up to it. Trainings read it, episodes do not. */
  readonly own?: readonly number[];
  /**
   * How much of each agent's is what came of it, finite, one number each: told to it, where agents are told anything, and
   * to nobody else. The reward stays the team's.
   */
  readonly shares?: readonly number[];
  /** How many things in it a judge should have marked and did not, asked twice: the episode then has no score. */
  readonly notJudged?: number;
}

/** What a task says of something that it measures, for those who compare and read. */
export type MeasureFacts = {
  /** What it is, in a phrase: "share of tests that pass". */
  readonly says: string;
  /** A part of the reward: agents that are paid for it and do worse in what they are not paid for have found a loophole. */
  readonly rewarded?: true;
  /**
   * From 0 to 1, and asked of the best of k attempts at one item under this name: `pass` for what is 1 where the episode
   * succeeded and else 0, which is also what single agents and teams are compared by, question by question.
   */
  readonly best?: 'pass' | 'accuracy' | 'cooperation';
  /** The measures that name the same kind of thing here are shares of it, and add up to 1. */
  readonly oneOf?: string;
};

/** Instances that are a fixed list, such as questions or problems. */
export interface Items<Instance extends Json = Json> {
  /** Their names by split, each once and always in the same order. */
  readonly names: Readonly<Record<Split, readonly string[]>>;
  /** The instance of that name. */
  readonly of: (name: string) => Instance;
}

/** Which instances are drawn. The two never share one. Studies use `test`, trainings and tuning `train`. */
export type Split = 'train' | 'test';

/**
 * A task with its options fixed: what a study needs to play it, whether its agents choose among words or write text.
 * All of it is deterministic, but for what a judge that is a model says.
 */
export interface Task<Instance extends Json = Json> {
  /** One name per agent; the length is the size of the team. */
  readonly agentNames: readonly string[];
  /** Every action that any agent can ever choose, as words; empty where agents only write. */
  readonly actions: readonly string[];
  /** The most steps an episode can last, at least 1. */
  readonly horizon: number;
  /** The rules in English: the same for every agent, instance and step, so that models can share their prefix. */
  readonly rules: string;
  /** One instance, as JSON, from the stream. */
  generate(stream: RandomStream, split: Split): Instance;
  /** Present where instances are a fixed list: an episode says which it plays, and a run plays none twice. */
  readonly items?: Items<Instance>;
  /** What it measures beside the reward, by the names that its outcomes have; what is not listed is kept and shown too. */
  readonly measures?: Readonly<Record<string, MeasureFacts>>;
  /**
   * A text that does nothing. Where it is present an analysis plays steps once more with it in the place of one agent's
   * text, which then costs nothing but time, and says what the agent added.
   */
  stub?(agent: number): string;
  /**
   * Present where something beside the options decides whether it can be played: asked before a study or a team begins,
   * and not where an instance is only shown.
   * @throws InputError with what is missing on this machine, or not allowed
   */
  check?(): void;
  start(instance: Instance, context: TaskContext): Environment;
  /** The judges that it asks, by the study's names for them; see `TaskContext`. They are part of every run's hash. */
  readonly judges?: readonly string[];
  /** What the score of this instance is measured against. @param stream for references that are estimated */
  references(instance: Instance, stream: RandomStream): References;
  /** Present where the task can be simulated at no cost: what networks are trained in. */
  readonly simulator?: Simulator<Instance>;
}

/** One running instance. Agents are numbered from 0. */
export interface Environment {
  /** Joint actions taken so far. */
  readonly time: number;
  /** True once the episode has terminated by the task's own rules. */
  readonly done: boolean;
  offer(agent: number): Offer;
  /** What the agent sees, in English; nothing that the agent could not know. */
  observe(agent: number): string;
  /**
   * Takes one joint action: an offered index, or a text within its limit. It may run a program or ask a judge.
   * @throws TaskError after the end, for a wrong number of actions, or for an action that was not offered
   */
  step(jointAction: readonly Action[], signal?: AbortSignal): Outcome | Promise<Outcome>;
  /** What networks read of the situation, in tasks with a simulator. */
  readonly simulation?: Simulation;
  /** Lets go of whatever it holds; called once, after the episode, however it ended. */
  close?(): Promise<void>;
}

/**
 * How reward depends on time and talk. The first four are the types of the default study; a user's task may
 * name another.
 */
export type TaskType = 'dense' | 'sparse' | 'temporal' | 'deliberative' | (string & {});

/**
 * A kind of task: what a catalogue lists and a study file names.
 *
 * `revision` goes up whenever the same options and seed would give another trajectory, text, feature vector or
 * reference, because stored runs are addressed by it.
 */
export interface AnyTaskDefinition<Options extends JsonObject = JsonObject> {
  readonly id: string;
  readonly title: string;
  readonly type: TaskType;
  readonly revision: number;
  /** Where the task comes from: authors, year, identifier. */
  readonly source: string;
  /** The largest difference of two scores here that counts as none, where it is not that of the study. */
  readonly margin?: number;
  /** Every option has a default and a description; unknown options are errors. */
  readonly optionsSchema: z.ZodType<Options>;
  /** A simulator is played as `simulated` makes a task of it. */
  create(options: Options): Task | Simulator;
  /** The same, where the user has said that programs in Python which models write may run on this machine. */
  createWithPython?(options: Options): Task;
}

/** A kind of task that says itself how it is played. */
export type TaskDefinition<Options extends JsonObject = JsonObject> = Omit<
  AnyTaskDefinition<Options>,
  'create'
> & { create(options: Options): Task };

/** A kind of task that brings a simulator. */
export type SimulatorDefinition<Options extends JsonObject = JsonObject> = Omit<
  AnyTaskDefinition<Options>,
  'create'
> & { create(options: Options): Simulator };

/** The task that a definition makes, whether it says so itself or brings a simulator. */
export function createTask<Options extends JsonObject>(
  definition: Pick<AnyTaskDefinition<Options>, 'create'>,
  options: Options,
): Task {
  const made: Task | Simulator | undefined = definition.create(options);
  // What is neither is told by whoever tries the task.
  return typeof made === 'object' && 'oracle' in made ? simulated(made) : made;
}

/** A simulator as a task: choices among its actions, scores from random play to its oracle. */
export function simulated<Instance extends Json>(simulator: Simulator<Instance>): Task<Instance> {
  const { agentNames, actions, horizon, rules } = simulator;
  return {
    agentNames,
    actions,
    horizon,
    rules,
    generate: (stream) => simulator.generate(stream),
    start: (instance) => environmentOf(simulator.start(instance)),
    references: (instance, stream) => measureReferences(simulator, instance, stream),
    simulator,
  };
}

function environmentOf(simulation: Simulation): Environment {
  return {
    get time() {
      return simulation.time;
    },
    get done() {
      return simulation.done;
    },
    offer: (agent) => ({ kind: 'choice', actions: simulation.availableActions(agent) }),
    observe: (agent) => simulation.observe(agent),
    // What is no index is no available action, and the simulation says so.
    step: (jointAction) => ({ reward: simulation.step(jointAction as readonly number[]) }),
    simulation,
  };
}

/**
 * What networks are trained in, and people play.
 * @param who what needs it, as in `The strategy "qmix"`
 * @param remedy what works instead, without its full stop
 * @throws InputError when the task has none, with what would work
 */
export function simulatorOf(
  { simulator }: Task,
  who: string,
  remedy = 'Choose a strategy that trains nothing; `agentmesh strategies` says which do',
): Simulator {
  if (simulator) return simulator;
  throw new InputError(
    `${who} needs a simulator, and this task has none: its agents write text, or its outcomes cost something. ${remedy}.`,
  );
}

/** An action in words: the task's word for a choice, or the text itself. */
export function actionWords(actions: readonly string[], action: Action): string {
  return typeof action === 'number' ? actions[action] : action;
}

/** An action as an index. @throws TaskError for a text, which simulators and networks cannot take */
export function choiceOf(action: Action): number {
  if (typeof action === 'number') return action;
  throw new TaskError('An agent wrote a text where a choice among actions is needed.');
}

/** The actions that an agent may choose among now, as indices; none where it writes or only talks. */
export function offeredActions(environment: Pick<Environment, 'offer'>, agent: number): readonly number[] {
  const offer = environment.offer(agent);
  return offer.kind === 'choice' ? offer.actions : [];
}
