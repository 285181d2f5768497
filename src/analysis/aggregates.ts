import { randomStream } from '../core/index.ts';
import {
  cellLabel,
  cellsWith,
  groupLabel,
  performanceProfile,
  resampledImprovement,
  resampledInterquartileMean,
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
/** The blocks of a resample by group, numbered over all groups. */
type Drawn = readonly (readonly number[])[];

/**
 * Aggregates of all scores of each level with stratified bootstrap intervals: groups of blocks (tasks) are the
 * strata, whole blocks (seeds) are redrawn, so what shares an instance stays together.
 */
export function aggregates(arranged: Arranged, plan: AnalysisPlan): AnalysisResults['aggregates'] {
  const { design, absent } = arranged;
  const factor = plan.comparedFactor;
  if (factor === undefined || !design.within.some(({ name }) => name === factor)) return null;
  const gaps = new Set([...levelsWithGaps(arranged, plan), ...absent].map(({ level }) => level));
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
  const offsets = strata.map((_, g) => strata.slice(0, g).reduce((sum, { length }) => sum + length, 0));
  const all = strata.flat();
  const interval = (name: string, statistic: (drawn: Drawn) => number) =>
    stratifiedBootstrap(
      strata.map((blocks, g) => blocks.map((_, b) => offsets[g] + b)),
      statistic,
      { stream: randomStream(plan.seed, 'aggregates', name), resamples, confidence: plan.confidence },
    );
  const counts = new Int32Array(all.length);
  const counted = (drawn: Drawn) => {
    counts.fill(0);
    for (const blocks of drawn) for (const block of blocks) counts[block]++;
    return counts;
  };
  const lines = levels.map((level, s): AggregateLine => {
    const own = all.map((block) => block[s].filter(Number.isFinite));
    const shortfalls = own.map((scores) => scores.map((score) => Math.max((plan.ceiling ?? 1) - score, 0)));
    const iqm = resampledInterquartileMean(
      own.flatMap((scores) => [...scores]),
      own.flatMap((scores, block) => Array.from(scores, () => block)),
    );
    const against = plan.baselines.filter(
      (baseline) => levels.includes(baseline) && levelsAgainst(plan, baseline).includes(level),
    );
    return {
      level,
      mean: interval(`${level} mean`, (drawn) => averageOf(own, drawn)),
      interquartileMean: interval(`${level} iqm`, (drawn) => iqm(counted(drawn))),
      optimalityGap:
        plan.ceiling === undefined ? null : interval(`${level} gap`, (drawn) => averageOf(shortfalls, drawn)),
      probabilityOfImprovement: against.map((baseline) => ({
        baseline,
        interval: improvement(levels.indexOf(baseline), s, `${level} over ${baseline}`),
      })),
      profile: performanceProfile(
        own.flatMap((scores) => [...scores]),
        thresholds,
      ),
    };
  });
  return { thresholds, lines };

  /** Mean over groups and cells of P(level > baseline) among the seeds. */
  function improvement(base: number, own: number, name: string): IntervalEstimate {
    const cells = strata.flatMap((blocks, g) =>
      cellsOf[own].map((_, c) => ({
        from: offsets[g],
        to: offsets[g] + blocks.length,
        improvement: resampledImprovement(
          blocks.map((block) => block[own][c]),
          blocks.map((block) => block[base][c]),
        ),
      })),
    );
    return interval(name, (drawn) => {
      const resample = counted(drawn);
      let sum = 0;
      let count = 0;
      for (const { from, to, improvement } of cells) {
        const probability = improvement(resample.subarray(from, to));
        if (Number.isNaN(probability)) continue;
        sum += probability;
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

/** Mean of all values of the drawn blocks, in the order of drawing. */
function averageOf(values: readonly Float64Array[], drawn: Drawn): number {
  let sum = 0;
  let n = 0;
  for (const blocks of drawn)
    for (const block of blocks) {
      for (const x of values[block]) sum += x;
      n += values[block].length;
    }
  return sum / n;
}

function extent(values: readonly number[]): [number, number] {
  return values.reduce<[number, number]>(
    ([low, high], x) => [Math.min(low, x), Math.max(high, x)],
    [Infinity, -Infinity],
  );
}
