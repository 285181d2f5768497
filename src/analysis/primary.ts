import {
  adjustP,
  blockTests,
  effectSizes,
  gainDesign,
  strataTable,
  whyNotEstimable,
  type BlockDesign,
  type CellEstimates,
  type StratumTerm,
} from '../stats/index.ts';
import { cellEstimates } from '../stats/index.ts';
import type { Arranged } from './arranged.ts';
import type { AnalysisPlan } from './plan.ts';
import type { ClassicalTerm, EffectSize, TermResult } from './results.ts';

/** The primary tests of all terms, with the sizes of the effects. */
export function primaryTerms(arranged: Arranged, plan: AnalysisPlan): TermResult[] {
  return termResults(arranged.design, arranged.estimates, plan, String(plan.seed));
}

/**
 * What the gain over a baseline depends on: the primary tests of the gains' own design. Only terms that involve
 * another factor than the compared one; whether there is a gain at all is the contrasts' question.
 */
export function moderationTerms(arranged: Arranged, plan: AnalysisPlan, baseline: string): TermResult[] {
  const { comparedFactor } = plan;
  const { design } = arranged;
  const compared = design.within.find(({ name }) => name === comparedFactor);
  if (!comparedFactor || !compared?.levels.includes(baseline)) return [];
  if (compared.levels.length === 2 && design.within.length === 1) return [];
  const gains = gainDesign(design, comparedFactor, baseline);
  const estimates = gains.groups.map((group) => cellEstimates(group, gains.cells));
  const terms = termResults(gains, estimates, plan, `${plan.seed}, gain over ${baseline}`);
  return terms.filter(({ term }) => term !== comparedFactor);
}

function termResults(
  design: BlockDesign,
  estimates: readonly CellEstimates[],
  plan: AnalysisPlan,
  seed: string,
): TermResult[] {
  const tests = blockTests(design, { seed, resamples: plan.resamples }, estimates);
  const adjusted = adjustP(
    tests.map(({ p }) => p),
    'holm',
  );
  const strata = whyNotEstimable(design, estimates) ? [] : strataTable(design, estimates).terms;
  return tests.map((test, i) => ({
    term: test.term,
    method: test.method,
    value: test.value,
    dimension: test.dimension,
    p: test.p,
    adjustedP: adjusted[i],
    floor: test.floor,
    ...sizes(strata.find(({ term }) => term === test.term)),
    ...(test.reason !== undefined && { reason: test.reason }),
  }));
}

function sizes(row: StratumTerm | undefined): EffectSize {
  const none = { partialEtaSquaredLow: null, partialEtaSquaredHigh: null, partialOmegaSquared: null };
  if (!row) return { generalizedEtaSquared: null, partialEtaSquared: null, ...none };
  const { generalizedEtaSquared, partialEtaSquared, f, df, errorDf } = row;
  if (f === null) return { generalizedEtaSquared, partialEtaSquared, ...none };
  const classical = effectSizes(f, df, errorDf, df + errorDf + 1);
  return {
    generalizedEtaSquared,
    partialEtaSquared,
    partialEtaSquaredLow: classical.partialEtaSquaredInterval.low,
    partialEtaSquaredHigh: classical.partialEtaSquaredInterval.high,
    partialOmegaSquared: classical.partialOmegaSquared,
  };
}

/** The classical table with its error strata, or `null` when blocks are incomplete or cells missing. */
export function classicalStrata({ design, estimates }: Arranged): ClassicalTerm[] | null {
  if (!design.complete || whyNotEstimable(design, estimates)) return null;
  return strataTable(design, estimates).terms.map(({ logP: _logP, ...row }) => row);
}
