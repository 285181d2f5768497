import type {
  AnovaType,
  BlockTest,
  EffectSizes,
  HeadroomGain,
  IntervalEstimate,
  LevelChoice,
  LevelContrast,
  MissingBounds,
  ModelPair,
  PartContribution,
  ScalingResult,
  VarianceTest,
} from '../stats/index.ts';
import type { FurtherTable } from './further/further.ts';
import type { AnalysisPlan } from './plan.ts';
import type { LookAt, Recommendation, VerdictFamily } from './verdict-results.ts';

/** A share with its two-sided interval. */
export interface EffectSize {
  readonly generalizedEtaSquared: number | null;
  readonly partialEtaSquared: number | null;
  /** 90%, by inverting the noncentral F of the classical test. */
  readonly partialEtaSquaredLow: number | null;
  readonly partialEtaSquaredHigh: number | null;
  readonly partialOmegaSquared: number | null;
}

/** A primary test with its adjusted p and the term's size. */
export interface TermResult extends EffectSize {
  readonly term: string;
  readonly method: BlockTest['method'] | 'wild bootstrap';
  /** The statistic of `flipEvaluator`, or the HC3 F. */
  readonly value: number | null;
  readonly dimension: number;
  readonly p: number | null;
  /** Over all terms (Holm for blocks, max-T for tables without). */
  readonly adjustedP: number | null;
  /** The smallest p the resamples can give: at it, p is to be read as "at most". */
  readonly floor: number;
  readonly reason?: string;
}

export interface ClassicalTerm {
  readonly term: string;
  readonly stratum: string;
  readonly sumOfSquares: number;
  readonly df: number;
  readonly errorSumOfSquares: number;
  readonly errorDf: number;
  readonly f: number | null;
  readonly p: number | null;
  readonly partialEtaSquared: number;
  readonly generalizedEtaSquared: number;
}

/** One line of the plain fixed-effects analysis of variance. */
export interface PlainTerm {
  readonly term: string;
  readonly df: number | null;
  readonly sumOfSquares: Readonly<Record<AnovaType, number | null>>;
  /** By type of sums of squares. */
  readonly f: Readonly<Record<AnovaType, number | null>>;
  readonly p: Readonly<Record<AnovaType, number | null>>;
  /** Natural logarithm of p, exact where p itself would be too small for a number. */
  readonly logP: Readonly<Record<AnovaType, number | null>>;
  readonly partialEtaSquared: number | null;
  /** Partial eta and omega squared and Cohen's f with 90% intervals: Type III, or II where III is not estimable. */
  readonly effectSizes: EffectSizes | null;
  readonly hc3F: number | null;
  readonly hc3P: number | null;
  /** Freedman-Lane permutation of the plain F. */
  readonly permutationP: number | null;
  /** The same of the HC3 Wald statistic. */
  readonly studentisedPermutationP: number | null;
  /** Both adjusted over all terms by max-T (Westfall & Young 1993), from the same permutations. */
  readonly permutationAdjustedP: number | null;
  readonly studentisedPermutationAdjustedP: number | null;
  readonly reason?: string;
}

export interface ContrastFamilyResult {
  readonly title: string;
  /** The compared factor. */
  readonly factor: string;
  /** Factors at whose levels the contrasts are taken; none for "over everything else". */
  readonly by: readonly string[];
  readonly baseline: string | null;
  readonly method: string;
  readonly contrasts: readonly LevelContrast[];
}

export interface SimpleEffect {
  readonly factor: string;
  readonly at: LevelChoice;
  readonly p: number | null;
  /** Holm, over the levels of the same factor. */
  readonly adjustedP: number | null;
  readonly value: number | null;
  readonly reason?: string;
}

/** An estimate with its two-sided interval at the plan's confidence. */
export interface Mean {
  readonly estimate: number;
  readonly low: number | null;
  readonly high: number | null;
}

export interface CellMean {
  readonly at: LevelChoice;
  readonly estimate: number | null;
  readonly standardError: number | null;
  readonly df: number | null;
  /** Interval of the mean itself, for other seeds: it also covers how hard the blocks happened to be. */
  readonly low: number | null;
  readonly high: number | null;
  /** Half-length of the interval for comparing it with means of the same blocks; see `comparisonMargin`. */
  readonly comparisonMargin: number | null;
  readonly reason?: string;
}

/** Means of all combinations of the factors' levels, averaged over the others with equal weights. */
export interface CellMeanTable {
  /** One factor, or two for an interaction plot. */
  readonly factors: readonly string[];
  readonly cells: readonly CellMean[];
}

/** What a level scores and what it costs per run, at one place. */
export interface CostLine {
  readonly level: string;
  readonly at: LevelChoice;
  readonly score: Mean | null;
  /** Input and output tokens of a run. */
  readonly tokens: Mean | null;
  readonly costUsd: Mean | null;
  /** Questions put to the models of a run. */
  readonly questions: Mean | null;
  /** What a run's judges took beside that; there where a study has some, and no part of what is weighed. */
  readonly judgeTokens?: Mean | null;
  readonly judgeCostUsd?: Mean | null;
  /** No other level here scores as high for as little; `null` when score or cost is not known. */
  readonly onTokenFront: boolean | null;
  readonly onDollarFront: boolean | null;
  readonly onQuestionFront: boolean | null;
}

export interface HeadroomResult extends HeadroomGain {
  readonly level: string;
  readonly baseline: string;
  readonly at: LevelChoice;
}

export interface ScalingLine {
  readonly level: string;
  readonly baseline: string;
  readonly at: LevelChoice;
  readonly parameters: 'total' | 'active';
  /** `gain` in response units, `headroom` as a share of what the baseline leaves. */
  readonly measure: 'gain' | 'headroom';
  /** Only models of this architecture; `null` for all. */
  readonly architecture: string | null;
  readonly result: ScalingResult;
}

/** One model in a scaling plot. */
export interface ScalingModelPoint {
  readonly model: string;
  readonly totalParameters: number | null;
  readonly activeParameters: number | null;
  readonly architecture: string | null;
  /** Gain over the baseline with its interval over blocks, in response units. */
  readonly gain: Mean | null;
  /** The same as a share of the baseline's headroom; `null` where there is no ceiling or no headroom. */
  readonly headroom: Mean | null;
}

/** The points behind the scaling lines of one level at one place. */
export interface ScalingPoints {
  readonly level: string;
  readonly baseline: string;
  readonly at: LevelChoice;
  readonly models: readonly ScalingModelPoint[];
}

export interface ArchitectureLine extends Pick<
  LevelContrast,
  'level' | 'baseline' | 'at' | 'estimate' | 'standardError' | 't' | 'df' | 'p' | 'low' | 'high' | 'reason'
> {
  readonly pairs: readonly ModelPair[];
  readonly adjustedP: number | null;
}

export interface AggregateLine {
  readonly level: string;
  readonly mean: IntervalEstimate;
  readonly interquartileMean: IntervalEstimate;
  /** Against the ceiling; `null` when there is none. */
  readonly optimalityGap: IntervalEstimate | null;
  /** Against each baseline, mean over groups and other factors. */
  readonly probabilityOfImprovement: readonly {
    readonly baseline: string;
    readonly interval: IntervalEstimate;
  }[];
  /** Share of scores above each threshold. */
  readonly profile: readonly number[];
}

export interface MissingnessResult {
  readonly planned: number;
  readonly scored: number;
  /** Runs without a response, by kind. */
  readonly kinds: Readonly<Record<string, number>>;
  /** By factor and level: rows, and rows without a response by kind. */
  readonly levels: readonly {
    readonly factor: string;
    readonly level: string;
    readonly planned: number;
    readonly kinds: Readonly<Record<string, number>>;
  }[];
  /** Range a missing response is allowed in the bounds. */
  readonly range: readonly [number, number];
  readonly bounds: readonly (MissingBounds & { readonly level: string; readonly baseline: string })[];
}

export interface DiagnosticsResult {
  /** Do the levels of a factor differ in spread around their cell means? */
  readonly brownForsythe: readonly (VarianceTest & { readonly factor: string })[];
  readonly breuschPagan: VarianceTest | null;
  /** For plots: fitted value, residual and normal quantile, one entry per run, in the order of the residuals. */
  readonly residuals: {
    readonly fitted: readonly number[];
    readonly residual: readonly number[];
    readonly normalQuantile: readonly number[];
  };
}

export interface PowerLine {
  readonly level: string;
  readonly baseline: string;
  readonly at: LevelChoice;
  /** Standard deviation of the paired difference between blocks of a group. */
  readonly deviation: number;
  /** Smallest true contrast this study finds with 80% power, at its own number of comparisons. */
  readonly detectable: number;
  /** Blocks per group needed to find a contrast of that size with 80% power. */
  readonly required: readonly { readonly effect: number; readonly blocks: number | null }[];
}

/** What an analysis found; JSON all through, `null` for what cannot be estimated. */
export interface AnalysisResults {
  readonly format: 1;
  readonly plan: AnalysisPlan;
  readonly data: {
    readonly runs: number;
    readonly blocks: number;
    /** Every block has every cell. */
    readonly complete: boolean;
  };
  readonly primary: readonly TermResult[];
  /** Terms of the gain over a baseline: what the gain depends on. */
  readonly moderation: readonly { readonly baseline: string; readonly terms: readonly TermResult[] }[];
  readonly contrasts: readonly ContrastFamilyResult[];
  readonly pairwise: ContrastFamilyResult | null;
  readonly simpleEffects: readonly SimpleEffect[];
  /** What is shown against the baselines, each family with an error rate of its own. */
  readonly verdicts: readonly VerdictFamily[];
  /** Which level to use: over everything, per level of each other factor, per pair of levels of two, and at each finest place. */
  /** Of a study that grows until it knows: the looks that are complete. */
  readonly looks?: readonly LookAt[];
  readonly recommendations: readonly Recommendation[];
  /** Means with intervals, of every factor and every pair of factors. */
  readonly cellMeans: readonly CellMeanTable[];
  /** Score against tokens and dollars; empty when no usage is known. */
  readonly costs: readonly CostLine[];
  readonly headroom: readonly HeadroomResult[];
  readonly scaling: readonly ScalingLine[];
  readonly scalingPoints: readonly ScalingPoints[];
  readonly architecture: readonly ArchitectureLine[];
  readonly ablations: readonly PartContribution[];
  readonly aggregates: {
    readonly thresholds: readonly number[];
    readonly lines: readonly AggregateLine[];
  } | null;
  readonly missingness: MissingnessResult;
  readonly diagnostics: DiagnosticsResult | null;
  readonly power: readonly PowerLine[];
  /** Beside the primary analysis, never instead of it. */
  readonly secondary: {
    readonly strata: readonly ClassicalTerm[] | null;
    readonly plain: readonly PlainTerm[] | null;
    /** What the terms of `plain` leave unexplained. */
    readonly residual: { readonly sumOfSquares: number; readonly df: number } | null;
    readonly reason?: string;
  };
  /** Statistics that were asked for by name; absent where none was. */
  readonly further?: readonly FurtherTable[];
  readonly notes: readonly string[];
}
