import {
  type Model,
  type ModelContext,
  type Strategy,
  type StudyDefinition,
  type StudyModel,
  type StudyStrategy,
  type StudyTask,
  usualMargin,
} from '../contracts/index.ts';
import { contentHash, Problems } from '../core/index.ts';
import { type AdvisedModel, adviceFor, refuseSeveralForms } from '../episode/advice.ts';
import { playRevision, saysWhileChoosing } from '../episode/index.ts';
import { promptRevision } from '../prompt/index.ts';
import { cellAddress, runAddress } from './address.ts';
import { buildAll, builders } from './build.ts';
import { atPlace, identity, resolved } from './factor-levels.ts';
import { combinations, levelsFor } from './factors.ts';
import { identitiesOf, type Judges, refuseNamesakes } from './judges.ts';
import { matched } from './matching.ts';
import { refuseVainLearning } from './online.ts';
import type { PreparedRun, PreparedStudy } from './prepared.ts';
import { teamOpener } from './players.ts';
import {
  refuseMixedAnswers,
  refuseRepeating,
  refuseRepeats,
  refuseTalkTwice,
  refuseUnknownPrices,
  refuseUnembedded,
  refuseUnwritten,
} from './refusals.ts';
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

  const built = builders(study, context, opened);
  const playersOf = teamOpener(opened);
  const { modelOf, judgeOf, taskOf, strategiesOf, strategyDescription } = built;
  options.problems.collect(() => refuseVainLearning(study));
  await buildAll(study, opened, { ...options, stop: context.stop }, built);
  await options.beforeStrategies?.();
  const judges = [];
  for (const entry of study.judges) judges.push({ entry, ...(await judgeOf(entry)) });
  const runs: PreparedRun[] = [];
  const descriptions = {
    models: new Set<StudyModel>(),
    strategies: new Set<StudyStrategy>(),
    tasks: new Set<StudyTask>(),
  };
  const advised = new Set<AdvisedModel>();
  for (const combination of combinations(factors)) {
    const { temperature, adviceStrength, advice, attempts, maxInteractions, freeText, online } = {
      ...settings,
      ...levelsFor('study', factors, combination),
    };
    const asked = [];
    for (const entry of study.models)
      asked.push({ entry, model: (await modelOf(entry, levelsFor('models', factors, combination))).model });
    if (!settings.mixedAnswers) refuseMixedAnswers(asked);
    if (settings.budget.usd !== undefined) refuseUnknownPrices([...asked, ...judges]);
    for (const modelEntry of study.models) {
      const levels = levelsFor('models', factors, combination);
      const { model, identity: modelIdentity, description } = await modelOf(modelEntry, levels);
      descriptions.models.add(description);
      const modelKey = contentHash(modelIdentity);
      const form = adviceFor({ entry: modelEntry, model }, advice);
      const asAdvised = { entry: modelEntry, form };
      if (settings.tokensPerRun !== undefined) refuseRepeating(modelEntry, model, form);
      for (const strategyEntry of study.strategies) {
        const strategyLevels = levelsFor('strategies', factors, combination);
        const strategyOptions = resolved('strategy', strategyEntry, strategyLevels);
        descriptions.strategies.add(await strategyDescription(strategyEntry, strategyOptions));
        for (const taskEntry of study.tasks) {
          const task = await taskOf(taskEntry, levelsFor('tasks', factors, combination), maxInteractions);
          refuseRepeats(taskEntry, task, settings);
          descriptions.tasks.add(task.description);
          const discussed =
            freeText && taskEntry.definition.type === 'deliberative' && !strategyEntry.definition.baseline;
          const speech = discussed && saysWhileChoosing(model);
          const cell = cellAddress({
            model: modelIdentity,
            strategy: { ...identity(strategyEntry, strategyOptions), without: strategyEntry.without },
            task: identity(taskEntry, task.options),
            judges: identitiesOf(task.judges),
            play: { advice: form, episodes, temperature, adviceStrength, maxInteractions },
            speech,
            writes: task.writes !== undefined,
            attempts,
            tokensPerRun: settings.tokensPerRun,
          });
          const strategies = await strategiesOf(strategyEntry, strategyOptions, task, adviceStrength, speech);
          const asked = { entry: modelEntry, model };
          if (freeText) refuseTalkTwice(strategyEntry, strategies[0].strategy);
          refuseUnwritten(asked, strategyEntry.label, strategies[0].strategy, taskEntry.label, task);
          refuseUnembedded(asked, strategyEntry.label, strategies[0].strategy, study.embedding);
          for (const [k, seed] of seeds.entries()) {
            const { strategy, fingerprint, judges: ofStrategy } = strategies[k];
            const judges: Judges = new Map([...task.judges, ...ofStrategy]);
            refuseNamesakes(judges, taskEntry.label, task.task.agentNames);
            if (!strategyEntry.definition.baseline && isAdvised(strategy)) advised.add(asAdvised);
            const players = await atPlace(strategyEntry.place, () =>
              playersOf(model, modelEntry.label, strategy),
            );
            const learns = online && strategy.online !== undefined;
            runs.push({
              hash: runAddress(cell, seed, fingerprint, learns),
              model: modelEntry.label,
              strategy: strategyEntry.label,
              task: taskEntry.label,
              seed,
              factors: combination,
              preparedTask: task,
              playerModel: model,
              ...(players && { players }),
              playerStrategy: strategy,
              judges,
              episodes,
              temperature,
              advice: form,
              attempts,
              maxInteractions,
              freeText: speech,
              questionsPerDecision: settings.questionsPerDecision,
              idleTimeoutMs: settings.idleTimeoutMs,
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
  const forms = new Map([...advised].map(({ form }) => [form.kind, form]));
  if (!factors.some(({ name }) => name === 'advice')) refuseSeveralForms([...advised]);
  const margin = settings.until?.margin ?? settings.margin;
  const definition: StudyDefinition = {
    seeds,
    episodes,
    maxInteractions: settings.maxInteractions,
    temperature: settings.temperature,
    adviceStrength: settings.adviceStrength,
    ...(forms.size === 1 && { advice: [...forms.values()][0] }),
    ...(settings.freeText && { freeText: true }),
    ...(settings.attempts > 1 && { attempts: settings.attempts }),
    ...(settings.online && { online: true }),
    ...(settings.tokensPerRun !== undefined && { tokensPerRun: settings.tokensPerRun }),
    ...(margin !== usualMargin && { margin }),
    ...(study.looks && { until: { looks: study.looks, confidence: settings.until!.confidence } }),
    ablations: settings.ablations,
    factors: factors.map(({ name, target, levels }) => ({ name, target, levels })),
    budget: settings.budget,
    promptRevision,
    playRevision,
    models: [...descriptions.models],
    ...(judges.length > 0 && { judges: judges.map(({ description }) => description) }),
    strategies: [...descriptions.strategies],
    tasks: [...descriptions.tasks],
  };
  const matches = new Map(
    study.strategies.flatMap(({ label, matches: other }) => (other === undefined ? [] : [[label, other]])),
  );
  return { name: settings.name, definition, runs: matched(runs, matches, seeds) };
}

function isAdvised({ asks }: Strategy): boolean {
  return asks === undefined || asks.includes('advice');
}
