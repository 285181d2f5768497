import { tQuantile } from '../distributions/index.ts';
import type { BlockDesign } from './block-design.ts';
import type { CellEstimates } from './cell-estimates.ts';
import { differenceWeights, levelWeights, linearComparison, type LevelChoice } from './linear-comparison.ts';

/**
 * Half the length of an interval for comparing a mean with the other means of the same blocks: the blocks' own
 * levels, which all of them share, are taken out (Cousineau 2005; Morey 2008, with his correction
 * sqrt(C / (C - 1)) for C means). An ordinary interval of a mean also covers how hard the blocks happened to be,
 * which says nothing about differences inside them. For figures; a claim takes the contrast's own interval.
 *
 * @param at the mean's levels; only those of within-block factors count towards C
 * @returns `null` when no within factor is named, or the mean is not estimable
 */
export function comparisonMargin(
  design: BlockDesign,
  estimates: readonly CellEstimates[],
  at: LevelChoice,
  confidence = 0.95,
): number | null {
  const within = design.within.filter(({ name }) => at[name] !== undefined);
  const means = within.reduce((product, { levels }) => product * levels.length, 1);
  if (means < 2) return null;
  const between = Object.fromEntries(
    design.between.flatMap(({ name }) => (at[name] === undefined ? [] : [[name, at[name]] as const])),
  );
  const centre = levelWeights(design, between);
  if (estimates.some(({ means: own }, g) => centre[g].some((w, c) => w !== 0 && Number.isNaN(own[c])))) {
    return null;
  }
  const weights = differenceWeights(levelWeights(design, at), centre);
  const { standardError, df } = linearComparison(estimates, weights, confidence);
  if (standardError === null || df === null) return null;
  return tQuantile((1 + confidence) / 2, df) * standardError * Math.sqrt(means / (means - 1));
}
