import {
  type JsonObject,
  type Model,
  type ModelContext,
  type Strategy,
  type StudyDefinition,
  type StudyModel,
  type StudyStrategy,
  type StudyTask,
  usualMargin,
} from '../contracts/index.ts';
import { canonicalJson, contentHash, InputError, Problems, sha256 } from '../core/index.ts';
import {
  advicePromptRevision,
  promptRevision,
  singleRevision,
  speechRevision,
  writingRevision,
} from '../prompt/index.ts';
import { opening } from './audit.ts';
import { type AdviceForm, adviceFor, refuseSeveralForms } from '../episode/advice.ts';
import { fingerprintOf, probeModel } from '../episode/asking/index.ts';
import { playRevision, saysWhileChoosing } from '../episode/index.ts';
import { atPlace, describe, identity, resolved } from './factor-levels.ts';
import { combinations, levelsFor } from './factors.ts';
import { onlineRevision, refuseVainLearning } from './online.ts';
import { prepareTask } from './prepare-task.ts';
import type { PreparedRun, PreparedStudy, PreparedTask } from './prepared.ts';
import {
  refuseMixedAnswers,
  refuseRepeating,
  refuseUnknownPrices,
  refuseUnwritten,
  unsimulated,
} from './refusals.ts';
import { madeOnce } from './made-once.ts';
import type { ResolvedStudy } from './resolve.ts';

export interface PrepareOptions {
  /** Holds what is known to be wrong already. */
  readonly problems?: Problems;
  /**
   * When something cannot be built, also puts one small question to each model of a service that can be, so that all
   * that is wrong is told at once. Studies that can be built are left to `auditModels`.
   */
  readonly probe?: boolean;
  /** Called once all models and tasks are there, before strategies are made: the time to train what these lack. */
  readonly beforeStrategies?: () => Promise<void>;
}

/**
 * Builds every model, task and strategy of a study and lists its runs, in the order of the factors. Nothing is
 * written and no model is asked, so whatever cannot work is found before anything is spent. Models and tasks that
 * cannot be built are reported together, and with what `problems` holds already.
 *
 * A run's hash covers the resolved options, revisions and fingerprints of its task, strategy and model, the
 * revisions of prompts and play, the seed and the settings that change play; never the study's name or the package version.
 * So runs are shared between versions of a study: extending a factor re-runs nothing.
 */
export async function prepareStudy(
  study: ResolvedStudy,
  context: ModelContext,
  { problems = new Problems(), probe = false, beforeStrategies }: PrepareOptions = {},
): Promise<PreparedStudy> {
  const opened: Model[] = [];
  const close = async () => {
    await Promise.all(opened.map((model) => model.close()));
  };
  try {
    return { ...(await prepare(study, context, opened, { problems, probe, beforeStrategies })), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function prepare(
  study: ResolvedStudy,
  context: ModelContext,
  opened: Model[],
  options: Required<Pick<PrepareOptions, 'problems' | 'probe'>> & PrepareOptions,
) {
  const { settings, factors, seeds } = study;
  const { episodes } = settings;

  const modelOf = madeOnce(
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
          fingerprint: fingerprintOf(model),
        },
      };
    },
  );
  const taskOf = madeOnce(
    (entry: ResolvedStudy['tasks'][number], levels: JsonObject, maxInteractions: number) => [
      entry.label,
      levels,
      maxInteractions,
    ],
    async (entry, levels, maxInteractions) => {
      const options = resolved('task', entry, levels);
      const prepared = await prepareTask(entry, options, maxInteractions, seeds[0]);
      const { type, margin } = entry.definition;
      const { actions } = prepared.task;
      const description = {
        ...describe(entry, options),
        type,
        actions,
        ...(margin !== undefined && { margin }),
      };
      return { ...prepared, description };
    },
  );
  /** One strategy per seed. */
  const strategiesOf = madeOnce(
    (
      entry: ResolvedStudy['strategies'][number],
      options: JsonObject,
      task: PreparedTask,
      adviceStrength: number | 'default',
      freeText: boolean,
    ) => [entry.label, options, task.key, adviceStrength, freeText],
    (
      { definition, label, place, without },
      options,
      { task, id, options: taskOptions },
      adviceStrength,
      freeText,
    ) =>
      atPlace(place, async () => {
        if (definition.needsSimulator && !task.simulator) throw unsimulated(label, id, study.servingAnyTask);
        const made: { strategy: Strategy; fingerprint: string }[] = [];
        for (const seed of seeds) {
          const context = { task, taskId: id, taskOptions, seed, adviceStrength, freeText };
          const strategy = await definition.create(options, context, without);
          const wording = wordingOf(strategy);
          made.push({ strategy, fingerprint: canonicalJson({ ...strategy.fingerprint, ...wording }) });
        }
        return made;
      }),
  );

  options.problems.collect(() => refuseVainLearning(study));
  await buildAll(study, opened, { ...options, stop: context.stop }, modelOf, taskOf);
  await options.beforeStrategies?.();
  const runs: PreparedRun[] = [];
  const descriptions = {
    models: new Set<StudyModel>(),
    strategies: new Set<StudyStrategy>(),
    tasks: new Set<StudyTask>(),
  };
  const strategyDescription = madeOnce(
    (entry: ResolvedStudy['strategies'][number], options: JsonObject) => [entry.label, options],
    (entry, options) =>
      Promise.resolve({
        ...describe(entry, options),
        without: entry.without,
        ...(entry.definition.baseline && { baseline: true as const }),
        ...(entry.definition.privileged?.(options) && { privileged: true as const }),
      }),
  );
  const forms = new Map<string, AdviceForm>();
  let advised = false;
  for (const combination of combinations(factors)) {
    const { temperature, adviceStrength, advice, maxInteractions, freeText, online } = {
      ...settings,
      ...levelsFor('study', factors, combination),
    };
    const asked = [];
    for (const entry of study.models)
      asked.push({ entry, model: (await modelOf(entry, levelsFor('models', factors, combination))).model });
    if (!settings.mixedAnswers) refuseMixedAnswers(asked);
    if (settings.budget.usd !== undefined) refuseUnknownPrices(asked);
    const form = adviceFor(asked, advice);
    forms.set(form.kind, form);
    if (forms.size > 1 && !factors.some(({ name }) => name === 'advice'))
      refuseSeveralForms([...forms.keys()]);
    if (settings.tokensPerRun !== undefined) refuseRepeating(asked, form);
    for (const modelEntry of study.models) {
      const { model, options, description } = await modelOf(
        modelEntry,
        levelsFor('models', factors, combination),
      );
      descriptions.models.add(description);
      const modelIdentity = { ...identity(modelEntry, options), fingerprint: fingerprintOf(model) };
      const modelKey = contentHash(modelIdentity);
      for (const strategyEntry of study.strategies) {
        const strategyLevels = levelsFor('strategies', factors, combination);
        const strategyOptions = resolved('strategy', strategyEntry, strategyLevels);
        descriptions.strategies.add(await strategyDescription(strategyEntry, strategyOptions));
        for (const taskEntry of study.tasks) {
          const task = await taskOf(taskEntry, levelsFor('tasks', factors, combination), maxInteractions);
          descriptions.tasks.add(task.description);
          const discussed = freeText && taskEntry.definition.type === 'deliberative';
          const speech = discussed && saysWhileChoosing(model);
          const cell = contentHash({
            model: modelIdentity,
            strategy: { ...identity(strategyEntry, strategyOptions), without: strategyEntry.without },
            task: identity(taskEntry, task.options),
            prompt: form.kind === 'words' ? advicePromptRevision : promptRevision,
            play: playRevision,
            advice: form,
            episodes,
            temperature,
            adviceStrength,
            maxInteractions,
            ...(speech && { speech: speechRevision }),
            ...(task.writes && { writing: writingRevision }),
            ...(settings.tokensPerRun !== undefined && { tokensPerRun: settings.tokensPerRun }),
          });
          const strategies = await strategiesOf(strategyEntry, strategyOptions, task, adviceStrength, speech);
          const asked = { entry: modelEntry, model };
          refuseUnwritten(asked, strategyEntry.label, strategies[0].strategy, taskEntry.label, task);
          for (const [k, seed] of seeds.entries()) {
            const { strategy, fingerprint } = strategies[k];
            advised ||= !strategyEntry.definition.baseline && isAdvised(strategy);
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
              advice: form,
              maxInteractions,
              freeText: speech,
              questions: settings.questionsPerDecision,
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
  const definition: StudyDefinition = {
    seeds,
    episodes,
    maxInteractions: settings.maxInteractions,
    temperature: settings.temperature,
    adviceStrength: settings.adviceStrength,
    ...(advised && forms.size === 1 && { advice: [...forms.values()][0] }),
    ...(!settings.freeText && { freeText: false }),
    ...(settings.online && { online: true }),
    ...(settings.tokensPerRun !== undefined && { tokensPerRun: settings.tokensPerRun }),
    ...(settings.margin !== usualMargin && { margin: settings.margin }),
    ablations: settings.ablations,
    factors: factors.map(({ name, target, levels }) => ({ name, target, levels })),
    budget: settings.budget,
    promptRevision,
    playRevision,
    models: [...descriptions.models],
    strategies: [...descriptions.strategies],
    tasks: [...descriptions.tasks],
  };
  return { name: settings.name, definition, runs };
}

/** The revisions of the wordings that a strategy's questions have beyond those of every prompt. */
function wordingOf({ asks = [] }: Strategy): JsonObject {
  return {
    ...(asks.includes('team') && { single: singleRevision }),
    ...(asks.includes('text') && { writing: writingRevision }),
  };
}

function isAdvised({ asks }: Strategy): boolean {
  return asks === undefined || asks.includes('advice');
}

/**
 * Builds all models and tasks, so that everything that cannot be built is told at once; in that case what the
 * services of the other models say is told with it.
 */
async function buildAll(
  { models, tasks, settings, factors }: ResolvedStudy,
  opened: readonly Model[],
  {
    problems,
    probe,
    stop,
  }: { readonly problems: Problems; readonly probe: boolean; readonly stop?: AbortSignal },
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
  const question = built && opening({ preparedTask: built, seed: 0, temperature, freeText: false });
  const wrongWith = async (model: Model) => {
    const found = (await model.service?.check(stop)) ?? [];
    if (found.length > 0 || !probe || !question) return found;
    const { problems: wrong, unreadable } = await probeModel(model, question, stop);
    return unreadable === undefined ? wrong : [...wrong, unreadable];
  };
  const found = await Promise.all(opened.map(wrongWith));
  for (const problem of found.flat()) problems.add(new InputError(problem));
  problems.throwIfAny();
}
