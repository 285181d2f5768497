import { adjustP, type AdjustMethod } from '../adjust-p.ts';
import {
  maxAbsTCritical,
  maxAbsTUpperTail,
  studentizedRangeCritical,
  studentizedRangeUpperTail,
  tQuantile,
  tTwoSided,
} from '../distributions/index.ts';
import { requireShare } from '../require-finite.ts';
import {
  estimateFunctional,
  functionalCovariance,
  type CovarianceKind,
  type Functional,
  type Levels,
} from './functional.ts';
import { covarianceWeights, differenceFunctional, levelGrid } from './marginal-means.ts';
import type { LinearModel } from './model.ts';

/**
 * How p-values and intervals allow for the number of contrasts. `dunnett` is the single-step adjustment by the
 * distribution of the largest |t| with the contrasts' own correlations (emmeans calls it "mvt").
 */
export type ContrastAdjustment = AdjustMethod | 'dunnett';

export interface ModelContrastOptions {
  /** Levels of other factors at which to compare, one set of contrasts each ("simple effects"). */
  readonly by?: readonly string[];
  /** Default `dunnett`. */
  readonly adjust?: ContrastAdjustment;
  /** Whether all contrasts are one family (the default), or those of each `by` level on their own. */
  readonly family?: 'all' | 'by';
  /** Default 0.95. */
  readonly confidence?: number;
  /** Default `common`. */
  readonly covariance?: CovarianceKind;
}

/** A difference of two marginal means; every number is `null` where empty cells leave it undetermined. */
export interface ModelContrast {
  readonly level: string;
  readonly baseline: string;
  /** Levels of the `by` factors. */
  readonly at: Levels;
  /** level - baseline, in units of the response. */
  readonly estimate: number | null;
  readonly standardError: number | null;
  readonly t: number | null;
  readonly df: number;
  /** Unadjusted two-sided p. */
  readonly p: number | null;
  readonly logP: number | null;
  readonly adjustedP: number | null;
  /**
   * The interval that goes with the adjusted p: simultaneous for `dunnett` and Tukey, Bonferroni's for every other
   * adjustment (as emmeans gives them), the contrast's own for `none`.
   */
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * Every level of a factor against a baseline, on the marginal means of a linear model.
 *
 * @param factorName the factor whose levels are compared
 * @param baseline one of its levels
 * @returns in the order of the `by` levels, then of the factor's
 * @throws InputError for an unknown factor or level, or where HC3 is asked for and a cell has leverage 1
 * @example contrastsAgainst(model, 'strategy', 'none', { by: ['task'], adjust: 'holm' })
 */
export function contrastsAgainst(
  model: LinearModel,
  factorName: string,
  baseline: string,
  options: ModelContrastOptions = {},
): ModelContrast[] {
  const levels = levelsOf(model, factorName);
  const families = levelGrid(model, options.by ?? []).map((at) =>
    levels
      .filter((level) => level !== baseline)
      .map((level) => compare(model, factorName, level, baseline, at)),
  );
  const groups = options.family === 'by' ? families : [families.flat()];
  return groups.flatMap((group) => finish(model, group, options));
}

/**
 * All pairs of a factor's levels with Tukey's studentised range (Tukey & Kramer where counts differ).
 *
 * @param options.by each level of the other factors is a family of its own
 */
export function pairwiseContrasts(
  model: LinearModel,
  factorName: string,
  options: Omit<ModelContrastOptions, 'adjust' | 'family'> = {},
): ModelContrast[] {
  const levels = levelsOf(model, factorName);
  const confidence = options.confidence ?? 0.95;
  requireShare('confidence', confidence);
  const df = model.dfResidual;
  const critical = studentizedRangeCritical(1 - confidence, levels.length, df) / Math.SQRT2;
  return levelGrid(model, options.by ?? []).flatMap((at) => {
    const pairs = levels.flatMap((level, i) =>
      levels.slice(i + 1).map((other) => compare(model, factorName, level, other, at)),
    );
    return tested(model, pairs, options.covariance).map((contrast) => {
      if (contrast.t === null) return contrast;
      const adjusted = studentizedRangeUpperTail(Math.SQRT2 * Math.abs(contrast.t), levels.length, df);
      return withInterval({ ...contrast, adjustedP: adjusted.p }, critical);
    });
  });
}

interface Difference {
  readonly level: string;
  readonly baseline: string;
  readonly at: Levels;
  readonly functional: Functional | undefined;
}

function levelsOf(model: LinearModel, factorName: string): string[] {
  return levelGrid(model, [factorName]).map((at) => at[factorName]);
}

function compare(model: LinearModel, name: string, level: string, baseline: string, at: Levels): Difference {
  const functional = differenceFunctional(model, { ...at, [name]: level }, { ...at, [name]: baseline });
  return { level, baseline, at, functional };
}

/** Estimates and unadjusted tests. */
function tested(
  model: LinearModel,
  differences: readonly Difference[],
  covariance: CovarianceKind | undefined,
): ModelContrast[] {
  const weights = covarianceWeights(model, covariance);
  const df = model.dfResidual;
  return differences.map(({ level, baseline, at, functional }) => {
    const names = { level, baseline, at, df, low: null, high: null, adjustedP: null };
    if (!functional) return { ...names, estimate: null, standardError: null, t: null, p: null, logP: null };
    const estimate = estimateFunctional(model, functional);
    const standardError = Math.sqrt(functionalCovariance(model, [functional], weights)[0][0]);
    const t = estimate / standardError;
    return { ...names, estimate, standardError, t, ...tTwoSided(t, df) };
  });
}

/** Adjusts one family. */
function finish(
  model: LinearModel,
  differences: readonly Difference[],
  options: ModelContrastOptions,
): ModelContrast[] {
  const adjust = options.adjust ?? 'dunnett';
  const confidence = options.confidence ?? 0.95;
  requireShare('confidence', confidence);
  const contrasts = tested(model, differences, options.covariance);
  const functionals = differences.flatMap(({ functional }) => functional ?? []);
  if (functionals.length === 0) return contrasts;
  const df = model.dfResidual;
  const alpha = 1 - confidence;
  if (adjust === 'dunnett') {
    const weights = covarianceWeights(model, options.covariance);
    const correlation = toCorrelation(functionalCovariance(model, functionals, weights));
    const critical = maxAbsTCritical(alpha, correlation, df);
    return contrasts.map((contrast) => {
      if (contrast.t === null) return contrast;
      const { p } = maxAbsTUpperTail(Math.abs(contrast.t), correlation, df);
      return withInterval({ ...contrast, adjustedP: p }, critical);
    });
  }
  const adjusted = adjustP(
    contrasts.map(({ p }) => p),
    adjust,
  );
  const critical = tQuantile(1 - alpha / 2 / (adjust === 'none' ? 1 : functionals.length), df);
  return contrasts.map((contrast, i) => withInterval({ ...contrast, adjustedP: adjusted[i] }, critical));
}

function withInterval(contrast: ModelContrast, critical: number): ModelContrast {
  const { estimate, standardError } = contrast;
  if (estimate === null || standardError === null) return contrast;
  const margin = critical * standardError;
  return { ...contrast, low: estimate - margin, high: estimate + margin };
}

function toCorrelation(covariance: readonly (readonly number[])[]): number[][] {
  return covariance.map((row, i) =>
    row.map((x, j) => (i === j ? 1 : x / Math.sqrt(covariance[i][i] * covariance[j][j]))),
  );
}
