import type { JsonObject, Model, ModelContext, Strategy } from '../contracts/index.ts';
import { canonicalJson, InputError, type Problems } from '../core/index.ts';
import { fingerprintOf, probeModel } from '../episode/asking/index.ts';
import { heldModel } from '../episode/index.ts';
import { programRevision, singleRevision, writingRevision } from '../prompt/index.ts';
import { opening } from './audit.ts';
import { atPlace, describe, identity, madeBy, resolved } from './factor-levels.ts';
import { combinations, levelsFor } from './factors.ts';
import { identitiesOf, type Judges, judgesFor, type PreparedJudge, refuseSilentJudge } from './judges.ts';
import { madeOnce } from './made-once.ts';
import { prepareTask } from './prepare-task.ts';
import type { PreparedTask } from './prepared.ts';
import { unsimulated } from './refusals.ts';
import type { ResolvedStudy } from './resolve.ts';

export type Builders = ReturnType<typeof builders>;

/**
 * What makes the models, tasks and strategies of a study, each different one once, with what is kept of them in its
 * definition.
 *
 * @param opened gets every model that was opened, for whoever closes them
 */
export function builders(study: ResolvedStudy, context: ModelContext, opened: Model[]) {
  const { seeds } = study;
  const openModel = async (entry: ResolvedStudy['models'][number], levels: JsonObject) => {
    const options = resolved('model', entry, levels);
    const model = await madeBy('model', entry, async () =>
      heldModel(entry.label, await entry.definition.create(options, context)),
    );
    opened.push(model);
    const facts = model.facts as JsonObject;
    const fingerprint = fingerprintOf(model);
    return {
      model,
      identity: { ...identity(entry, options), fingerprint },
      description: {
        ...describe(entry, options),
        ...(entry.definition.population && { population: entry.definition.population }),
        facts,
        fingerprint,
      },
    };
  };
  const modelOf = madeOnce(
    (entry: ResolvedStudy['models'][number], levels: JsonObject) => [entry.label, levels],
    openModel,
  );
  const judgeOf = madeOnce(
    ({ label }: ResolvedStudy['judges'][number]) => [label],
    async (entry): Promise<PreparedJudge> => {
      const opened = await openModel(entry, {});
      refuseSilentJudge(entry.label, opened.model, entry.place);
      return { ...opened, place: entry.place };
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
      const { actions, judges, measures } = prepared.task;
      const description = {
        ...describe(entry, options),
        type,
        actions,
        ...(measures && { measures }),
        ...(margin !== undefined && { margin }),
      };
      const who = `The task "${entry.label}"`;
      const asked = await atPlace(entry.place, () => judgesFor(who, judges, study, judgeOf));
      return { ...prepared, description, judges: asked };
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
      { task, id, revision: taskRevision, options: taskOptions, writes },
      adviceStrength,
      freeText,
    ) =>
      madeBy('strategy', { label, place }, async () => {
        if (definition.needsSimulator && !task.simulator) throw unsimulated(label, id, study.servingAnyTask);
        const made: { strategy: Strategy; fingerprint: string; judges: Judges }[] = [];
        for (const seed of seeds) {
          const context = { task, taskId: id, taskOptions, taskRevision, seed, adviceStrength, freeText };
          const strategy = await definition.create(options, context, without);
          refuseNoStrategy(label, strategy);
          const judges = await judgesFor(`The strategy "${label}"`, strategy.judges, study, judgeOf);
          const judging = judges.size > 0 && { judges: identitiesOf(judges) };
          const fingerprint = { ...strategy.fingerprint, ...wordingOf(strategy, writes), ...judging };
          made.push({ strategy, fingerprint: canonicalJson(fingerprint), judges });
        }
        return made;
      }),
  );
  const strategyDescription = madeOnce(
    (entry: ResolvedStudy['strategies'][number], options: JsonObject) => [entry.label, options],
    (entry, options) =>
      Promise.resolve({
        ...describe(entry, options),
        without: entry.without,
        ...(entry.matches !== undefined && { matches: entry.matches }),
        ...(entry.definition.baseline && { baseline: true as const }),
        ...(entry.definition.privileged?.(options) && { privileged: true as const }),
      }),
  );
  return { modelOf, judgeOf, taskOf, strategiesOf, strategyDescription };
}

function refuseNoStrategy(label: string, strategy: Partial<Strategy> | null | undefined): void {
  if (typeof strategy?.begin === 'function' && typeof strategy.fingerprint === 'object') return;
  const lacks =
    typeof strategy?.begin === 'function' ? 'no `fingerprint`: an empty object will do' : 'no `begin`';
  throw new InputError(`The strategy "${label}" is none: what its \`create\` gave has ${lacks}.`);
}

/** The revisions of the wordings that a strategy's questions have beyond those of every prompt. */
function wordingOf({ asks = [], judges = [] }: Strategy, writes: PreparedTask['writes']): JsonObject {
  const [ofTeam, ofTexts] = [asks.includes('team'), asks.includes('text') || judges.length > 0];
  return {
    ...(ofTeam && { single: singleRevision }),
    ...(ofTexts && { writing: writingRevision }),
    ...(writes === 'code' && (ofTeam || ofTexts) && { programs: programRevision }),
  };
}

/**
 * Builds all models and tasks, so that everything that cannot be built is told at once; in that case what the
 * services of the other models say is told with it.
 */
export async function buildAll(
  { models, judges, tasks, settings, factors }: ResolvedStudy,
  opened: readonly Model[],
  {
    problems,
    probe,
    stop,
  }: { readonly problems: Problems; readonly probe: boolean; readonly stop?: AbortSignal },
  { modelOf, judgeOf, taskOf }: Pick<Builders, 'modelOf' | 'judgeOf' | 'taskOf'>,
) {
  let built: PreparedTask | undefined;
  for (const entry of judges) await problems.collectAsync(() => judgeOf(entry));
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
