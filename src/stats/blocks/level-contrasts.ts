import { adjustP, type AdjustMethod } from '../adjust-p.ts';
import type { BlockDesign } from './block-design.ts';
import type { CellEstimates } from './cell-estimates.ts';
import {
  maxAbsTCritical,
  maxAbsTUpperTail,
  studentizedRangeCritical,
  studentizedRangeUpperTail,
} from '../distributions/index.ts';
import {
  comparisonCorrelations,
  differenceWeights,
  levelWeights,
  linearComparison,
  type CellWeights,
  type Comparison,
  type LevelChoice,
} from './linear-comparison.ts';
import { percentChange, type PercentChange } from './percent-change.ts';

/** How the p-values and intervals of a family of contrasts allow for their number. */
export type FamilyMethod = Exclude<AdjustMethod, 'none' | 'hochberg' | 'by'> | 'dunnett' | 'none';

/** One level against another, everywhere or at chosen levels of other factors. */
export interface LevelContrast extends Comparison {
  readonly level: string;
  readonly baseline: string;
  /** Levels of other factors the contrast is taken at; empty when it averages over all of them. */
  readonly at: LevelChoice;
  /** p adjusted within the family; `null` when not estimable. */
  readonly adjustedP: number | null;
  /**
   * The interval that goes with the adjusted p: simultaneous for Dunnett and Tukey, Bonferroni's for every other
   * adjustment (as emmeans gives them), equal to low and high for `none`.
   */
  readonly simultaneousLow: number | null;
  readonly simultaneousHigh: number | null;
  readonly percent: PercentChange;
}

export interface ContrastFamily {
  readonly factor: string;
  readonly method: FamilyMethod | 'tukey';
  readonly contrasts: readonly LevelContrast[];
}

export interface ContrastOptions {
  /** Default 0.95. */
  readonly confidence?: number;
  /** Percentages are given only where the baseline's lower bound exceeds this; default 0.1, in score units. */
  readonly percentFloor?: number;
}

/** What is compared with what, and where. */
export interface ContrastRequest {
  readonly level: string;
  readonly baseline: string;
  readonly at: LevelChoice;
}

/**
 * Contrasts of a factor's levels with p-values adjusted as one family.
 *
 * Every contrast is a paired comparison within blocks with its own standard error and degrees of freedom
 * (`linearComparison`). `dunnett` is the single-step adjustment by the distribution of the largest |t|, with the
 * correlations estimated from the blocks and each contrast's own degrees of freedom (Hasler & Hothorn 2008,
 * Biometrical Journal 50): valid for any family, exact for Dunnett's when variances are equal.
 *
 * @throws InputError when a factor or level does not exist
 */
export function contrastFamily(
  design: BlockDesign,
  estimates: readonly CellEstimates[],
  factor: string,
  requests: readonly ContrastRequest[],
  method: FamilyMethod,
  options: ContrastOptions = {},
): ContrastFamily {
  const confidence = options.confidence ?? 0.95;
  const rows = requests.map((request) => compare(design, estimates, factor, request, options));
  const adjusted =
    method === 'dunnett'
      ? singleStep(estimates, rows)
      : adjustP(
          rows.map(({ comparison }) => comparison.p),
          method,
        );
  const alpha = 1 - confidence;
  const tested = rows.filter(({ comparison }) => comparison.p !== null);
  const critical = method === 'dunnett' ? criticalByDf(estimates, tested, alpha) : () => NaN;
  const contrasts = rows.map(({ request, comparison, percent }, i): LevelContrast => {
    let margins: Interval = { low: comparison.low, high: comparison.high };
    if (comparison.df !== null && method === 'dunnett') {
      margins = widen(comparison, critical(comparison.df));
    } else if (comparison.df !== null && method !== 'none') {
      const narrower = linearComparison(estimates, rows[i].weights, 1 - alpha / tested.length);
      margins = { low: narrower.low, high: narrower.high };
    }
    return assemble(request, comparison, percent, adjusted[i], margins);
  });
  return { factor, method, contrasts };
}

/** Requests for every level against a baseline, at each of the given places. */
export function againstBaseline(
  levels: readonly string[],
  baseline: string,
  places: readonly LevelChoice[] = [{}],
): ContrastRequest[] {
  return places.flatMap((at) =>
    levels.flatMap((level) => (level === baseline ? [] : [{ level, baseline, at }])),
  );
}

/**
 * All pairs of a factor's levels, with separate variances: Tukey's studentised range with each pair's own
 * degrees of freedom (Games & Howell 1976), on paired differences within blocks.
 */
export function tukeyPairwise(
  design: BlockDesign,
  estimates: readonly CellEstimates[],
  factor: string,
  levels: readonly string[],
  options: ContrastOptions & { readonly at?: LevelChoice } = {},
): ContrastFamily {
  const confidence = options.confidence ?? 0.95;
  const at = options.at ?? {};
  const requests = levels.flatMap((level, i) =>
    levels.slice(0, i).map((baseline): ContrastRequest => ({ level, baseline, at })),
  );
  // Pairs share their degrees of freedom as a rule, and a critical value costs ten times what a p-value does.
  const criticals = new Map<number, number>();
  const criticalOf = (df: number) => {
    const known =
      criticals.get(df) ?? studentizedRangeCritical(1 - confidence, levels.length, df) / Math.SQRT2;
    criticals.set(df, known);
    return known;
  };
  const contrasts = requests.map((request): LevelContrast => {
    const { comparison, percent } = compare(design, estimates, factor, request, options);
    if (comparison.t === null || comparison.df === null) {
      return assemble(request, comparison, percent, null, { low: null, high: null });
    }
    const { t, df } = comparison;
    const { p } = studentizedRangeUpperTail(Math.SQRT2 * Math.abs(t), levels.length, df);
    return assemble(request, comparison, percent, p, widen(comparison, criticalOf(df)));
  });
  return { factor, method: 'tukey', contrasts };
}

interface Interval {
  readonly low: number | null;
  readonly high: number | null;
}

function widen({ estimate, standardError }: Comparison, critical: number): Interval {
  if (estimate === null || standardError === null) return { low: null, high: null };
  return { low: estimate - critical * standardError, high: estimate + critical * standardError };
}

function assemble(
  request: ContrastRequest,
  comparison: Comparison,
  percent: PercentChange,
  adjustedP: number | null,
  { low, high }: Interval,
): LevelContrast {
  return { ...request, ...comparison, adjustedP, simultaneousLow: low, simultaneousHigh: high, percent };
}

interface ComparedRequest {
  readonly request: ContrastRequest;
  readonly weights: CellWeights;
  readonly comparison: Comparison;
  readonly percent: PercentChange;
}

function compare(
  design: BlockDesign,
  estimates: readonly CellEstimates[],
  factor: string,
  request: ContrastRequest,
  { confidence, percentFloor }: ContrastOptions,
): ComparedRequest {
  const level = levelWeights(design, { ...request.at, [factor]: request.level });
  const baseline = levelWeights(design, { ...request.at, [factor]: request.baseline });
  const weights = differenceWeights(level, baseline);
  return {
    request,
    weights,
    comparison: linearComparison(estimates, weights, confidence),
    percent: percentChange(estimates, level, baseline, { confidence, floor: percentFloor }),
  };
}

/**
 * Dunnett's critical value as a function of the degrees of freedom: computed at the smallest and the largest of
 * the family, between them linear in 1/df, which is off by less than 0.3% from 9 to 36.
 */
function criticalByDf(
  estimates: readonly CellEstimates[],
  tested: readonly ComparedRequest[],
  alpha: number,
): (df: number) => number {
  if (tested.length === 0) return () => NaN;
  const correlations = comparisonCorrelations(
    estimates,
    tested.map(({ weights }) => weights),
  );
  const dfs = tested.map(({ comparison }) => comparison.df!);
  const [least, most] = [Math.min(...dfs), Math.max(...dfs)];
  const at = (df: number) => maxAbsTCritical(alpha, correlations, df, { tolerance: 3e-4 });
  const low = at(least);
  if (most - least < 1e-6 * most) return () => low;
  const high = at(most);
  return (df) => high + ((1 / df - 1 / most) / (1 / least - 1 / most)) * (low - high);
}

function singleStep(
  estimates: readonly CellEstimates[],
  rows: readonly ComparedRequest[],
): (number | null)[] {
  const tested = rows.filter(({ comparison }) => comparison.p !== null);
  if (tested.length === 0) return rows.map(() => null);
  const correlations = comparisonCorrelations(
    estimates,
    tested.map(({ weights }) => weights),
  );
  return rows.map(({ comparison: { t, df, p } }) => {
    if (t === null || df === null || p === null) return null;
    // Two percent of p; where that would cost seconds, the answer becomes the union bound, hardly larger.
    const tolerance = Math.min(1e-4, Math.max(1e-5, 0.02 * p));
    return maxAbsTUpperTail(Math.abs(t), correlations, df, { tolerance }).p;
  });
}
