import type { JsonObject, PlannedRun, RunOutcome, StudyRecord } from '../contracts/index.ts';
import { InputError, nearest } from '../core/index.ts';
import type { Ablation } from '../stats/index.ts';
import { adviceWords, studyWithAdviceApart, withAdviceApart } from './advice-kinds.ts';
import {
  column,
  levelsOf,
  type ModelSize,
  type RunAnswers,
  type RunTable,
  type RunUsage,
} from './run-table.ts';

/** A factor of the analysis and its levels, in the order of the tables. */
export interface DescribedFactor {
  readonly name: string;
  readonly levels: readonly string[];
}

/** What is to be analysed, before anything is known of the scores: all that a plan is made from. */
export interface AnalysisDescription {
  readonly responseName: string;
  /** One to five factors, each with at least two levels. */
  readonly factors: readonly DescribedFactor[];
  /** Columns that together name a block; empty for a table without blocks. */
  readonly block: readonly string[];
  /** Blocks in each combination of the between-block factors, for example seeds per task. */
  readonly blocksPerGroup: number;
  /** The factor whose levels are compared with the baselines, for example `strategy`. */
  readonly comparedFactor?: string;
  /** Up to two of its levels. */
  readonly baselines: readonly string[];
  /** The factor that holds language models, for scaling. */
  readonly modelFactor?: string;
  readonly models: Readonly<Record<string, ModelSize>>;
  readonly ablations: readonly Ablation[];
  /** The best attainable response, for gains over headroom; undefined when there is none. */
  readonly ceiling?: number;
  /** Largest difference that counts as none; the usual one where it is not said. */
  readonly margin?: { readonly margin?: number; readonly byTask?: Readonly<Record<string, number>> };
  /** How advice reached the models, where somebody advised and it was one way. */
  readonly advice?: string;
  readonly notes: readonly string[];
}

export interface TableDescriptionRequest {
  /** Factors in the order in which terms are named. */
  readonly factors: readonly string[];
  readonly block?: readonly string[];
  readonly baselines?: readonly string[];
  /** Factor whose levels are compared; default the first. */
  readonly comparedFactor?: string;
  /** Factor that holds models; default `model` when it is a factor. */
  readonly modelFactor?: string;
}

const mostFactors = 5;

/**
 * Describes anybody's table.
 *
 * @throws InputError when a column does not exist, a factor has one level, a baseline is no level of the compared
 *   factor, a block contains one run, or there are fewer than two blocks to tell a spread from
 */
export function describeTable(table: RunTable, request: TableDescriptionRequest): AnalysisDescription {
  const { factors: names, block = [], baselines = [] } = request;
  if (names.length === 0 || names.length > mostFactors) {
    throw new InputError(`${names.length} factors given; an analysis takes one to ${mostFactors}.`);
  }
  if (new Set(names).size < names.length)
    throw new InputError(`A factor is listed twice: ${names.join(', ')}.`);
  const factors = names.map((name): DescribedFactor => {
    const levels = levelsOf(column(table, name));
    if (levels.length < 2) {
      throw new InputError(
        `The factor "${name}" has one level ("${levels[0] ?? ''}"). Leave it out, or bring runs of another level.`,
      );
    }
    return { name, levels };
  });
  const compared = request.comparedFactor ?? names[0];
  const comparedFactor = factors.find((factor) => factor.name === compared);
  if (!comparedFactor) throw new InputError(`"${compared}" is none of the factors ${names.join(', ')}.`);
  requireBaselines(comparedFactor, baselines);
  const blocksPerGroup = block.length > 0 ? countBlocks(table, names, block) : 0;
  return {
    responseName: table.responseName,
    factors,
    block,
    blocksPerGroup,
    comparedFactor: compared,
    baselines,
    modelFactor: request.modelFactor ?? (names.includes('model') ? 'model' : undefined),
    models: table.models,
    ablations: [],
    notes: [],
  };
}

function requireBaselines(factor: DescribedFactor, baselines: readonly string[]): void {
  if (baselines.length > 2)
    throw new InputError(`${baselines.length} baselines given; at most two are used.`);
  if (new Set(baselines).size < baselines.length)
    throw new InputError(`A baseline is listed twice: ${baselines.join(', ')}.`);
  for (const baseline of baselines) {
    if (factor.levels.includes(baseline)) continue;
    const near = nearest(baseline, factor.levels);
    throw new InputError(
      `The baseline "${baseline}" is no level of "${factor.name}".${near ? ` Did you mean "${near}"?` : ''} ` +
        `It has ${factor.levels.join(', ')}.`,
    );
  }
}

/** Fewest blocks per combination of the factors that blocks are made of, checked. */
function countBlocks(table: RunTable, factors: readonly string[], block: readonly string[]): number {
  const columns = block.map((name) => column(table, name));
  const between = block.filter((name) => factors.includes(name)).map((name) => column(table, name));
  const rows = new Map<string, number>();
  const groups = new Map<string, Set<string>>();
  for (let row = 0; row < table.response.length; row++) {
    const key = JSON.stringify(columns.map((values) => values[row]));
    rows.set(key, (rows.get(key) ?? 0) + 1);
    const group = JSON.stringify(between.map((values) => values[row]));
    groups.set(group, (groups.get(group) ?? new Set<string>()).add(key));
  }
  const name = block.join(', ');
  for (const [key, count] of rows) {
    if (count < 2) {
      const where = (JSON.parse(key) as string[]).map((value, i) => `${block[i]} = ${value}`).join(', ');
      throw new InputError(
        `The block ${where} contains one run, so nothing can be compared inside it. ` +
          `Check the block columns (${name}), or leave the row out.`,
      );
    }
  }
  for (const [key, keys] of groups) {
    if (keys.size < 2) {
      const values = JSON.parse(key) as string[];
      const levels = block.filter((column) => factors.includes(column));
      const where = values.map((value, i) => `${levels[i]} = ${value}`).join(', ');
      throw new InputError(
        `There is one block${where ? ` with ${where}` : ''}; at least two seeds are needed to tell an effect ` +
          'from chance. Bring runs of another seed.',
      );
    }
  }
  return Math.min(...[...groups.values()].map((keys) => keys.size));
}

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
    usage.push(outcome?.usage);
    answers.push(outcome && { decisions: outcome.decisions, unreadable: outcome.unparsable });
  }
  return { responseName: 'score', response, status, columns, usage, answers, models: studyModels(study) };
}

function levelText(level: unknown): string {
  return typeof level === 'string' ? level : JSON.stringify(level ?? null);
}

function studyModels({ definition }: StudyRecord): Record<string, ModelSize> {
  const models: Record<string, ModelSize> = {};
  for (const { label, facts = {} } of listOf(definition, 'models') as StudyModel[]) {
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

interface StudyModel {
  readonly label: string;
  readonly facts?: {
    readonly parameters?: { readonly total?: number; readonly active?: number };
    readonly architecture?: string;
  };
}

interface StudyStrategy {
  readonly label: string;
  readonly id: string;
  readonly options: JsonObject;
  readonly without?: readonly string[];
  readonly baseline?: boolean;
}

function listOf(definition: JsonObject, key: string): readonly unknown[] {
  const list = definition[key];
  return Array.isArray(list) ? list : [];
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
    ...(advice !== undefined && { advice }),
    notes: constant.map(({ name, levels }) => `${name} is always ${levels[0]}, so it is no factor here`),
  };
}

/** What the study declares, and tasks that declare another margin. */
function studyMargin({ definition }: StudyRecord): AnalysisDescription['margin'] {
  const tasks = listOf(definition, 'tasks') as { readonly label: string; readonly margin?: number }[];
  const own = tasks.flatMap(({ label, margin }) => (margin === undefined ? [] : [[label, margin] as const]));
  const byTask = Object.fromEntries(own);
  return typeof definition.margin === 'number' ? { margin: definition.margin, byTask } : { byTask };
}

/** The strategies that say they are baselines, in the study's order; two at most. */
function baselineStrategies(study: StudyRecord, labels: readonly string[]): string[] {
  const strategies = listOf(study.definition, 'strategies') as StudyStrategy[];
  const baselines = strategies.filter(
    ({ baseline, without = [], label }) =>
      baseline === true && without.length === 0 && labels.includes(label),
  );
  return [...new Set(baselines.map(({ label }) => label))].slice(0, 2);
}

function studyAblations(study: StudyRecord, labels: readonly string[]): Ablation[] {
  const strategies = listOf(study.definition, 'strategies') as StudyStrategy[];
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
