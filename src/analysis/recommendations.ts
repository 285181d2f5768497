import { randomStream } from '../core/index.ts';
import {
  cellsWith,
  crossFittedGain,
  filledCells,
  probabilityOfBest,
  type BlockDesign,
  type LevelChoice,
} from '../stats/index.ts';
import { seedOf, type Arranged } from './arranged.ts';
import { comparedLevels } from './contrast-analysis.ts';
import { placeGroups } from './places.ts';
import type { AnalysisPlan } from './plan.ts';
import type { BestGain, Recommendation } from './results.ts';

const resamples = 2000;

/** Scores of the eligible levels at one place, by group of blocks; one row per block with its seed. */
interface PlaceScores {
  readonly levels: readonly string[];
  readonly leftOut: readonly string[];
  readonly groups: readonly (readonly { readonly seed: string; readonly row: readonly number[] }[])[];
}

/**
 * Which level of the compared factor is best over everything, at each level of each other factor, and at each
 * combination of two: with what it gains on seeds that were not used to choose it, and how settled the choice is.
 */
export function recommendations(arranged: Arranged, plan: AnalysisPlan): Recommendation[] {
  const factor = plan.comparedFactor;
  const { design } = arranged;
  if (factor === undefined || !design.within.some(({ name }) => name === factor)) return [];
  const others = plan.factors.filter(({ name }) => name !== factor);
  const filled = design.groups.map((group, g) => filledCells(group, arranged.estimates[g]));
  return placeGroups(others).flatMap(({ places }) =>
    places.map((at) => {
      const scores = scoresAt(arranged, plan, factor, filled, at);
      return typeof scores === 'string' ? refuse(at, scores) : recommend(scores, plan, at);
    }),
  );
}

function refuse(at: LevelChoice, reason: string): Recommendation {
  return { at, recommended: null, evidence: null, levels: [], gains: [], leftOut: [], reason };
}

function recommend(
  { levels, leftOut, groups }: PlaceScores,
  plan: AnalysisPlan,
  at: LevelChoice,
): Recommendation {
  const stream = randomStream(plan.seed, 'best', ...Object.entries(at).flat());
  const shares = probabilityOfBest(
    groups.map((blocks) => blocks.map(({ row }) => row)),
    { stream, resamples },
  );
  const means = levels.map((_, s) =>
    average(groups.map((blocks) => average(blocks.map(({ row }) => row[s])))),
  );
  const baselines = plan.baselines.filter((baseline) => levels.includes(baseline));
  const preferred = baselines.at(0) ?? levels[0];
  const best = levels.reduce(
    (top, level, s) => (means[s] > means[levels.indexOf(top)] ? level : top),
    preferred,
  );
  const rows = seedRows(groups, levels.length);
  const gains = baselines.map((baseline): BestGain => ({
    baseline,
    ...crossFittedGain(rows, levels, baseline, { confidence: plan.confidence, preferred }),
  }));
  return {
    at,
    recommended: best,
    evidence: evidence(best, baselines, gains),
    levels: levels.map((level, s) => ({ level, mean: means[s], probabilityBest: shares[s] })),
    gains,
    leftOut,
  };
}

/**
 * What the recommendation rests on: only an interval above zero, on unseen seeds, counts as a gain. A further
 * baseline needs one too, or chance would recommend it over the first.
 */
function evidence(
  best: string,
  baselines: readonly string[],
  gains: readonly BestGain[],
): Recommendation['evidence'] {
  if (baselines.length === 0) return null;
  if (best === baselines[0]) return 'a baseline is best';
  const [{ low }] = gains;
  if (low === null || low <= 0) return 'gain not shown';
  return baselines.includes(best) ? 'a baseline is best' : 'gain shown';
}

function scoresAt(
  { design, estimates, absent }: Arranged,
  plan: AnalysisPlan,
  factor: string,
  filled: readonly ReturnType<typeof filledCells>[],
  at: LevelChoice,
): PlaceScores | string {
  const missing = absent.find((a) => at[a.factor] === a.level);
  if (missing) return `no run of ${missing.level} has a ${plan.responseName}`;
  const chosen = groupsAt(design, at);
  const cellsOf = (level: string) => cellsWith(design, { ...at, [factor]: level });
  const present = comparedLevels(plan).filter(
    (level) => !absent.some((a) => a.factor === factor && a.level === level),
  );
  const levels = present.filter((level) =>
    chosen.every((g) => cellsOf(level).every((c) => !Number.isNaN(estimates[g].means[c]))),
  );
  const leftOut = comparedLevels(plan).filter((level) => !levels.includes(level));
  if (levels.length < 2) return 'fewer than two levels have scores here';
  const cells = levels.map(cellsOf);
  const groups = chosen.map((g) =>
    filled[g].map(({ label, cells: values }) => ({
      seed: seedOf(plan, label),
      row: cells.map((own) => average(own.map((c) => values[c]))),
    })),
  );
  if (groups.some((blocks) => blocks.length === 0)) return 'too many runs are missing';
  return { levels, leftOut, groups };
}

/** Indices of the groups of blocks at that place. */
function groupsAt(design: BlockDesign, at: LevelChoice): number[] {
  return Array.from(design.groups.keys()).filter((g) =>
    design.between.every(({ name, levels }, i) => {
      return at[name] === undefined || at[name] === levels[design.groups[g].levels[i]];
    }),
  );
}

/** One row per seed that every group has: the mean over groups. */
function seedRows(groups: PlaceScores['groups'], levels: number): number[][] {
  const bySeed = groups.map((blocks) => new Map(blocks.map(({ seed, row }) => [seed, row] as const)));
  const shared = [...bySeed[0].keys()].filter((seed) => bySeed.every((rows) => rows.has(seed)));
  return shared.map((seed) =>
    Array.from({ length: levels }, (_, s) => average(bySeed.map((rows) => rows.get(seed)![s]))),
  );
}

function average(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}
