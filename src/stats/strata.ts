import { InputError } from '../core/index.ts';
import type { BlockDesign } from './block-design.ts';
import { apply, betweenIsCrossed, designTerms, termContrasts, type Matrix } from './design-terms.ts';
import { inverseQuadraticForm } from './symmetric.ts';

/** One line of the classical repeated-measures table, before p-values. */
export interface StratumTerm {
  readonly term: string;
  /** The error stratum: `block`, or `block:` and the within factors of the term. */
  readonly stratum: string;
  readonly sumOfSquares: number;
  readonly df: number;
  readonly errorSumOfSquares: number;
  readonly errorDf: number;
  /** `null` when the stratum has no error left. */
  readonly f: number | null;
  /** SS / (SS + SS of the stratum's error). */
  readonly partialEtaSquared: number;
  /** SS / (SS + all strata's error SS) (Olejnik & Algina 2003, all factors manipulated). */
  readonly generalizedEtaSquared: number;
}

export interface StrataTable {
  readonly terms: readonly StratumTerm[];
  /** Sum of the error sums of squares of all strata. */
  readonly totalErrorSumOfSquares: number;
}

/**
 * The classical analysis of variance of a block design with its error strata: each term that involves within
 * factors W is tested against the variation of block x W, each between term against that of blocks.
 *
 * Equals R's `aov(y ~ between * within + Error(block / within))` for equal numbers of blocks per group; with
 * unequal numbers it weighs groups equally (Type III). The F tests assume equal variances and sphericity, which
 * studies rarely have: they stand beside the primary tests of `block-tests.ts`, not in their place.
 *
 * @throws InputError when a block lacks a cell, or when the between factors are not fully crossed
 */
export function strataTable(design: BlockDesign): StrataTable {
  if (!design.complete) {
    throw new InputError('The classical strata need complete blocks: some block lacks a run of some cell.');
  }
  if (!betweenIsCrossed(design)) {
    const names = design.between.map((factor) => factor.name).join(', ');
    throw new InputError(`The between-block factors (${names}) are not fully crossed.`);
  }
  const strata = new Map<string, Stratum>();
  const stratumOf = (within: readonly number[]): Stratum => {
    const key = within.join(',');
    const known = strata.get(key) ?? computeStratum(design, within);
    strata.set(key, known);
    return known;
  };
  const rows = designTerms(design).map((term) => ({ term, stratum: stratumOf(term.within) }));
  // Strata without a term of their own would be missing from the total: all subsets have a main term, except
  // the blocks themselves when no factor varies between them.
  let totalErrorSumOfSquares = design.between.length === 0 ? stratumOf([]).errorSumOfSquares : 0;
  for (const [key, stratum] of strata) {
    if (design.between.length > 0 || key !== '') totalErrorSumOfSquares += stratum.errorSumOfSquares;
  }
  const terms = rows.map(({ term, stratum }): StratumTerm => {
    const hypothesis = termContrasts(design.between, term.between);
    const sumOfSquares = hypothesisSumOfSquares(hypothesis, stratum);
    const df = hypothesis.rows * stratum.dimension;
    const { errorSumOfSquares, errorDf } = stratum;
    return {
      term: term.name,
      stratum: ['block', ...term.within.map((i) => design.within[i].name)].join(':'),
      sumOfSquares,
      df,
      errorSumOfSquares,
      errorDf,
      f: errorDf > 0 && errorSumOfSquares > 0 ? sumOfSquares / df / (errorSumOfSquares / errorDf) : null,
      partialEtaSquared: share(sumOfSquares, errorSumOfSquares),
      generalizedEtaSquared: share(sumOfSquares, totalErrorSumOfSquares),
    };
  });
  return { terms, totalErrorSumOfSquares };
}

function share(effect: number, error: number): number {
  return effect + error > 0 ? effect / (effect + error) : 0;
}

interface Stratum {
  readonly dimension: number;
  /** Mean projection per group, [groups][dimension]. */
  readonly means: readonly Float64Array[];
  readonly blocksPerGroup: readonly number[];
  readonly errorSumOfSquares: number;
  readonly errorDf: number;
}

function computeStratum(design: BlockDesign, within: readonly number[]): Stratum {
  const contrasts = termContrasts(design.within, within);
  const dimension = contrasts.rows;
  let errorSumOfSquares = 0;
  const means = design.groups.map((group) => {
    const projections = group.blocks.map((block) => apply(contrasts, block.cells));
    const centre = new Float64Array(dimension);
    for (const row of projections)
      for (let k = 0; k < dimension; k++) centre[k] += row[k] / projections.length;
    for (const row of projections)
      for (let k = 0; k < dimension; k++) errorSumOfSquares += (row[k] - centre[k]) ** 2;
    return centre;
  });
  const errorDf = dimension * (design.blockCount - design.groups.length);
  return {
    dimension,
    means,
    blocksPerGroup: design.groups.map((g) => g.blocks.length),
    errorSumOfSquares,
    errorDf,
  };
}

/** sum over the stratum's contrasts k of (H m_k)' (H diag(1/n) H')^{-1} (H m_k), m_k the groups' means. */
function hypothesisSumOfSquares(hypothesis: Matrix, stratum: Stratum): number {
  const { rows, columns, data } = hypothesis;
  let total = 0;
  for (let k = 0; k < stratum.dimension; k++) {
    const difference = apply(
      hypothesis,
      stratum.means.map((m) => m[k]),
    );
    const weight = new Float64Array(rows * rows);
    for (let i = 0; i < rows; i++)
      for (let j = 0; j <= i; j++)
        for (let g = 0; g < columns; g++)
          weight[i * rows + j] += (data[i * columns + g] * data[j * columns + g]) / stratum.blocksPerGroup[g];
    total += inverseQuadraticForm(weight, difference, rows);
  }
  return total;
}
