import {
  comparisonCorrelations,
  differenceWeights,
  levelWeights,
  linearComparison,
  type BlockDesign,
  type CellEstimates,
  type CellWeights,
  type PlaceEvidence,
  type TaskMeans,
} from '../../src/stats/index.ts';
import { strategies } from './settings.ts';

/** Means of all strategies at every task with their error, as partial pooling and precision weights take them. */
export function taskMeansOf(estimates: readonly CellEstimates[]): TaskMeans[] {
  return estimates.map(({ means, residuals, blocks }): TaskMeans => {
    const levels = means.length;
    const df = (blocks - 1) * (levels - 1);
    let squares = 0;
    for (let b = 0; b < blocks; b++) {
      let level = 0;
      for (let i = 0; i < levels; i++) level += residuals[b * levels + i] / levels;
      for (let i = 0; i < levels; i++) squares += (residuals[b * levels + i] - level) ** 2;
    }
    return { means, variance: squares / df / blocks, df };
  });
}

/** The weights of each strategy's average difference from the baseline over tasks. */
export function averageWeights(design: BlockDesign): CellWeights[] {
  const of = (strategy: number) => levelWeights(design, { strategy: `s${strategy}` });
  return Array.from({ length: strategies - 1 }, (_, i) => differenceWeights(of(i + 1), of(0)));
}

/** The exploratory family of a study with one model: averages with equal and with precision weights. */
export function averagePlaces(
  estimates: readonly CellEstimates[],
  equal: readonly CellWeights[],
): PlaceEvidence[] {
  const variances = taskMeansOf(estimates).map(({ variance }) => variance);
  const total = variances.reduce((sum, v) => sum + 1 / v, 0);
  const shares = variances.map((v) => variances.length / v / total);
  const weighings = variances.every((v) => v > 0)
    ? [equal, equal.map((own) => own.map((cells, g) => cells.map((w) => w * shares[g])))]
    : [equal];
  return weighings.map((weights): PlaceEvidence => {
    const compared = weights.map((own) => linearComparison(estimates, own));
    const tested = weights.filter((_, i) => compared[i].standardError !== null);
    const correlations = comparisonCorrelations(estimates, tested);
    const pairs = correlations.flatMap((row, i) => row.slice(0, i));
    const mean = pairs.reduce((sum, r) => sum + r, 0) / Math.max(1, pairs.length);
    const { blocks } = estimates[0];
    return {
      comparisons: compared.map(({ estimate, standardError, df }) => ({
        estimate: estimate ?? 0,
        standardError: standardError ?? 0,
        df: df ?? blocks - 1,
        blocks,
      })),
      correlation: Math.min(1, Math.max(0, mean)),
      margin: 0.1,
      range: 1,
    };
  });
}
