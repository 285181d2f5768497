import type { PlannedRun, RunOutcome, StudyRecord } from '../contracts/index.ts';
import { InputError } from '../core/index.ts';
import type { Ablation } from '../stats/index.ts';
import { adviceWords, studyWithAdviceApart, withAdviceApart } from './advice-kinds.ts';
import type { AnalysisDescription } from './description.ts';
import type { ModelSize, RunAnswers, RunTable, RunUsage } from './run-table.ts';

/** The columns every study has; further factors keep their names. */
const studyColumns = ['strategy', 'model', 'task', 'seed'] as const;

/**
 * The runs of a study as a table: one row per planned run. A run that has not ended yet is `not run`.
 *
 * Strategy, model and task are columns of their own, further factors keep their names.
 */
export async function studyTable(
  given: StudyRecord,
  outcomes: AsyncIterable<{ readonly run: PlannedRun; readonly outcome?: RunOutcome }>,
): Promise<RunTable> {
  const study = studyWithAdviceApart(given);
  const further = [...new Set(study.runs.flatMap((run) => Object.keys(run.factors)))];
  const columns: Record<string, string[]> = Object.fromEntries(
    [...studyColumns, ...further].map((name) => [name, []]),
  );
  const response: (number | null)[] = [];
  const status: string[] = [];
  const usage: (RunUsage | undefined)[] = [];
  const answers: (RunAnswers | undefined)[] = [];
  for await (const { run: planned, outcome } of outcomes) {
    const run = withAdviceApart(planned);
    for (const name of studyColumns) columns[name].push(String(run[name]));
    for (const name of further) columns[name].push(levelText(run.factors[name]));
    response.push(outcome?.score ?? null);
    status.push(outcome?.status ?? 'not run');
    usage.push(outcome && usageOf(outcome));
    answers.push(outcome && { decisions: outcome.decisions, unreadable: outcome.unparsable });
  }
  return { responseName: 'score', response, status, columns, usage, answers, models: studyModels(study) };
}

function levelText(level: unknown): string {
  return typeof level === 'string' ? level : JSON.stringify(level ?? null);
}

function studyModels({ definition }: StudyRecord): Record<string, ModelSize> {
  const models: Record<string, ModelSize> = {};
  for (const { label, facts } of definition.models) {
    const own: ModelSize = {
      totalParameters: facts.parameters?.total,
      activeParameters: facts.parameters?.active,
      architecture: facts.architecture,
    };
    const known = models[label] as ModelSize | undefined;
    // A factor may change the model behind a label; then no single size is true of it.
    models[label] = known && JSON.stringify(known) !== JSON.stringify(own) ? {} : own;
  }
  return models;
}

/**
 * Describes a study from its stored design: block = (task, seed), strategies compared with those that say they
 * are baselines, ablated variants with their intact strategy, kinds of advice apart.
 *
 * @throws InputError when nothing varies, or when there are fewer than two seeds
 */
export function describeStudy(given: StudyRecord): AnalysisDescription {
  const study = studyWithAdviceApart(given);
  const further = [...new Set(study.runs.flatMap((run) => Object.keys(run.factors)))];
  const labels: Record<string, Set<string>> = {};
  for (const name of [...studyColumns, ...further]) labels[name] = new Set();
  for (const run of study.runs) {
    for (const name of studyColumns) labels[name].add(String(run[name]));
    for (const name of further) labels[name].add(levelText(run.factors[name]));
  }
  const candidates = ['strategy', 'model', 'task', ...further].map((name) => ({
    name,
    levels: [...labels[name]],
  }));
  const factors = candidates.filter(({ levels }) => levels.length > 1);
  const constant = candidates.filter(({ levels }) => levels.length < 2);
  // The strategy where there are several, then the model, then what else varies; tasks are not compared for their scores.
  const comparedFactor = factors.find(({ name }) => name !== 'task')?.name;
  if (comparedFactor === undefined) {
    throw new InputError(
      'This study has one strategy and one model, so there is nothing to compare within its seeds. ' +
        'Add a strategy or a model.',
    );
  }
  if (labels.seed.size < 2) {
    throw new InputError('This study has one seed; at least two are needed to tell an effect from chance.');
  }
  const strategies = candidates[0].levels;
  const advice = adviceWords(study.definition);
  return {
    responseName: 'score',
    factors,
    block: ['task', 'seed'],
    blocksPerGroup: labels.seed.size,
    comparedFactor,
    baselines: comparedFactor === 'strategy' ? baselineStrategies(study, strategies) : [],
    modelFactor: factors.some(({ name }) => name === 'model') ? 'model' : undefined,
    models: studyModels(study),
    ablations: studyAblations(study, strategies),
    ceiling: 1,
    margin: studyMargin(study),
    ...(study.definition.until && { until: study.definition.until }),
    ...(advice !== undefined && { advice }),
    notes: constant.map(({ name, levels }) => `${name} is always ${levels[0]}, so it is no factor here`),
  };
}

/** What the study declares, and tasks that declare another margin. */
function studyMargin({ definition }: StudyRecord): AnalysisDescription['margin'] {
  const tasks = definition.tasks;
  const own = tasks.flatMap(({ label, margin }) => (margin === undefined ? [] : [[label, margin] as const]));
  const byTask = Object.fromEntries(own);
  return typeof definition.margin === 'number' ? { margin: definition.margin, byTask } : { byTask };
}

/** The strategies that say they are baselines, in the study's order; two at most. */
function baselineStrategies(study: StudyRecord, labels: readonly string[]): string[] {
  const strategies = study.definition.strategies;
  const baselines = strategies.filter(
    ({ baseline, without = [], label }) =>
      baseline === true && without.length === 0 && labels.includes(label),
  );
  return [...new Set(baselines.map(({ label }) => label))].slice(0, 2);
}

function studyAblations(study: StudyRecord, labels: readonly string[]): Ablation[] {
  const strategies = study.definition.strategies;
  return strategies.flatMap((ablated): Ablation[] => {
    if (ablated.without?.length !== 1 || !labels.includes(ablated.label)) return [];
    const intact = strategies.find(
      (s) =>
        s.id === ablated.id &&
        (s.without ?? []).length === 0 &&
        JSON.stringify(s.options) === JSON.stringify(ablated.options),
    );
    if (!intact) return [];
    return [
      { strategy: intact.label, part: ablated.without[0], intact: intact.label, ablated: ablated.label },
    ];
  });
}

function usageOf({ usage, judgeUsage }: RunOutcome): RunUsage {
  if (!judgeUsage) return usage;
  const { inputTokens, outputTokens, costUsd } = judgeUsage;
  const known = inputTokens !== undefined || outputTokens !== undefined;
  return {
    ...usage,
    ...(known && { judgeTokens: (inputTokens ?? 0) + (outputTokens ?? 0) }),
    ...(costUsd !== undefined && { judgeCostUsd: costUsd }),
  };
}
