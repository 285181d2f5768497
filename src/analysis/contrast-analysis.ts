import {
  ablationAnalysis,
  adjustP,
  atLevel,
  blockTests,
  contrastFamily,
  headroomGain,
  levelWeights,
  tukeyPairwise,
  type ContrastRequest,
  type LevelChoice,
  type LevelContrast,
  type PartContribution,
} from '../stats/index.ts';
import { cellEstimates } from '../stats/index.ts';
import { absentLevel, arrange, type Arranged } from './arranged.ts';
import { placesAt } from './places.ts';
import type { AnalysisPlan } from './plan.ts';
import type { ContrastFamilyResult, HeadroomResult, SimpleEffect } from './results.ts';
import type { RunTable } from './run-table.ts';

/** The levels of the compared factor in the plan's order. */
export function comparedLevels(plan: AnalysisPlan): readonly string[] {
  return plan.factors.find(({ name }) => name === plan.comparedFactor)?.levels ?? [];
}

/** The levels to compare with a baseline: all others, except that the first baseline needs no second look. */
export function levelsAgainst(plan: AnalysisPlan, baseline: string): readonly string[] {
  const first = plan.baselines.slice(0, plan.baselines.indexOf(baseline));
  return comparedLevels(plan).filter((level) => level !== baseline && !first.includes(level));
}

/** A contrast of which one side, or the place, has no scored run at all. */
function withoutRuns(request: ContrastRequest, level: string, confidence: number): LevelContrast {
  const reason = `no run of ${level} has a score`;
  return {
    ...request,
    estimate: null,
    standardError: null,
    t: null,
    df: null,
    p: null,
    logP: null,
    low: null,
    high: null,
    confidence,
    adjustedP: null,
    simultaneousLow: null,
    simultaneousHigh: null,
    percent: { estimate: null, low: null, high: null, reason },
    reason,
  };
}

/** The plan's families of contrasts against baselines. */
export function contrastFamilies(arranged: Arranged, plan: AnalysisPlan): ContrastFamilyResult[] {
  const factor = plan.comparedFactor;
  if (factor === undefined) return [];
  const options = { confidence: plan.confidence, percentFloor: plan.percentFloor };
  return plan.families.map(({ title, by, baseline, places, method }) => {
    const requests = places.flatMap((at) =>
      levelsAgainst(plan, baseline).map((level): ContrastRequest => ({ level, baseline, at })),
    );
    const missing = (r: ContrastRequest) =>
      absentLevel(arranged, { ...r.at, [factor]: r.level }) ??
      absentLevel(arranged, { [factor]: r.baseline });
    const possible = requests.filter((request) => missing(request) === undefined);
    const { contrasts } = contrastFamily(
      arranged.design,
      arranged.estimates,
      factor,
      possible,
      method,
      options,
    );
    const rows = requests.map((request) => {
      const level = missing(request);
      if (level !== undefined) return withoutRuns(request, level, plan.confidence);
      return contrasts[possible.indexOf(request)];
    });
    return { title, factor, by, baseline, method, contrasts: rows };
  });
}

/** More levels have more pairs than anybody reads; each is still compared with the baselines. */
export const mostLevelsInPairs = 20;

/** All pairs of the compared factor's levels, over everything else; `null` for more than 20 levels. */
export function pairwise(arranged: Arranged, plan: AnalysisPlan): ContrastFamilyResult | null {
  const factor = plan.comparedFactor;
  if (factor === undefined) return null;
  const levels = comparedLevels(plan).filter(
    (level) => absentLevel(arranged, { [factor]: level }) === undefined,
  );
  if (levels.length > mostLevelsInPairs) return null;
  const options = { confidence: plan.confidence, percentFloor: plan.percentFloor };
  const { contrasts } = tukeyPairwise(arranged.design, arranged.estimates, factor, levels, options);
  return { title: `all pairs of ${factor}`, factor, by: [], baseline: null, method: 'tukey', contrasts };
}

/** Does the compared factor matter at all, at each level of each other factor? Holm within the factor. */
export function simpleEffects(arranged: Arranged, plan: AnalysisPlan): SimpleEffect[] {
  const factor = plan.comparedFactor;
  const { design } = arranged;
  if (factor === undefined || !design.within.some(({ name }) => name === factor)) return [];
  return plan.simpleEffects.flatMap((other) => {
    const levels = [...design.within, ...design.between].find(({ name }) => name === other)?.levels ?? [];
    const tests = levels.map((level) => {
      const part = atLevel(design, other, level);
      const estimates = part.groups.map((group) => cellEstimates(group, part.cells));
      const seed = `${plan.seed}, ${other} = ${level}`;
      const [test] = blockTests(part, { seed, resamples: plan.resamples, only: [factor] }, estimates);
      return { level, test };
    });
    const adjusted = adjustP(
      tests.map(({ test }) => test.p),
      'holm',
    );
    return tests.map(({ level, test }, i): SimpleEffect => ({
      factor,
      at: { [other]: level },
      p: test.p,
      adjustedP: adjusted[i],
      value: test.value,
      ...(test.reason !== undefined && { reason: test.reason }),
    }));
  });
}

/** Gains as a share of the baseline's headroom, per group and over all. */
export function headroomGains(arranged: Arranged, plan: AnalysisPlan): HeadroomResult[] {
  const factor = plan.comparedFactor;
  if (factor === undefined || plan.ceiling === undefined) return [];
  const { design, estimates } = arranged;
  const levels = comparedLevels(plan).filter(
    (level) => absentLevel(arranged, { [factor]: level }) === undefined,
  );
  return plan.baselines
    .filter((baseline) => levels.includes(baseline))
    .flatMap((baseline) =>
      groupPlaces(arranged, plan).flatMap((at) =>
        levels
          .filter((level) => level !== baseline)
          .map((level) => ({
            level,
            baseline,
            at,
            ...headroomGain(
              estimates,
              levelWeights(design, { ...at, [factor]: level }),
              levelWeights(design, { ...at, [factor]: baseline }),
              { ceiling: plan.ceiling, confidence: plan.confidence, floor: plan.percentFloor },
            ),
          })),
      ),
    );
}

/** Everything together, then each level of each factor besides the compared one and the models, such as tasks. */
export function groupPlaces({ design }: Arranged, plan: AnalysisPlan): LevelChoice[] {
  const others = [...design.between, ...design.within].filter(
    ({ name }) => name !== plan.comparedFactor && name !== plan.modelFactor,
  );
  return [{}, ...others.flatMap((factor) => placesAt([factor]))];
}

/** What each part contributes, on the runs of intact and ablated strategies together. */
export function ablations(table: RunTable, plan: AnalysisPlan): PartContribution[] {
  const factor = plan.comparedFactor;
  if (plan.ablations.length === 0 || factor === undefined) return [];
  const known = new Set(comparedLevels(plan));
  const extra = [...new Set(plan.ablations.map(({ ablated }) => ablated))].filter(
    (level) => !known.has(level),
  );
  const arranged = arrange(plan, table, extra);
  const levels = [...arranged.design.within, ...arranged.design.between].find(
    ({ name }) => name === factor,
  )?.levels;
  const possible = plan.ablations.filter(
    ({ intact, ablated }) => levels?.includes(intact) && levels.includes(ablated),
  );
  return ablationAnalysis(
    arranged.design,
    arranged.estimates,
    factor,
    possible,
    groupPlaces(arranged, plan),
    {
      confidence: plan.confidence,
      percentFloor: plan.percentFloor,
    },
  );
}
