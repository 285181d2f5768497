import { randomStream } from '../core/index.ts';
import {
  cellsWith,
  levelWeights,
  linearComparison,
  partialPooling,
  type LevelChoice,
} from '../stats/index.ts';
import { absentLevel, groupsAt, type Arranged } from './arranged.ts';
import { comparedLevels } from './contrast-analysis.ts';
import { finestPlaces, placeGroups, placeKey } from './places.ts';
import type { AnalysisPlan } from './plan.ts';
import type { CostLine } from './results.ts';
import { taskFactors, taskMeans } from './task-means.ts';
import type { PlaceVerdicts, Recommendation, VerdictFamily } from './verdict-results.ts';

/**
 * Which level of the compared factor to use: over everything, at each level of each other factor, at each
 * combination of two, and at each finest place. A gain that is shown decides; else, where levels are shown to be as
 * good as the baseline, the cheapest of them and the baseline; else the baseline stays.
 */
export function recommendations(
  arranged: Arranged,
  plan: AnalysisPlan,
  families: readonly VerdictFamily[],
  costs: readonly CostLine[],
): Recommendation[] {
  const factor = plan.comparedFactor;
  if (factor === undefined || !arranged.design.within.some(({ name }) => name === factor)) return [];
  const others = plan.factors.filter(({ name }) => name !== factor);
  const grouped = placeGroups(others).flatMap(({ places }) => places);
  const known = new Set(grouped.map(placeKey));
  const places = [...grouped, ...finestPlaces(others).filter((at) => !known.has(placeKey(at)))];
  const verdictsAt = verdictLookup(families, plan.baselines.at(0));
  const beliefs = pooledBeliefs(arranged, plan);
  return places.map((at): Recommendation => {
    const found = verdictsAt(at);
    const { levels, leftOut, reason } = levelsAt(arranged, plan, at);
    const base = { at, role: found?.role ?? ('exploratory' as const), leftOut };
    if (reason !== undefined) return { ...base, use: null, because: null, levels: [], guess: null, reason };
    const believed = beliefs(at);
    const value = ({ level, mean }: (typeof levels)[number]) => believed?.get(level)?.mean ?? mean;
    const comparable = believed ? levels.filter(({ level }) => believed.has(level)) : levels;
    const guess = comparable.reduce(
      (top, own) => (value(own) > value(top) ? own : top),
      preferred(comparable, plan),
    );
    const choice = whatToUse(plan.baselines.at(0), found?.place, costAt(costs, at));
    return {
      ...base,
      ...choice,
      levels: levels.map(({ level, mean }) => ({
        level,
        mean,
        probabilityBest: believed ? (believed.get(level)?.best ?? null) : null,
      })),
      guess: guess.level,
    };
  });
}

/** Ties go to the baseline. */
function preferred<T extends { readonly level: string }>(
  levels: readonly T[],
  { baselines }: AnalysisPlan,
): T {
  return levels.find(({ level }) => level === baselines.at(0)) ?? levels[0];
}

/** The verdicts against the first baseline at a place, with equal weights. */
export function verdictLookup(families: readonly VerdictFamily[], baseline: string | undefined) {
  const places = new Map<string, { role: VerdictFamily['role']; place: PlaceVerdicts }>();
  for (const { role, baseline: own, places: all } of families) {
    if (own !== baseline) continue;
    for (const place of all) if (!place.weights) places.set(placeKey(place.at), { role, place });
  }
  return (at: LevelChoice) => places.get(placeKey(at));
}

/**
 * The rule. Among several gains shown the largest estimate counts, among equal costs the baseline, then the order of
 * the plan. A level whose harm is shown is no candidate, however small the harm.
 *
 * @param cost of a level, in any unit; undefined where it is not known, and then the baseline is kept
 */
export function whatToUse(
  baseline: string | undefined,
  place: PlaceVerdicts | undefined,
  cost: (level: string) => number | undefined,
): Pick<Recommendation, 'use' | 'because' | 'reason'> {
  if (baseline === undefined || !place) {
    return { use: null, because: null, reason: 'there is no baseline to measure a gain from' };
  }
  if (place.verdicts.every(({ shown }) => shown === null)) {
    return {
      use: null,
      because: null,
      reason: `no verdict: ${place.verdicts.at(0)?.reason ?? 'nothing is compared'}`,
    };
  }
  const gains = place.verdicts.filter(({ shown }) => shown === 'gain shown');
  if (gains.length > 0) {
    const { level } = gains.reduce((top, own) => ((own.estimate ?? 0) > (top.estimate ?? 0) ? own : top));
    return { use: level, because: 'gain shown' };
  }
  const equals = place.verdicts.filter(({ asGood, shown }) => asGood && shown !== 'harm shown');
  if (equals.length === 0) return { use: baseline, because: 'no gain is shown' };
  const own = cost(baseline);
  const cheapest = equals.reduce<{ level: string; cost: number } | undefined>((least, { level }) => {
    const price = cost(level);
    if (price === undefined || own === undefined) return least;
    return price < (least?.cost ?? own) ? { level, cost: price } : least;
  }, undefined);
  return { use: cheapest?.level ?? baseline, because: 'as good as' };
}

/** Dollars where they are known and not all the same, else tokens. */
function costAt(costs: readonly CostLine[], at: LevelChoice): (level: string) => number | undefined {
  const lines = costs.filter((line) => placeKey(line.at) === placeKey(at));
  const dollars = new Set(lines.map(({ costUsd }) => costUsd?.estimate));
  const inDollars = dollars.size > 1 && !dollars.has(undefined);
  return (level) => {
    const line = lines.find((own) => own.level === level);
    return inDollars ? line?.costUsd?.estimate : line?.tokens?.estimate;
  };
}

/** Mean scores of the levels that have some in every cell at the place. */
function levelsAt(arranged: Arranged, plan: AnalysisPlan, at: LevelChoice) {
  const { design, estimates } = arranged;
  const factor = plan.comparedFactor!;
  const missing = absentLevel(arranged, at);
  const none = { levels: [], leftOut: [] };
  if (missing !== undefined) return { ...none, reason: `no run of ${missing} has a ${plan.responseName}` };
  const all = comparedLevels(plan);
  const levels = all.flatMap((level) => {
    const choice = { ...at, [factor]: level };
    if (absentLevel(arranged, choice) !== undefined) return [];
    const cells = cellsWith(design, choice);
    const chosen = groupsAt(design, at);
    if (chosen.some((g) => cells.some((c) => Number.isNaN(estimates[g].means[c])))) return [];
    const { estimate } = linearComparison(estimates, levelWeights(design, choice), plan.confidence);
    return estimate === null ? [] : [{ level, mean: estimate }];
  });
  const leftOut = all.filter((level) => levels.every((own) => own.level !== level));
  const reason = levels.length < 2 ? 'fewer than two levels have scores here' : undefined;
  return { levels, leftOut, reason };
}

/** What partial pooling over tasks believes of each level at a place; undefined with a single task. */
function pooledBeliefs(arranged: Arranged, plan: AnalysisPlan) {
  const names = taskFactors(arranged, plan).map(({ name }) => name);
  const pooled = new Map<string, ReturnType<typeof poolAt>>();
  return (at: LevelChoice): Map<string, { mean: number; best: number }> | undefined => {
    const split = Object.entries(at);
    const fixed = Object.fromEntries(split.filter(([name]) => !names.includes(name)));
    const task = split.filter(([name]) => names.includes(name));
    // Some of several factors that tasks are made of: no posterior of that average is kept.
    if (task.length > 0 && task.length < names.length) return undefined;
    const key = placeKey(fixed);
    const own = pooled.has(key) ? pooled.get(key) : poolAt(arranged, plan, fixed);
    pooled.set(key, own);
    if (!own) return undefined;
    const index = own.tasks.findIndex(({ at: place }) =>
      task.every(([name, level]) => place[name] === level),
    );
    const { means, best } = task.length === 0 ? own.beliefs.average : own.beliefs.tasks[index];
    return new Map(own.levels.map((level, i) => [level, { mean: means[i], best: best[i] }]));
  };
}

function poolAt(arranged: Arranged, plan: AnalysisPlan, fixed: LevelChoice) {
  const found = taskMeans(arranged, plan, fixed);
  if (!found) return undefined;
  const stream = randomStream(plan.seed, 'partial pooling', placeKey(fixed));
  return { ...found, beliefs: partialPooling(found.tasks, stream) };
}
