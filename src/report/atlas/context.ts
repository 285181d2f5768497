import type {
  AnalysisResults,
  ContrastFamilyResult,
  LevelChoice,
  Recommendation,
  ScoreTable,
  StudyMeasures,
} from '../../analysis/index.ts';
import { gainedOver, studyWithAdviceApart, withAdviceApart } from '../../analysis/index.ts';
import type { StudyModel, StudyRecord, StudyStrategy, StudyTask } from '../../contracts/index.ts';
import { type SeriesStyle, plainStyles, seriesStyles } from '../figures/index.ts';

/** What a report is made from. Every number in it comes from here. */
export interface AtlasInput {
  readonly study: StudyRecord;
  readonly scores: ScoreTable;
  /** Absent when nothing can be compared. */
  readonly results?: AnalysisResults;
  /** What tasks measured beside the score; absent where they measured nothing. */
  readonly measures?: StudyMeasures;
  /** Mean seconds of a run by the clock, for each strategy and task: no part of what is compared or reproduced. */
  readonly seconds?: readonly {
    readonly strategy: string;
    readonly task: string;
    readonly seconds: number;
    /** Those of the agent that took longest in each episode; absent where an episode does not say. */
    readonly slowest?: number;
  }[];
  /** Why there are no results. */
  readonly nothingToTest?: string;
  /** What to know of the verdicts of a study that has grown since its verdict was first seen. */
  readonly looked?: string;
  /** The command that reproduces the study. */
  readonly command: string;
  /** Version of the package that wrote the report. */
  readonly version: string;
  /** Of what else the numbers depend on, by name. */
  readonly hashes?: Readonly<Record<string, string>>;
}

/** The input with what every section looks up in it. */
export interface Atlas extends AtlasInput {
  readonly models: readonly StudyModel[];
  readonly strategies: readonly StudyStrategy[];
  readonly tasks: readonly StudyTask[];
  /** Labels in the study's order; models by size where it is known. */
  readonly taskLabels: readonly string[];
  readonly modelLabels: readonly string[];
  /** Levels of the compared factor without ablated variants; strategies when nothing is compared. */
  readonly levels: readonly string[];
  readonly baselines: readonly string[];
  /** Colour and symbol by level of the compared factor, ablated variants included. */
  readonly styles: ReadonlyMap<string, SeriesStyle>;
  readonly modelStyles: ReadonlyMap<string, SeriesStyle>;
  readonly taskStyles: ReadonlyMap<string, SeriesStyle>;
  readonly runs: { readonly planned: number; readonly scored: number; readonly failed: number };
}

export function atlasOf(given: AtlasInput): Atlas {
  const study = studyWithAdviceApart(given.study);
  const scores = { ...given.scores, cells: given.scores.cells.map(withAdviceApart) };
  const input = { ...given, study, scores };
  const { results } = input;
  const plan = results?.plan;
  const { models, strategies, tasks } = study.definition;
  const present = (name: 'model' | 'strategy' | 'task') => [...new Set(study.runs.map((run) => run[name]))];
  const size = new Map(models.map(({ label, facts }) => [label, facts.parameters?.total ?? Infinity]));
  const modelLabels = present('model').sort((a, b) => compare(size.get(a), size.get(b)));
  const taskLabels = present('task');
  const intact = present('strategy').filter((label) =>
    strategies.every((level) => level.label !== label || level.without.length === 0),
  );
  const compared = plan?.factors.find(({ name }) => name === plan.comparedFactor)?.levels;
  const levels = compared ?? intact;
  const baselines =
    plan?.baselines ??
    strategies.filter(({ label, baseline }) => baseline && intact.includes(label)).map(({ label }) => label);
  const ablated = present('strategy').filter((label) => !intact.includes(label) && !levels.includes(label));
  const failed = scores.cells.flatMap(({ missing }) => Object.values(missing)).reduce((a, b) => a + b, 0);
  return {
    ...input,
    models,
    strategies,
    tasks,
    taskLabels,
    modelLabels,
    levels,
    baselines,
    styles: seriesStyles([...levels, ...ablated], baselines),
    modelStyles: plainStyles(modelLabels),
    taskStyles: plainStyles(taskLabels),
    runs: {
      planned: scores.cells.reduce((sum, cell) => sum + cell.planned, 0),
      scored: scores.cells.reduce((sum, cell) => sum + cell.n, 0),
      failed,
    },
  };
}

function compare(a = Infinity, b = Infinity): number {
  return a === b ? 0 : a - b;
}

/** A baseline as gains over it are named. */
export function over({ results }: Atlas, baseline: string): string {
  return gainedOver(baseline, results?.plan);
}

/** Does the analysis compare several of these? What is constant is no factor and names no place. */
export function isFactor({ results }: Atlas, name: string): boolean {
  return results?.plan.factors.some((factor) => factor.name === name) ?? false;
}

/** The place in the results for these levels: only those of factors. */
export function placeOf(atlas: Atlas, at: LevelChoice): LevelChoice {
  return Object.fromEntries(Object.entries(at).filter(([name]) => isFactor(atlas, name)));
}

export function samePlace(a: LevelChoice, b: LevelChoice): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}

export function recommendationAt(atlas: Atlas, at: LevelChoice): Recommendation | undefined {
  const place = placeOf(atlas, at);
  return atlas.results?.recommendations.find((recommendation) => samePlace(recommendation.at, place));
}

/** The family of contrasts with a baseline, by these factors; those that are constant do not count. */
export function familyBy(
  atlas: Atlas,
  baseline: string | undefined,
  by: readonly string[],
): ContrastFamilyResult | undefined {
  const factors = by.filter((name) => isFactor(atlas, name));
  return atlas.results?.contrasts.find(
    (family) =>
      family.baseline === baseline &&
      family.by.length === factors.length &&
      factors.every((name) => family.by.includes(name)),
  );
}

/**
 * What a level is called where it is the answer: the phrase before the colon of its title ("No coordination" of
 * "No coordination: the model alone"), else its label.
 */
export function nameOf({ strategies }: Atlas, label: string): string {
  const title = strategies.find((strategy) => strategy.label === label)?.title ?? '';
  const [phrase, ...rest] = title.split(':');
  return rest.length > 0 && phrase.trim().includes(' ') ? phrase.trim() : label;
}

/** The confidence of intervals in words: "95%". */
export function confidenceOf({ results }: Atlas): string {
  return `${Math.round(100 * (results?.plan.confidence ?? 0.95))}%`;
}
