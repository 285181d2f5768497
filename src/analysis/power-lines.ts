import { minimumDetectableContrast, requiredBlocks } from '../stats/index.ts';
import type { Arranged } from './arranged.ts';
import type { AnalysisPlan } from './plan.ts';
import type { ContrastFamilyResult, PowerLine } from './results.ts';

/** Effects for which the needed number of seeds is given, in units of a score between 0 and 1. */
const scoreEffects = [0.02, 0.05, 0.1, 0.2];
/** And as multiples of a typical detectable contrast, where the response has no such scale. */
const relativeEffects = [0.25, 0.5, 1, 2];

/**
 * What the study can find, from the spread it shows: the smallest contrast with 80% power at its own number of
 * comparisons, and how many blocks per group a study would need for contrasts of given sizes. The observed
 * contrasts themselves play no part: power at the observed effect only restates its p-value.
 */
export function powerLines(
  { design }: Arranged,
  plan: AnalysisPlan,
  families: readonly ContrastFamilyResult[],
): PowerLine[] {
  const groups = design.groups.length;
  const blocksPerGroup = Math.min(...design.groups.map(({ blocks }) => blocks.length));
  const lines = families.flatMap(({ contrasts, baseline }) => {
    const pooled = contrasts.every(({ at }) => Object.keys(at).length === 0);
    if (!pooled || baseline === null) return [];
    const comparisons = contrasts.filter(({ p }) => p !== null).length;
    return contrasts.flatMap(({ level, at, standardError }) => {
      if (standardError === null) return [];
      const deviation = standardError * Math.sqrt(groups * blocksPerGroup);
      const shape = { groups, deviation, alpha: 1 - plan.confidence, comparisons };
      const detectable = minimumDetectableContrast({ ...shape, blocksPerGroup });
      return [{ level, baseline, at, deviation, detectable, shape }];
    });
  });
  if (lines.length === 0) return [];
  const middle = lines.map(({ detectable }) => detectable).sort((a, b) => a - b)[lines.length >> 1];
  const effects =
    plan.ceiling === undefined
      ? relativeEffects.map((share) => Number((share * middle).toPrecision(2)))
      : scoreEffects;
  return lines.map(({ shape, ...line }): PowerLine => {
    const required = effects.map((effect) => ({ effect, blocks: requiredBlocks(effect, shape) }));
    return { ...line, required };
  });
}
