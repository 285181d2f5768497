import { InputError } from '../../core/errors.ts';
import { tQuantile } from '../distributions/index.ts';
import { requireShare } from '../require-finite.ts';
import {
  estimateFunctional,
  functionalCovariance,
  marginalCoefficients,
  reduceFunctional,
  type CovarianceKind,
  type Functional,
  type Levels,
} from './functional.ts';
import { hc3Weights } from './hc3.ts';
import type { LinearModel } from './model.ts';

export interface MarginalMeanOptions {
  /** Default 0.95. */
  readonly confidence?: number;
  /** Default `common`. */
  readonly covariance?: CovarianceKind;
}

/** The model's mean at some levels; every number is `null` where empty cells leave it undetermined. */
export interface MarginalMean {
  readonly at: Levels;
  readonly estimate: number | null;
  readonly standardError: number | null;
  readonly df: number;
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * Estimated marginal means: the fitted means of every combination of some factors' levels, averaged with equal
 * weights over all combinations of the other factors (Searle, Speed & Milliken 1980), so that unequal counts
 * do not mix one factor's effect into another's.
 *
 * @param factorNames the factors to keep, at least one
 * @returns in the order of the levels, last factor fastest, with t intervals
 * @throws InputError for an unknown factor, or where HC3 is asked for and a cell has leverage 1
 */
export function marginalMeans(
  model: LinearModel,
  factorNames: readonly string[],
  options: MarginalMeanOptions = {},
): MarginalMean[] {
  if (factorNames.length === 0) throw new InputError('marginalMeans: name at least one factor.');
  const confidence = options.confidence ?? 0.95;
  requireShare('confidence', confidence);
  const weights = covarianceWeights(model, options.covariance);
  const critical = tQuantile((1 + confidence) / 2, model.dfResidual);
  return levelGrid(model, factorNames).map((at) => {
    const df = model.dfResidual;
    const functional = reduceFunctional(model, marginalCoefficients(model, at));
    if (!functional) return { at, estimate: null, standardError: null, df, low: null, high: null };
    const estimate = estimateFunctional(model, functional);
    const standardError = Math.sqrt(functionalCovariance(model, [functional], weights)[0][0]);
    const margin = critical * standardError;
    return { at, estimate, standardError, df, low: estimate - margin, high: estimate + margin };
  });
}

/** Every combination of the factors' levels, last factor fastest. */
export function levelGrid(model: LinearModel, factorNames: readonly string[]): Levels[] {
  let grid: Levels[] = [{}];
  for (const name of factorNames) {
    const found = model.factors.find((f) => f.name === name);
    if (!found) {
      const names = model.factors.map((f) => f.name).join(', ');
      throw new InputError(`There is no factor "${name}"; there are ${names}.`);
    }
    grid = grid.flatMap((at) => found.levels.map((level) => ({ ...at, [name]: level })));
  }
  return grid;
}

/** The difference of two marginal means, or undefined where it is not determined. */
export function differenceFunctional(model: LinearModel, a: Levels, b: Levels): Functional | undefined {
  const minus = marginalCoefficients(model, b);
  return reduceFunctional(
    model,
    marginalCoefficients(model, a).map((x, j) => x - minus[j]),
  );
}

export function covarianceWeights(
  model: LinearModel,
  kind: CovarianceKind = 'common',
): Float64Array | undefined {
  if (kind === 'common') return undefined;
  const weights = hc3Weights(model);
  if (!weights) {
    throw new InputError(
      'HC3 standard errors do not exist: a cell with one row determines a parameter by itself. ' +
        'Use a common variance or leave out interactions.',
    );
  }
  return weights;
}
