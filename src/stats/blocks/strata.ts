import { InputError } from '../../core/index.ts';
import { cellLabel, groupLabel, type BlockDesign } from './block-design.ts';
import { cellEstimates, type CellEstimates } from './cell-estimates.ts';
import { apply, betweenIsCrossed, designTerms, termContrasts, type Matrix } from './design-terms.ts';
import { fUpperTail } from '../distributions/index.ts';
import { roundingShare } from './linear-comparison.ts';
import { inverseQuadraticForm } from '../symmetric.ts';

/** One line of the classical repeated-measures table. */
export interface StratumTerm {
  readonly term: string;
  /** The error stratum: `block`, or `block:` and the within factors of the term. */
  readonly stratum: string;
  readonly sumOfSquares: number;
  readonly df: number;
  readonly errorSumOfSquares: number;
  readonly errorDf: number;
  /** `null` when the stratum has no error left beyond rounding, or when blocks are incomplete. */
  readonly f: number | null;
  readonly p: number | null;
  /** Natural logarithm of p. */
  readonly logP: number | null;
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
 * With incomplete blocks the sums of squares are those that the estimated cell means and their cluster-robust
 * covariances stand for, which gives effect sizes but no F.
 *
 * @throws InputError when the between factors are not fully crossed, when a group has one block, or when a cell
 *   has no run in a whole group
 */
export function strataTable(
  design: BlockDesign,
  estimates: readonly CellEstimates[] = design.groups.map((group) => cellEstimates(group, design.cells)),
): StrataTable {
  requireEstimable(design, estimates);
  const strata = new Map<string, Stratum>();
  const stratumOf = (within: readonly number[]): Stratum => {
    const key = within.join(',');
    const known = strata.get(key) ?? computeStratum(design, estimates, within);
    strata.set(key, known);
    return known;
  };
  const rows = designTerms(design).map((term) => ({ term, stratum: stratumOf(term.within) }));
  // Every stratum has a term of its own, except the blocks themselves when no factor varies between them.
  stratumOf([]);
  let totalErrorSumOfSquares = 0;
  for (const stratum of strata.values()) totalErrorSumOfSquares += stratum.errorSumOfSquares;
  const terms = rows.map(({ term, stratum }): StratumTerm => {
    const hypothesis = termContrasts(design.between, term.between);
    const sumOfSquares = hypothesisSumOfSquares(hypothesis, stratum);
    const df = hypothesis.rows * stratum.dimension;
    const { errorSumOfSquares, errorDf } = stratum;
    const testable = design.complete && errorDf > 0 && errorSumOfSquares > 0;
    const f = testable ? sumOfSquares / df / (errorSumOfSquares / errorDf) : null;
    const tail = f === null ? null : fUpperTail(f, df, errorDf);
    return {
      term: term.name,
      stratum: ['block', ...term.within.map((i) => design.within[i].name)].join(':'),
      sumOfSquares,
      df,
      errorSumOfSquares,
      errorDf,
      f,
      p: tail?.p ?? null,
      logP: tail?.logP ?? null,
      partialEtaSquared: share(sumOfSquares, errorSumOfSquares),
      generalizedEtaSquared: share(sumOfSquares, totalErrorSumOfSquares),
    };
  });
  return { terms, totalErrorSumOfSquares };
}

function requireEstimable(design: BlockDesign, estimates: readonly CellEstimates[]): void {
  if (!betweenIsCrossed(design)) {
    const names = design.between.map((factor) => factor.name).join(', ');
    throw new InputError(`The between-block factors (${names}) are not fully crossed.`);
  }
  estimates.forEach(({ means, blocks }, g) => {
    const where = groupLabel(design, g);
    if (blocks < 2)
      throw new InputError(`${where}: ${blocks} usable block(s), but a spread needs at least 2.`);
    const empty = means.findIndex((x) => Number.isNaN(x));
    if (empty >= 0) throw new InputError(`${where}: no usable run of ${cellLabel(design, empty)}.`);
  });
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

function computeStratum(
  design: BlockDesign,
  estimates: readonly CellEstimates[],
  within: readonly number[],
): Stratum {
  const contrasts = termContrasts(design.within, within);
  let errorSumOfSquares = 0;
  let scale = 0;
  for (const { means, residuals, blocks } of estimates) {
    for (const mean of means) scale = Math.max(scale, Math.abs(mean));
    for (let b = 0; b < blocks; b++) {
      for (const x of apply(contrasts, residuals.subarray(b * design.cells, (b + 1) * design.cells))) {
        errorSumOfSquares += x * x;
      }
    }
  }
  const blocksPerGroup = estimates.map(({ blocks }) => blocks);
  const errorBlocks = blocksPerGroup.reduce((sum, n) => sum + n - 1, 0);
  const errorDf = contrasts.rows * errorBlocks;
  // Blocks with equal differences leave rounding behind, which is no error to compare with.
  if (errorSumOfSquares <= errorDf * (roundingShare * scale) ** 2) errorSumOfSquares = 0;
  return {
    dimension: contrasts.rows,
    means: estimates.map(({ means }) => apply(contrasts, means)),
    blocksPerGroup,
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
