import { randomStream } from '../core/index.ts';
import {
  cellLabel,
  cellsWith,
  groupLabel,
  interquartileMean,
  optimalityGap,
  performanceProfile,
  probabilityOfImprovement,
  stratifiedBootstrap,
  type IntervalEstimate,
} from '../stats/index.ts';
import type { Arranged } from './arranged.ts';
import { comparedLevels, levelsAgainst } from './contrast-analysis.ts';
import type { AnalysisPlan } from './plan.ts';
import type { AggregateLine, AnalysisResults } from './results.ts';

const resamples = 2000;
const profileSteps = 21;

/** The scores of one block, by level of the compared factor; NaN where there is no run. */
type BlockScores = readonly Float64Array[];

/**
 * Aggregates of all scores of each level with stratified bootstrap intervals: groups of blocks (tasks) are the
 * strata, whole blocks (seeds) are redrawn, so what shares an instance stays together.
 */
export function aggregates(arranged: Arranged, plan: AnalysisPlan): AnalysisResults['aggregates'] {
  const { design } = arranged;
  const factor = plan.comparedFactor;
  if (factor === undefined || !design.within.some(({ name }) => name === factor)) return null;
  const gaps = new Set(levelsWithGaps(arranged, plan).map(({ level }) => level));
  const levels = comparedLevels(plan).filter((level) => !gaps.has(level));
  if (levels.length === 0) return null;
  const cellsOf = levels.map((level) => cellsWith(design, { [factor]: level }));
  const strata = design.groups.map((group) =>
    group.blocks.map((block): BlockScores =>
      cellsOf.map((cells) => Float64Array.from(cells, (c) => block.cells[c])),
    ),
  );
  const finite = design.groups.flatMap((g) => g.blocks.flatMap((b) => [...b.cells].filter(Number.isFinite)));
  const [least, most] = plan.ceiling === undefined ? extent(finite) : [0, plan.ceiling];
  const thresholds = Array.from(
    { length: profileSteps },
    (_, i) => least + ((most - least) * i) / (profileSteps - 1),
  );
  const interval = (name: string, statistic: (s: readonly (readonly BlockScores[])[]) => number) =>
    stratifiedBootstrap(strata, statistic, {
      stream: randomStream(plan.seed, 'aggregates', name),
      resamples,
      confidence: plan.confidence,
    });
  const lines = levels.map((level, s): AggregateLine => {
    const scores = (data: readonly (readonly BlockScores[])[]) => scoresOf(data, s);
    const against = plan.baselines.filter(
      (baseline) => levels.includes(baseline) && levelsAgainst(plan, baseline).includes(level),
    );
    return {
      level,
      mean: interval(`${level} mean`, (data) => average(scores(data))),
      interquartileMean: interval(`${level} iqm`, (data) => interquartileMean(scores(data))),
      optimalityGap:
        plan.ceiling === undefined
          ? null
          : interval(`${level} gap`, (data) => optimalityGap(scores(data), plan.ceiling)),
      probabilityOfImprovement: against.map((baseline) => ({
        baseline,
        interval: improvement(levels.indexOf(baseline), s, `${level} over ${baseline}`),
      })),
      profile: performanceProfile(scores(strata), thresholds),
    };
  });
  return { thresholds, lines };

  /** Mean over groups and cells of P(level > baseline) among the seeds. */
  function improvement(base: number, own: number, name: string): IntervalEstimate {
    return interval(name, (data) => {
      let sum = 0;
      let count = 0;
      for (const blocks of data)
        for (let c = 0; c < cellsOf[own].length; c++) {
          const x = blocks.map((block) => block[own][c]).filter(Number.isFinite);
          const y = blocks.map((block) => block[base][c]).filter(Number.isFinite);
          if (x.length === 0 || y.length === 0) continue;
          sum += probabilityOfImprovement(x, y);
          count++;
        }
      return sum / count;
    });
  }
}

/**
 * Levels of the compared factor without any run in some cell of some group, with the first such place. Their scores
 * are those of other places, easier or harder ones, than the scores of other levels.
 */
export function levelsWithGaps(
  { design, absent }: Arranged,
  { comparedFactor }: AnalysisPlan,
): { readonly level: string; readonly place: string }[] {
  const factor = design.within.find(({ name }) => name === comparedFactor);
  if (!factor) return [];
  return factor.levels.flatMap((level) => {
    if (absent.some((a) => a.factor === factor.name && a.level === level)) return [];
    for (const [g, { blocks }] of design.groups.entries())
      for (const cell of cellsWith(design, { [factor.name]: level })) {
        if (blocks.some((block) => !Number.isNaN(block.cells[cell]))) continue;
        return [{ level, place: `${groupLabel(design, g)}, ${cellLabel(design, cell)}` }];
      }
    return [];
  });
}

function scoresOf(strata: readonly (readonly BlockScores[])[], level: number): Float64Array {
  const out: number[] = [];
  for (const blocks of strata)
    for (const block of blocks) for (const x of block[level]) if (Number.isFinite(x)) out.push(x);
  return Float64Array.from(out);
}

function average(values: Float64Array): number {
  let sum = 0;
  for (const x of values) sum += x;
  return sum / values.length;
}

function extent(values: readonly number[]): [number, number] {
  return values.reduce<[number, number]>(
    ([low, high], x) => [Math.min(low, x), Math.max(high, x)],
    [Infinity, -Infinity],
  );
}
