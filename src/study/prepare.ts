import type {
  AnswerForm,
  JsonObject,
  Model,
  ModelContext,
  PlannedRun,
  Strategy,
  Task,
  TaskDefinition,
} from '../contracts/index.ts';
import {
  AgentMeshError,
  canonicalJson,
  contentHash,
  InputError,
  type Place,
  Problems,
  randomStream,
  sha256,
} from '../core/index.ts';
import { promptRevision, singleRevision, speechRevision } from '../prompt/index.ts';
import { opening } from './audit.ts';
import { checkOptions, type Entry } from './entries.ts';
import { combinations, levelsFor } from './factors.ts';
import { onlineRevision, refuseVainLearning } from './online.ts';
import type { ResolvedStudy } from './resolve.ts';

/** A task with its options fixed, and what identifies its instances. */
export interface PreparedTask {
  readonly task: Task;
  readonly id: string;
  readonly options: JsonObject;
  /** Content key of everything but the seed that an instance depends on. */
  readonly key: string;
}

/** A run that is ready to be played. */
export interface PreparedRun extends PlannedRun {
  readonly preparedTask: PreparedTask;
  readonly playerModel: Model;
  readonly playerStrategy: Strategy;
  readonly episodes: number;
  readonly temperature: number;
  readonly maxInteractions: number;
  /** Agents also talk in free words. */
  readonly speech: boolean;
  /** The strategy learns on from the run's episodes. */
  readonly online: boolean;
  /** Tokens of one episode, where every strategy gets the same. */
  readonly tokens?: number;
  /** Content key of the model with all that fixes its answers. */
  readonly modelKey: string;
  /** Where the study names the model. */
  readonly place: Place;
}

export interface PreparedStudy {
  readonly name: string;
  /** Everything that was resolved, as JSON: what the store keeps as the study's definition. */
  readonly definition: JsonObject;
  readonly runs: readonly PreparedRun[];
  /** Closes all models. */
  close(): Promise<void>;
}

export interface PrepareOptions {
  /** Holds what is known to be wrong already. */
  readonly problems?: Problems;
  /**
   * When something cannot be built, also puts one small question to each model of a service that can be, so that all
   * that is wrong is told at once. Studies that can be built are left to `auditModels`.
   */
  readonly probe?: boolean;
}

/**
 * Builds every model, task and strategy of a study and lists its runs, in the order of the factors. Nothing is
 * written and no model is asked, so whatever cannot work is found before anything is spent. Models and tasks that
 * cannot be built are reported together, and with what `problems` holds already.
 *
 * A run's hash covers the resolved options, revisions and fingerprints of its task, strategy and model, the
 * prompt's revision, the seed and the settings that change play; never the study's name or the package version.
 * So runs are shared between versions of a study: extending a factor re-runs nothing.
 */
export async function prepareStudy(
  study: ResolvedStudy,
  context: ModelContext,
  { problems = new Problems(), probe = false }: PrepareOptions = {},
): Promise<PreparedStudy> {
  const opened: Model[] = [];
  const close = async () => {
    await Promise.all(opened.map((model) => model.close()));
  };
  try {
    return { ...(await prepare(study, context, opened, { problems, probe })), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function prepare(
  study: ResolvedStudy,
  context: ModelContext,
  opened: Model[],
  options: Required<PrepareOptions>,
) {
  const { settings, factors, seeds } = study;
  const { episodes } = settings;

  const modelOf = remembering(
    (entry: ResolvedStudy['models'][number], levels: JsonObject) => [entry.label, levels],
    async (entry, levels) => {
      const options = resolved('model', entry, levels);
      const model = await atPlace(entry.place, () => entry.definition.create(options, context));
      opened.push(model);
      const facts = model.facts as JsonObject;
      return {
        model,
        options,
        description: {
          ...describe(entry, options),
          ...(entry.definition.population && { population: entry.definition.population }),
          facts,
          fingerprint: model.fingerprint,
        },
      };
    },
  );
  const taskOf = remembering(
    (entry: ResolvedStudy['tasks'][number], levels: JsonObject, maxInteractions: number) => [
      entry.label,
      levels,
      maxInteractions,
    ],
    async (entry, levels, maxInteractions) => {
      const options = resolved('task', entry, levels);
      const prepared = await prepareTask(entry, options, maxInteractions, seeds[0]);
      const { type } = entry.definition;
      const { actions } = prepared.task;
      return { ...prepared, description: { ...describe(entry, options), type, actions } };
    },
  );
  /** One strategy per seed. */
  const strategiesOf = remembering(
    (
      entry: ResolvedStudy['strategies'][number],
      options: JsonObject,
      task: PreparedTask,
      adviceStrength: number | 'default',
    ) => [entry.label, options, task.key, adviceStrength],
    ({ definition, place, without }, options, { task, id, options: taskOptions }, adviceStrength) =>
      atPlace(place, async () => {
        const made: { strategy: Strategy; fingerprint: string }[] = [];
        for (const seed of seeds) {
          const context = { task, taskId: id, taskOptions, seed, adviceStrength };
          const strategy = await definition.create(options, context, without);
          const single = strategy.single && { single: singleRevision };
          made.push({ strategy, fingerprint: canonicalJson({ ...strategy.fingerprint, ...single }) });
        }
        return made;
      }),
  );

  options.problems.collect(() => refuseVainLearning(study));
  await buildAll(study, opened, options, modelOf, taskOf);
  const runs: PreparedRun[] = [];
  const descriptions = {
    models: new Set<JsonObject>(),
    strategies: new Set<JsonObject>(),
    tasks: new Set<JsonObject>(),
  };
  const strategyDescription = remembering(
    (entry: ResolvedStudy['strategies'][number], options: JsonObject) => [entry.label, options],
    (entry, options) =>
      Promise.resolve({
        ...describe(entry, options),
        without: entry.without,
        ...(entry.definition.baseline && { baseline: true }),
      }),
  );
  for (const combination of combinations(factors)) {
    const { temperature, adviceStrength, maxInteractions, freeText, online } = {
      ...settings,
      ...levelsFor('study', factors, combination),
    };
    const asked = [];
    for (const entry of study.models)
      asked.push({ entry, model: (await modelOf(entry, levelsFor('models', factors, combination))).model });
    if (!settings.mixedAnswers) refuseMixedAnswers(asked);
    if (settings.budget.usd !== undefined) refuseUnknownPrices(asked);
    if (settings.tokensPerRun !== undefined) refuseExactModels(asked);
    for (const modelEntry of study.models) {
      const { model, options, description } = await modelOf(
        modelEntry,
        levelsFor('models', factors, combination),
      );
      descriptions.models.add(description);
      const modelIdentity = { ...identity(modelEntry, options), fingerprint: model.fingerprint };
      const modelKey = contentHash(modelIdentity);
      for (const strategyEntry of study.strategies) {
        const strategyLevels = levelsFor('strategies', factors, combination);
        const strategyOptions = resolved('strategy', strategyEntry, strategyLevels);
        descriptions.strategies.add(await strategyDescription(strategyEntry, strategyOptions));
        for (const taskEntry of study.tasks) {
          const task = await taskOf(taskEntry, levelsFor('tasks', factors, combination), maxInteractions);
          descriptions.tasks.add(task.description);
          const speech = freeText && task.task.discussion === true && model.speaks === true;
          const cell = contentHash({
            model: modelIdentity,
            strategy: { ...identity(strategyEntry, strategyOptions), without: strategyEntry.without },
            task: identity(taskEntry, task.options),
            prompt: promptRevision,
            episodes,
            temperature,
            adviceStrength,
            maxInteractions,
            ...(speech && { speech: speechRevision }),
            ...(settings.tokensPerRun !== undefined && { tokensPerRun: settings.tokensPerRun }),
          });
          const strategies = await strategiesOf(strategyEntry, strategyOptions, task, adviceStrength);
          for (const [k, seed] of seeds.entries()) {
            const { strategy, fingerprint } = strategies[k];
            const learns = online && strategy.online !== undefined;
            runs.push({
              hash: sha256(`${cell} ${seed} ${fingerprint}${learns ? ` online ${onlineRevision}` : ''}`),
              model: modelEntry.label,
              strategy: strategyEntry.label,
              task: taskEntry.label,
              seed,
              factors: combination,
              preparedTask: task,
              playerModel: model,
              playerStrategy: strategy,
              episodes,
              temperature,
              maxInteractions,
              speech,
              online: learns,
              ...(settings.tokensPerRun !== undefined && { tokens: settings.tokensPerRun / episodes }),
              modelKey,
              place: modelEntry.place,
            });
          }
        }
      }
    }
  }
  const definition: JsonObject = {
    seeds,
    episodes,
    maxInteractions: settings.maxInteractions,
    temperature: settings.temperature,
    adviceStrength: settings.adviceStrength,
    ...(!settings.freeText && { freeText: false }),
    ...(settings.online && { online: true }),
    ...(settings.tokensPerRun !== undefined && { tokensPerRun: settings.tokensPerRun }),
    ablations: settings.ablations,
    factors: factors.map(({ name, target, levels }) => ({ name, target, levels })),
    budget: settings.budget,
    promptRevision,
    models: [...descriptions.models],
    strategies: [...descriptions.strategies],
    tasks: [...descriptions.tasks],
  };
  return { name: settings.name, definition, runs };
}

/**
 * Builds all models and tasks, so that everything that cannot be built is told at once; in that case what the
 * services of the other models say is told with it.
 */
async function buildAll(
  { models, tasks, settings, factors }: ResolvedStudy,
  opened: readonly Model[],
  { problems, probe }: Required<PrepareOptions>,
  modelOf: (entry: ResolvedStudy['models'][number], levels: JsonObject) => Promise<unknown>,
  taskOf: (
    entry: ResolvedStudy['tasks'][number],
    levels: JsonObject,
    maxInteractions: number,
  ) => Promise<PreparedTask>,
) {
  let built: PreparedTask | undefined;
  for (const combination of combinations(factors)) {
    const { maxInteractions } = { ...settings, ...levelsFor('study', factors, combination) };
    const levels = (kind: 'models' | 'tasks') => levelsFor(kind, factors, combination);
    for (const entry of models) await problems.collectAsync(() => modelOf(entry, levels('models')));
    for (const entry of tasks) {
      const task = await problems.collectAsync(() => taskOf(entry, levels('tasks'), maxInteractions));
      built ??= task;
    }
  }
  if (!problems.any) return;
  const { temperature } = settings;
  const question = built && opening({ preparedTask: built, seed: 0, temperature, speech: false });
  const wrongWith = async (model: Model) => {
    const found = (await model.check?.()) ?? [];
    if (found.length > 0 || !probe || !question || !model.probe) return found;
    return (await model.probe(question)).problems;
  };
  const found = await Promise.all(opened.map(wrongWith));
  for (const problem of found.flat()) problems.add(new InputError(problem));
  problems.throwIfAny();
}

interface AskedModel {
  readonly entry: ResolvedStudy['models'][number];
  readonly model: Model;
}

/** A limit in dollars says nothing about calls whose price nobody knows. */
function refuseUnknownPrices(asked: readonly AskedModel[]) {
  const request = { prefix: '', prompt: '', actions: ['yes', 'no'], temperature: 1, seed: 0 };
  for (const { entry, model } of asked) {
    if (!model.worstCase || model.worstCase(request).costUsd !== undefined) continue;
    throw new InputError(
      `The budget is in dollars, but the price of the model "${entry.label}" is unknown. Give it its option ` +
        '`prices: {input: ..., output: ...}` in dollars per million tokens (0 for a server of your own), or limit ' +
        'tokens: `budget: {tokens: ...}`.',
      entry.place,
    );
  }
}

/** Asking again for exact probabilities gives the same ones: tokens buy nothing there. */
function refuseExactModels(asked: readonly AskedModel[]) {
  for (const { entry, model } of asked) {
    if ((model.answers ?? 'probabilities') !== 'probabilities') continue;
    throw new InputError(
      `The study gives every run the same tokens, to be spent on asking again, but "${entry.label}" answers with exact ` +
        'probabilities, which are the same every time. Remove `tokensPerRun`, or set `answer: structured` where the model has it.',
      entry.place,
    );
  }
}

/**
 * Models that are asked in different ways differ in more than themselves: a stated confidence is no probability. All
 * strategies of a model are asked alike, because the way belongs to the model.
 */
function refuseMixedAnswers(asked: readonly AskedModel[]) {
  const ways = asked.map(({ model }) => model.answers ?? 'probabilities');
  const other = ways.findIndex((way) => way !== ways[0]);
  if (other < 0) return;
  throw new InputError(
    `The model "${asked[other].entry.label}" answers with ${wayWords[ways[other]]}, but "${asked[0].entry.label}" with ` +
      `${wayWords[ways[0]]}, so their scores would differ by the way of asking too. Give both the same option ` +
      '`answer` where they have it, study them apart, or allow it with `mixedAnswers: true`.',
    asked[other].entry.place,
  );
}

const wayWords: Readonly<Record<AnswerForm, string>> = {
  structured: 'JSON after a schema',
  text: 'plain text',
  probabilities: 'exact probabilities',
};

/** Makes every different thing once. */
function remembering<Args extends readonly unknown[], T>(
  keyOf: (...args: Args) => readonly unknown[],
  make: (...args: Args) => Promise<T>,
): (...args: Args) => Promise<T> {
  const memory = new Map<string, Promise<T>>();
  return (...args) => {
    const key = canonicalJson(keyOf(...args));
    const known = memory.get(key) ?? make(...args);
    memory.set(key, known);
    return known;
  };
}

type AnyEntry = Entry<{
  readonly id: string;
  readonly title: string;
  readonly revision: number;
  readonly operationalOptions?: readonly string[];
}>;

/** What of an entry fixes a run's result. */
function identity({ definition }: AnyEntry, options: JsonObject): JsonObject {
  const { id, revision, operationalOptions = [] } = definition;
  const fixing = Object.entries(options).filter(([name]) => !operationalOptions.includes(name));
  return { id, revision, options: Object.fromEntries(fixing) };
}

function describe({ label, definition: { id, title, revision } }: AnyEntry, options: JsonObject): JsonObject {
  return { label, id, title, revision, options };
}

function resolved(
  kind: string,
  entry: Entry<Parameters<typeof checkOptions>[1]>,
  levels: JsonObject,
): JsonObject {
  return checkOptions(kind, entry.definition, { ...entry.options, ...levels }, () => entry.place);
}

/** Says where in the study file the thing stands that refused. */
async function atPlace<T>(place: Entry<unknown>['place'], make: () => T | Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof AgentMeshError && !(error instanceof InputError && error.place)) {
      throw new InputError(error.message, place);
    }
    throw error;
  }
}

function prepareTask(
  entry: Entry<TaskDefinition>,
  options: JsonObject,
  maxInteractions: number,
  seed: number,
): Promise<PreparedTask> {
  return atPlace(entry.place, () => {
    const { id, revision } = entry.definition;
    const task = entry.definition.create(options);
    if (task.horizon > maxInteractions) {
      throw new InputError(
        `The task "${entry.label}" lasts up to ${task.horizon} steps, but maxInteractions is ${maxInteractions}. ` +
          `Set maxInteractions to ${task.horizon} or shorten the task.`,
      );
    }
    probe(entry.label, task, seed);
    return { task, id, options, key: contentHash({ id, revision, options }) };
  });
}

/** Starts one instance and takes one step, so that a task that breaks its contract fails here and not in the study. */
function probe(label: string, task: Task, seed: number) {
  const agents = task.agentNames.length;
  const broken = (what: string) => new InputError(`The task "${label}" ${what}.`);
  if (agents === 0) throw broken('has no agents: `agentNames` is empty');
  if (new Set(task.agentNames).size < agents)
    throw broken(`has two agents of one name (${task.agentNames.join(', ')})`);
  try {
    const stream = randomStream('probe', seed);
    const environment = task.start(task.generate(stream));
    const joint = task.agentNames.map((_, agent) => {
      environment.observe(agent);
      environment.features(agent, new Float32Array(task.featureLength));
      return stream.pick(environment.availableActions(agent));
    });
    environment.step(joint);
  } catch (error) {
    throw broken(
      `does not match its ${agents} agents (${task.agentNames.join(', ')}): trying one step of it failed with ` +
        `"${error instanceof Error ? error.message : String(error)}"`,
    );
  }
}
