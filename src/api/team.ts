import { availableParallelism } from 'node:os';
import type { LanguageModelV3 } from '@ai-sdk/provider';
import {
  createTask,
  type JsonObject,
  type Model,
  type ModelContext,
  type ModelDefinition,
  simulated,
  type Strategy,
  type StrategyDefinition,
  type StrategyPart,
  type Task,
  type AnyTaskDefinition,
} from '../contracts/index.ts';
import { type Clock, InputError, systemClock } from '../core/index.ts';
import { fromLanguageModel } from '../models/parts/from-language-model.ts';
import type { StrategyChoice } from '../strategies/parts/compose.ts';
import {
  checkOptions,
  type Entry,
  refuseSilentJudge,
  resolveEntry,
  servingAnyTask,
  teamOpener,
} from '../study/index.ts';
import { adviceForm, type AdviceForm, type AdviceKind, refuseUnfit, heldModel } from '../episode/index.ts';
import { createTeam, type OwnTask, taskOf, type Team, type TeamBudget } from '../team/index.ts';
import { withPython } from './allow-python.ts';
import { builtInCatalogue } from './catalogue.ts';

/** An id of the catalogue (`openai:gpt-5-mini`), a definition, or one of them with options beside it. */
type Choice<Definition> =
  string | Definition | { readonly id: string | Definition; readonly [option: string]: unknown };

/** A model of the AI SDK, or one as studies name it. */
export type AgentModel = LanguageModelV3 | Choice<ModelDefinition>;

export interface TeamOptions {
  /** One model for all agents, or one per agent in the order of the task's `agentNames`. */
  readonly agents: AgentModel | readonly AgentModel[];
  /** Models that play no agent, by the names under which the strategy and the task ask them: see a study's `judges`. */
  readonly judges?: Readonly<Record<string, AgentModel>>;
  /** How the agents coordinate; `none` when absent. */
  readonly strategy?: string | StrategyDefinition | StrategyChoice;
  /** Parts of the strategy to take away. */
  readonly without?: readonly StrategyPart[];
  /** A task of the catalogue, a definition of your own, or an own task without a simulator. */
  readonly task: Choice<AnyTaskDefinition> | OwnTask;
  /** Picks the training of a trained strategy, as a study's seed does; 0 when absent. */
  readonly seed?: number;
  /** How far advice may move a model, in nats; the strategy's own default when absent. */
  readonly adviceStrength?: number;
  /**
   * How advice reaches the models, as a study's `advice` says; when absent, by the probabilities of models that score
   * exactly and in words to all others.
   */
  readonly advice?: AdviceKind | AdviceForm;
  /** Softmax temperature of every model; 1 when absent. */
  readonly temperature?: number;
  /** Limits on all that the team asks in its life. */
  readonly budget?: TeamBudget;
  /** Once aborted, whatever the team is doing is dropped. */
  readonly signal?: AbortSignal;
  /** Lets the task run programs in Python that models write, as a study's run may; see `RunOptions`. */
  readonly allowPython?: boolean;
  /** Threads for embedded models; one per core when absent. */
  readonly workers?: number;
  readonly clock?: Clock;
}

/**
 * A team of language-model agents that coordinate by a strategy which studies measured, in your own program.
 *
 * In a task with a simulator it plays episodes; in an environment of your own you say what the agents see, step by
 * step, and carry out what they choose. Everything that can be wrong is found here, before any model is asked.
 *
 * @throws InputError and UnknownIdError with the remedy
 * @example
 * const squad = await team({ agents: 'pocket-32k', strategy: vdn(), task: 'coverage' });
 * const { score } = await squad.play({ seed: 0 });
 * await squad.close();
 */
export async function team(options: TeamOptions): Promise<Team> {
  const { seed = 0, temperature = 1, without = [], clock = systemClock, budget = {}, signal } = options;
  if (!(temperature > 0)) throw new InputError(`The temperature is ${temperature}. It must be above 0.`);
  signal?.throwIfAborted();
  const { task, taskId, taskOptions, taskRevision, own, discussed, identity } = chosenTask(
    options.task,
    options.allowPython,
  );
  task.check?.();

  const chosen = entryOf('strategy', options.strategy ?? 'none', builtInCatalogue.strategies);
  const { definition } = chosen;
  refuseParts(definition, without);
  if (definition.needsSimulator && (own || !task.simulator)) throw unsimulatedTeam(definition, taskId);
  const strategyOptions = checkOptions('strategy', definition, chosen.options, () => chosen.place);
  const strategy = await definition.create(
    strategyOptions,
    {
      task,
      taskId,
      taskOptions,
      taskRevision,
      seed,
      adviceStrength: options.adviceStrength ?? 'default',
      freeText: discussed,
    },
    without,
  );

  const context = { clock, workers: options.workers ?? availableParallelism() };
  const advice = options.advice === undefined ? undefined : adviceForm(options.advice);
  const agents = agentsOf(options.agents, task);
  const named = judgesOf(options.judges ?? {}, strategy, task);
  const opened = await openModels(
    [...agents, ...named.values()],
    context,
    (choice, model, { label, place }) => {
      if (advice && agents.includes(choice)) refuseUnfit(advice, label, model, place);
      for (const [name, judge] of named) if (judge === choice) refuseSilentJudge(name, model, place);
    },
  );
  const models = await playing(
    agents.map((agent) => opened.get(agent)!),
    strategy,
  );
  const judges = new Map([...named].map(([name, judge]) => [name, opened.get(judge)!]));
  return createTeam({
    ...{ task, taskId, models, judges, strategy, strategyName: definition.id, temperature, budget },
    clock,
    ...(advice && { advice }),
    ...(signal && { signal }),
    identity: {
      task: identity,
      strategy: { id: definition.id, revision: definition.revision, options: strategyOptions, without },
    },
  });
}

/** The models that play: those of a trained team where the strategy has one, which were opened by the others. */
async function playing(models: readonly Model[], strategy: Strategy): Promise<readonly Model[]> {
  const players = await teamOpener([])(models[0], 'the first agent', strategy);
  if (!players) return models;
  await Promise.all([...new Set(models)].map((model) => model.close()));
  return players;
}

function entryOf<Definition extends Parameters<typeof checkOptions>[1]>(
  kind: 'model' | 'strategy' | 'task',
  choice: unknown,
  definitions: readonly Definition[],
): Entry<Definition> {
  return resolveEntry(kind, choice, definitions, { file: 'team()' });
}

interface ChosenTask {
  readonly task: Task;
  readonly taskId: string;
  readonly taskOptions: JsonObject;
  readonly taskRevision: number;
  /** Its environment is somebody's own program. */
  readonly own: boolean;
  /** Agents also talk in free words, those whose models can. */
  readonly discussed: boolean;
  readonly identity: JsonObject;
}

function chosenTask(choice: TeamOptions['task'], allowPython?: boolean): ChosenTask {
  if (typeof choice === 'object' && 'agentNames' in choice) {
    const own = choice as OwnTask;
    const { actions, agentNames, rules } = own;
    const identity = { id: own.id, actions, agentNames, rules };
    return {
      task: simulated(taskOf(own)),
      taskId: own.id,
      taskOptions: {},
      taskRevision: 1,
      own: true,
      discussed: own.discussion === true,
      identity,
    };
  }
  const { definition, options, place } = entryOf('task', choice, builtInCatalogue.tasks);
  const taskOptions = checkOptions('task', definition, options, () => place);
  const { id, revision } = definition;
  return {
    task: createTask(withPython(definition, allowPython), taskOptions),
    taskId: id,
    taskOptions,
    taskRevision: revision,
    own: false,
    discussed: false,
    identity: { id, revision, options: taskOptions },
  };
}

/** One model per agent. */
function agentsOf(agents: TeamOptions['agents'], { agentNames }: Task): readonly AgentModel[] {
  const named = Array.isArray(agents)
    ? (agents as readonly AgentModel[])
    : agentNames.map(() => agents as AgentModel);
  if (named.length === agentNames.length) return named;
  throw new InputError(
    `The team has ${named.length} models for ${agentNames.length} agents (${agentNames.join(', ')}). ` +
      'Give one model for all of them, or one for each.',
  );
}

/** The judges that the strategy and the task ask. @throws InputError when the team lacks one */
function judgesOf(
  judges: NonNullable<TeamOptions['judges']>,
  strategy: Pick<Strategy, 'judges'>,
  task: Pick<Task, 'judges'>,
): ReadonlyMap<string, AgentModel> {
  const names = new Set([...(strategy.judges ?? []), ...(task.judges ?? [])]);
  for (const name of names) {
    if (Object.hasOwn(judges, name)) continue;
    const who = strategy.judges?.includes(name) ? 'strategy' : 'task';
    throw new InputError(
      `The ${who} asks the judge "${name}", and the team has ${Object.keys(judges).join(', ') || 'none'}. Name a model ` +
        `for it: team({ judges: { ${name}: ... } }).`,
    );
  }
  return new Map([...names].map((name) => [name, judges[name]]));
}

/** All of these, opened; a model that is named twice is opened once. */
async function openModels(
  named: readonly AgentModel[],
  context: ModelContext,
  check: (choice: AgentModel, model: Model, entry: Entry<ModelDefinition>) => void,
): Promise<ReadonlyMap<AgentModel, Model>> {
  const entries = new Map(
    [...new Set(named)].map((agent) => {
      const model = isLanguageModel(agent) ? fromLanguageModel(agent) : agent;
      return [agent, entryOf('model', model, builtInCatalogue.models)];
    }),
  );
  const opened = new Map<AgentModel, Model>();
  try {
    for (const [agent, entry] of entries) {
      const { definition, options, place } = entry;
      const made = await definition.create(
        checkOptions('model', definition, options, () => place),
        context,
      );
      const model = heldModel(definition.id, made);
      opened.set(agent, model);
      check(agent, model, entry);
    }
  } catch (error) {
    await Promise.all([...opened.values()].map((model) => model.close()));
    throw error;
  }
  return opened;
}

function isLanguageModel(agent: AgentModel): agent is LanguageModelV3 {
  return typeof agent === 'object' && 'specificationVersion' in agent;
}

function refuseParts({ id, parts }: StrategyDefinition, without: readonly StrategyPart[]) {
  const missing = without.find((part) => !parts.includes(part));
  if (missing === undefined) return;
  throw new InputError(
    `The strategy "${id}" has no part "${missing}" that could be taken away. ` +
      (parts.length > 0 ? `It has ${parts.join(', ')}.` : 'It has no parts.'),
  );
}

/** What cannot be trained or measured here, with what can serve the task. */
function unsimulatedTeam({ id, training }: StrategyDefinition, taskId: string): InputError {
  const log = training?.offlineLearner
    ? ' Let it learn from logged episodes (learnFromLog), or use one that'
    : '';
  return new InputError(
    `The strategy "${id}" needs a simulator to train or measure its networks in, and the task "${taskId}" has none.` +
      `${log || ' Use a strategy that'} needs none: ${servingAnyTask(builtInCatalogue).join(', ')}.`,
  );
}
