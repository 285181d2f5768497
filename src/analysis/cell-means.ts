import {
  comparisonMargin,
  levelWeights,
  linearComparison,
  marginalMeans,
  type LevelChoice,
  type LinearModel,
} from '../stats/index.ts';
import type { Arranged } from './arranged.ts';
import { placesAt } from './places.ts';
import type { AnalysisPlan } from './plan.ts';
import type { CellMean, CellMeanTable } from './results.ts';

/** Means of every level of every factor and of every combination of two, for plots of effects and interactions. */
export function cellMeans({ design, estimates, absent }: Arranged, plan: AnalysisPlan): CellMeanTable[] {
  return factorSets(plan).map((factors) => ({
    factors: factors.map(({ name }) => name),
    cells: placesAt(factors).map((at): CellMean => {
      const missing = absent.find(({ factor, level }) => at[factor] === level);
      if (missing) return noMean(at, `no run of ${missing.level} has a ${plan.responseName}`);
      const mean = linearComparison(estimates, levelWeights(design, at), plan.confidence);
      if (mean.estimate === null) return noMean(at, mean.reason ?? 'not estimable');
      const { estimate, standardError, df, low, high } = mean;
      const margin = comparisonMargin(design, estimates, at, plan.confidence);
      return { at, estimate, standardError, df, low, high, comparisonMargin: margin };
    }),
  }));
}

/** The same for a table without blocks: estimated marginal means with HC3 errors. */
export function plainCellMeans(model: LinearModel, plan: AnalysisPlan): CellMeanTable[] {
  return factorSets(plan).map((factors) => {
    const names = factors.map(({ name }) => name);
    const means = marginalMeans(model, names, { confidence: plan.confidence, covariance: 'hc3' });
    return {
      factors: names,
      cells: means.map(({ at, estimate, standardError, df, low, high }): CellMean => {
        if (estimate === null) return noMean(at, 'empty cells leave it undetermined');
        return { at, estimate, standardError, df, low, high, comparisonMargin: null };
      }),
    };
  });
}

function factorSets({ factors }: AnalysisPlan) {
  const pairs = factors.flatMap((a, i) => factors.slice(i + 1).map((b) => [a, b]));
  return [...factors.map((factor) => [factor]), ...pairs];
}

function noMean(at: LevelChoice, reason: string): CellMean {
  const none = { estimate: null, standardError: null, df: null, low: null, high: null };
  return { at, ...none, comparisonMargin: null, reason };
}
