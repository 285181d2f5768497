import {
  createTask,
  type Simulation,
  type JsonObject,
  meanAlternative,
  measureReferences,
  type Model,
  type ModelContext,
  type References,
  type ScenePanel,
  scoreOf,
  type Simulator,
  simulatorOf,
  TaskError,
} from '../contracts/index.ts';
import { InputError, randomStream, type RandomStream, systemClock, UnknownIdError } from '../core/index.ts';
import { composePrompt } from '../prompt/index.ts';
import { checkOptions } from '../study/factor-levels.ts';
import { askModel } from '../episode/asking/index.ts';
import { instanceStream } from '../episode/index.ts';
import type { Catalogue } from '../study/resolve.ts';
import { byId } from './by-id.ts';
import { builtInCatalogue } from './catalogue.ts';

export interface PlayOptions {
  readonly seed?: number;
  readonly options?: JsonObject;
  /** The agent that the person plays, by name or number from 1; the first one when absent. */
  readonly agent?: string;
  /** Who plays the others: `expert`, `random`, or the id of a model; the expert where the task has one. */
  readonly teammates?: string;
  readonly catalogue?: Catalogue;
}

/** What the person meets before a choice. */
export interface PlaySituation {
  /** From 1. */
  readonly step: number;
  readonly horizon: number;
  /** Word for word what a model in this place reads after the rules. */
  readonly prompt: string;
  /** What the agent can see, or the whole situation. */
  readonly scene?: readonly ScenePanel[];
  /** The available actions as words. */
  readonly choices: readonly string[];
}

export interface PlayedStep {
  /** Per agent, the word of its action. */
  readonly actions: readonly string[];
  readonly reward: number;
  readonly total: number;
  /**
   * Per agent, how much its action gained in this step: the team's reward minus the mean reward over all its
   * available actions, teammates' actions fixed. It says nothing about later steps.
   */
  readonly credits: readonly number[];
}

export interface PlayEnd {
  readonly return: number;
  readonly score: number;
  readonly references: References;
  /** The return of a team of experts on the same instance, where the task has an expert. */
  readonly expert?: { readonly return: number; readonly score: number };
}

/** One episode with a person in it. */
export interface Play {
  readonly task: string;
  readonly rules: string;
  readonly agentNames: readonly string[];
  /** The person's agent. */
  readonly agent: number;
  readonly teammates: string;
  /** Undefined once the episode has ended. */
  situation(whole?: boolean): PlaySituation | undefined;
  /** @param choice index into the situation's choices */
  choose(choice: number): Promise<PlayedStep>;
  /** How it came out. @throws TaskError before the end */
  end(): PlayEnd;
  close(): Promise<void>;
}

/**
 * Lets a person play one agent of a task, on the instance that a study with this seed plays in its first episode.
 * @throws InputError or UnknownIdError for a task, option, agent or teammate that does not exist
 */
export async function startPlay(
  id: string,
  { seed = 0, options = {}, catalogue = builtInCatalogue, ...rest }: PlayOptions = {},
): Promise<Play> {
  const definition = byId('task', catalogue.tasks, id);
  const task = simulatorOf(
    createTask(
      definition,
      checkOptions('task', definition, options, () => undefined),
    ),
    'Playing by hand',
    'Look at it with `agentmesh tasks show`',
  );
  const agent = agentNumber(task, rest.agent);
  const teammates = rest.teammates ?? (task.expert ? 'expert' : 'random');
  const team = await teamOf(teammates, task, id, seed, catalogue);
  const instance = task.generate(instanceStream(id, seed, 0));
  const environment = task.start(instance);
  const word = (action: number) => task.actions[action];
  let total = 0;

  return {
    task: id,
    rules: task.rules,
    agentNames: task.agentNames,
    agent,
    teammates,
    situation: (whole = false) => {
      if (environment.done) return undefined;
      const choices = environment.availableActions(agent).map(word);
      const scene = whole ? environment.view?.() : environment.view?.(agent);
      return {
        step: environment.time + 1,
        horizon: task.horizon,
        prompt: promptOf(task, environment, agent),
        ...(scene && { scene }),
        choices,
      };
    },
    choose: async (choice) => {
      const joint = await Promise.all(
        task.agentNames.map(async (_, other) =>
          other === agent ? environment.availableActions(agent)[choice] : team.choose(environment, other),
        ),
      );
      const trials = task.agentNames.map((_, other) => meanAlternative(environment, joint, other));
      const reward = environment.step(joint);
      total += reward;
      return { actions: joint.map(word), reward, total, credits: trials.map((mean) => reward - mean) };
    },
    end: () => {
      if (!environment.done) throw new TaskError('The episode has not ended yet.');
      const references = measureReferences(task, instance, randomStream('references', id, seed, 0));
      const scored = (value: number) => ({ return: value, score: scoreOf(value, references) });
      const expert = expertReturn(task, instance);
      return { ...scored(total), references, ...(expert !== undefined && { expert: scored(expert) }) };
    },
    close: () => team.close(),
  };
}

function agentNumber({ agentNames }: Simulator, wanted: string | undefined): number {
  if (wanted === undefined) return 0;
  const byName = agentNames.findIndex((name) => name.toLowerCase() === wanted.toLowerCase());
  const index = byName >= 0 ? byName : Number(wanted) - 1;
  if (Number.isInteger(index) && index >= 0 && index < agentNames.length) return index;
  throw new InputError(
    `There is no agent "${wanted}". Choose one of ${agentNames.join(', ')}, or a number from 1 to ${agentNames.length}.`,
  );
}

interface Team {
  choose(environment: Simulation, agent: number): Promise<number>;
  close(): Promise<void>;
}

async function teamOf(
  who: string,
  task: Simulator,
  id: string,
  seed: number,
  catalogue: Catalogue,
): Promise<Team> {
  const streams = task.agentNames.map((_, agent) => randomStream('play', id, seed, agent));
  const close = async () => {};
  const { expert } = task;
  if (who === 'random')
    return {
      choose: async (environment, agent) => streams[agent].pick(environment.availableActions(agent)),
      close,
    };
  if (who === 'expert') {
    if (!expert)
      throw new InputError(`The task "${id}" has no expert. Use --teammates random, or the id of a model.`);
    return { choose: async (environment, agent) => expert(environment, agent, []), close };
  }
  const ids = ['expert', 'random', ...catalogue.models.map((model) => model.id)];
  if (!ids.includes(who)) throw new UnknownIdError('teammate', who, ids);
  return modelTeam(who, task, streams, catalogue);
}

async function modelTeam(
  who: string,
  task: Simulator,
  streams: readonly RandomStream[],
  catalogue: Catalogue,
): Promise<Team> {
  const definition = byId('model', catalogue.models, who);
  const context: ModelContext = { clock: systemClock, workers: 1 };
  const model: Model = await definition.create(
    checkOptions('model', definition, {}, () => undefined),
    context,
  );
  return {
    choose: async (environment, agent) => {
      const available = environment.availableActions(agent);
      const stream = streams[agent];
      if (available.length === 1) return available[0];
      const { distribution, action } = await askModel(model, {
        prefix: task.rules,
        prompt: promptOf(task, environment, agent),
        actions: available.map((action) => task.actions[action]),
        temperature: 1,
        seed: stream.integer(0, 2 ** 31 - 1),
      });
      if (action !== undefined) return available[action];
      return distribution ? available[stream.categorical(distribution)] : stream.pick(available);
    },
    close: () => model.close(),
  };
}

function promptOf(task: Simulator, environment: Simulation, agent: number): string {
  return composePrompt({
    agentName: task.agentNames[agent],
    observation: environment.observe(agent),
    availableActions: environment.availableActions(agent).map((action) => task.actions[action]),
  });
}

function expertReturn(task: Simulator, instance: Parameters<Simulator['start']>[0]): number | undefined {
  const { expert } = task;
  if (!expert) return undefined;
  const environment = task.start(instance);
  let total = 0;
  while (!environment.done)
    total += environment.step(task.agentNames.map((_, agent) => expert(environment, agent, [])));
  return total;
}
