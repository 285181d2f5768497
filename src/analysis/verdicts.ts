import { randomStream } from '../core/index.ts';
import {
  cellsWith,
  comparisonCorrelations,
  decide,
  differenceWeights,
  levelWeights,
  linearComparison,
  meanCorrelation,
  pairedEvidence,
  signFlipCheck,
  type Alternative,
  type CellWeights,
  type Evidence,
  type LevelChoice,
  type PlaceDecision,
} from '../stats/index.ts';
import { absentLevel, groupsAt, type Arranged } from './arranged.ts';
import { levelsAgainst } from './contrast-analysis.ts';
import { finestPlaces, isFinest, placeGroups, placeKey } from './places.ts';
import type { AnalysisPlan } from './plan.ts';
import { marginAt } from './plan-margin.ts';
import { precisionShares, reweighed } from './precision-weights.ts';
import { mostUnreadable } from './unreadable.ts';
import { unreadableShares, type UnreadableShare } from './unreadable-shares.ts';
import type { RunTable } from './run-table.ts';
import type { PlaceVerdicts, Shown, Verdict, VerdictFamily } from './verdict-results.ts';

/** At which level gains and harms together are shown, and at which "as good as" is. */
export interface VerdictLevels {
  readonly alpha: number;
  readonly equivalence: number;
  readonly alternative?: Alternative;
}

/** Those of a study that is looked at once. */
export function levelsOfPlan({ confidence, alternative }: AnalysisPlan): VerdictLevels {
  const alpha = Number((1 - confidence).toPrecision(12));
  return { alpha, equivalence: alpha, ...(alternative && { alternative }) };
}

/** One comparison before it is decided. */
interface Compared {
  readonly level: string;
  readonly evidence?: Evidence;
  /** Why it has no verdict, although it may have an estimate. */
  readonly reason?: string;
  readonly flipP: number | null;
  readonly blocks: number;
  readonly plannedBlocks: number;
}

interface ComparedPlace {
  readonly at: LevelChoice;
  readonly compared: readonly Compared[];
  readonly correlation: number;
  readonly weights?: PlaceVerdicts['weights'];
}

/**
 * The families of verdicts: every level against the first baseline at the finest places; and, exploratory, at all
 * coarser places with averages over them, and against further baselines.
 */
export function verdictFamilies(
  arranged: Arranged,
  plan: AnalysisPlan,
  table: RunTable,
  levels: VerdictLevels = levelsOfPlan(plan),
): VerdictFamily[] {
  const { comparedFactor: factor, baselines } = plan;
  const { design } = arranged;
  if (factor === undefined || !design.within.some(({ name }) => name === factor)) return [];
  const unreadable = unreadableShares(plan, table);
  const range = scoreRange(arranged, plan);
  const others = plan.factors.filter(({ name }) => name !== factor);
  const finest = finestPlaces(others);
  const coarser = placeGroups(others)
    .flatMap(({ places }) => places)
    .filter((at) => !isFinest(at, others));
  return baselines.flatMap((baseline, b) => {
    const fine = finest.map((at) => finestPlace(arranged, plan, baseline, at, unreadable));
    const coarse = [
      ...coarser.map((at) => averagedPlace(arranged, plan, baseline, at, unreadable)),
      ...precisionWeighted(arranged, plan, baseline, unreadable),
    ];
    const family = (role: VerdictFamily['role'], places: readonly ComparedPlace[]) =>
      places.length === 0 ? [] : [decided(plan, role, baseline, places, range, levels)];
    if (b > 0) return family('exploratory', [...fine, ...coarse]);
    return [...family('verdicts', fine), ...family('exploratory', coarse)];
  });
}

/** The largest difference that two scores can have: that of the scale where there is one, or more if it was seen. */
function scoreRange({ design }: Arranged, { ceiling }: AnalysisPlan): number {
  let [low, high] = ceiling === undefined ? [Infinity, -Infinity] : [0, ceiling];
  for (const { blocks } of design.groups)
    for (const { cells } of blocks)
      for (const x of cells) {
        if (x < low) low = x;
        if (x > high) high = x;
      }
  return high > low ? high - low : 1;
}

/** Paired differences within the blocks of one cell of all other factors. */
function finestPlace(
  arranged: Arranged,
  plan: AnalysisPlan,
  baseline: string,
  at: LevelChoice,
  unreadable: UnreadableShare,
): ComparedPlace {
  const { design } = arranged;
  const factor = plan.comparedFactor!;
  const levels = levelsAgainst(plan, baseline);
  const blocks = groupsAt(design, at).flatMap((g) => design.groups[g].blocks);
  const scores = (level: string) => {
    if (absentLevel(arranged, { ...at, [factor]: level }) !== undefined) return blocks.map(() => NaN);
    const [cell] = cellsWith(design, { ...at, [factor]: level });
    return blocks.map(({ cells }) => cells[cell]);
  };
  const base = scores(baseline);
  const rows = levels.map((level) => scores(level).map((x, b) => x - base[b]));
  const magnitude = largest(blocks.flatMap(({ cells }) => Array.from(cells)));
  const readable = levels.map((level) => unreadableReason(plan, baseline, level, at, unreadable));
  const flips = signFlipCheck(rows, randomStream(plan.seed, 'verdict flips', placeKey(at)));
  const compared = levels.map((level, i): Compared => {
    const evidence = pairedEvidence(rows[i], magnitude);
    const own = rows[i].filter((d) => !Number.isNaN(d)).length;
    const missing = evidence ? undefined : `${own} block(s) here have both scores; two are needed`;
    return {
      level,
      evidence,
      reason: missing ?? readable[i],
      flipP: evidence ? flips[i] : null,
      blocks: own,
      plannedBlocks: blocks.length,
    };
  });
  return { at, compared, correlation: meanCorrelation(rows) };
}

/** Averages with equal weights over all factors that the place does not name. */
function averagedPlace(
  arranged: Arranged,
  plan: AnalysisPlan,
  baseline: string,
  at: LevelChoice,
  unreadable: UnreadableShare,
  reweigh: (weights: CellWeights) => CellWeights = (weights) => weights,
): ComparedPlace {
  const { design, estimates } = arranged;
  const factor = plan.comparedFactor!;
  const groups = groupsAt(design, at);
  const planned = groups.reduce((sum, g) => sum + design.groups[g].blocks.length, 0);
  const used = groups.reduce((sum, g) => sum + estimates[g].blocks, 0);
  const shared = { flipP: null, plannedBlocks: planned };
  const tested: CellWeights[] = [];
  const compared = levelsAgainst(plan, baseline).map((level): Compared => {
    const missing =
      absentLevel(arranged, { ...at, [factor]: level }) ?? absentLevel(arranged, { [factor]: baseline });
    if (missing !== undefined) {
      return { level, ...shared, blocks: 0, reason: `no run of ${missing} has a ${plan.responseName}` };
    }
    const weights = reweigh(
      differenceWeights(
        levelWeights(design, { ...at, [factor]: level }),
        levelWeights(design, { ...at, [factor]: baseline }),
      ),
    );
    const { estimate, standardError, df, reason } = linearComparison(estimates, weights, plan.confidence);
    if (estimate === null) return { level, ...shared, blocks: 0, reason };
    if (standardError !== null) tested.push(weights);
    // Equal differences in every group: the sign test of the smallest group holds for their average.
    const fewest = Math.min(...groups.map((g) => estimates[g].blocks));
    const evidence: Evidence =
      standardError === null || df === null
        ? { estimate, standardError: 0, df: fewest - 1, blocks: fewest }
        : { estimate, standardError, df, blocks: used };
    const unread = unreadableReason(plan, baseline, level, at, unreadable);
    return { level, ...shared, evidence, blocks: used, reason: unread };
  });
  return { at, compared, correlation: meanOfPairs(comparisonCorrelations(estimates, tested)) };
}

/** The average over everything with tasks weighted by their precision; none where there is one task. */
function precisionWeighted(
  arranged: Arranged,
  plan: AnalysisPlan,
  baseline: string,
  unreadable: UnreadableShare,
): ComparedPlace[] {
  const shares = precisionShares(arranged, plan);
  if (shares === undefined) return [];
  const reweigh = (weights: CellWeights) => reweighed(arranged, weights, shares);
  return [{ ...averagedPlace(arranged, plan, baseline, {}, unreadable, reweigh), weights: shares }];
}

function unreadableReason(
  plan: AnalysisPlan,
  baseline: string,
  level: string,
  at: LevelChoice,
  unreadable: UnreadableShare,
): string | undefined {
  const arms = [level, baseline].map((own) => ({
    own,
    share: unreadable({ ...at, [plan.comparedFactor!]: own }) ?? 0,
  }));
  const [worst] = arms.sort((a, b) => b.share - a.share);
  if (worst.share <= mostUnreadable) return undefined;
  return (
    `${Math.round(100 * worst.share)}% of the answers with ${worst.own} could not be read, ` +
    `and with more than ${100 * mostUnreadable}% there is no verdict`
  );
}

function decided(
  plan: AnalysisPlan,
  role: VerdictFamily['role'],
  baseline: string,
  places: readonly ComparedPlace[],
  range: number,
  { alpha, equivalence, alternative }: VerdictLevels,
): VerdictFamily {
  const decisions = decide(
    places.map(({ at, compared, correlation }) => ({
      comparisons: compared.map(({ evidence, reason }) => (reason === undefined ? evidence : undefined)),
      correlation,
      margin: marginAt(plan, at),
      range,
    })),
    alpha,
    equivalence,
    alternative,
  );
  return {
    role,
    baseline,
    alpha,
    places: places.map(({ at, compared, weights }, q): PlaceVerdicts => ({
      at,
      margin: marginAt(plan, at),
      allAsGood: decisions[q].allEquivalent,
      ...(weights && { weights }),
      verdicts: compared.map((own, i) => verdict(own, decisions[q].comparisons[i])),
    })),
  };
}

function verdict(
  { level, evidence, reason, flipP, blocks, plannedBlocks }: Compared,
  decision: PlaceDecision['comparisons'][number],
): Verdict {
  const shared = {
    level,
    estimate: evidence?.estimate ?? null,
    signFlipP: flipP,
    blocks,
    plannedBlocks,
    ...(evidence && { evidence }),
  };
  if (!decision) {
    const none = { low: null, high: null, p: null, adjustedP: null, equivalenceP: null };
    return { ...shared, ...none, shown: null, asGood: false, reason };
  }
  const { low, high, p, adjustedP, equivalenceP, asGood } = decision;
  const words: Record<string, Shown> = { gain: 'gain shown', harm: 'harm shown' };
  const equal = evidence?.standardError === 0 ? 'all blocks show the same difference' : undefined;
  return {
    ...shared,
    low,
    high,
    p,
    adjustedP,
    equivalenceP,
    asGood,
    shown: decision.shown === undefined ? 'not shown' : words[decision.shown],
    ...(equal !== undefined && { reason: equal }),
  };
}

function largest(values: readonly number[]): number {
  return values.reduce((most, x) => (Math.abs(x) > most ? Math.abs(x) : most), 0);
}

function meanOfPairs(correlations: readonly (readonly number[])[]): number {
  let sum = 0;
  let pairs = 0;
  correlations.forEach((row, i) => {
    for (let j = 0; j < i; j++) {
      sum += row[j];
      pairs++;
    }
  });
  return pairs === 0 ? 0 : Math.min(1, Math.max(0, sum / pairs));
}
