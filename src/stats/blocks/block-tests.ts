import { randomStream, type NamePart } from '../../core/index.ts';
import { cellLabel, groupLabel, type BlockDesign } from './block-design.ts';
import { cellEstimates, type CellEstimates } from './cell-estimates.ts';
import {
  apply,
  betweenIsCrossed,
  designTerms,
  termContrasts,
  type DesignTerm,
  type Matrix,
} from './design-terms.ts';
import type { GroupSample } from './flip-statistic.ts';
import { roundingShare } from './linear-comparison.ts';
import { permuteMeans } from './permute-means.ts';
import { signFlipTests } from './sign-flip.ts';

/** The primary test of one term. */
export interface BlockTest {
  readonly term: string;
  readonly method: 'sign flips' | 'block means' | 'not estimable';
  /** The statistic of `flipEvaluator`. */
  readonly value: number | null;
  /** Number of contrasts tested together. */
  readonly dimension: number;
  /** (b + 1) / (resamples + 1); `null` when not estimable. */
  readonly p: number | null;
  /** The smallest p that so many resamples can give. */
  readonly floor: number;
  readonly resamples: number;
  /** Why there is no number. */
  readonly reason?: string;
}

export interface BlockTestOptions {
  /** Names the random streams: the same seed, the same p-values. */
  readonly seed: NamePart;
  /** Sign vectors and permutations, default 10,000. */
  readonly resamples?: number;
  /** Names of the terms wanted; default all. A term's result does not depend on which others are wanted. */
  readonly only?: readonly string[];
}

/**
 * The primary analysis of a study: tests of every main effect and interaction that assume neither equal
 * variances nor normality nor sphericity.
 *
 * - A term with within factors: its contrasts per block, their means and covariances per group of blocks, and
 *   sign flips of whole blocks (`signFlipTests`). The statistic knows the size of each group's scatter but inverts
 *   no covariance of contrasts: with ten blocks such an inverse rejects too often (18% instead of 5% for scores of 0
 *   and 1 at .86).
 * - A term of between factors alone: the same statistic of the block means, with the larger of two p-values:
 *   means shuffled over the groups (`permuteMeans`; exact when the groups differ in nothing else), and signs
 *   flipped (accurate when they differ in spread but are symmetric). Either alone rejects too often where only
 *   the other's assumption holds.
 * - Incomplete blocks: the same tests on least-squares cell means with CR2 deviations (`cellEstimates`).
 *
 * @returns one entry per term of the full factorial, main effects first
 */
export function blockTests(
  design: BlockDesign,
  options: BlockTestOptions,
  estimates: readonly CellEstimates[] = design.groups.map((group) => cellEstimates(group, design.cells)),
): BlockTest[] {
  const resamples = options.resamples ?? 10_000;
  const { only } = options;
  const terms = designTerms(design).filter(({ name }) => !only || only.includes(name));
  const strata = new Map<string, DesignTerm[]>();
  for (const term of terms) {
    const key = term.within.join(',');
    strata.set(key, [...(strata.get(key) ?? []), term]);
  }
  const results = new Map<string, BlockTest>();
  for (const list of strata.values()) {
    for (const test of stratumTests(design, estimates, list, { seed: options.seed, resamples })) {
      results.set(test.term, test);
    }
  }
  return terms.map((term) => results.get(term.name)!);
}

function stratumTests(
  design: BlockDesign,
  estimates: readonly CellEstimates[],
  terms: readonly DesignTerm[],
  { seed, resamples }: { seed: NamePart; resamples: number },
): BlockTest[] {
  const { within } = terms[0];
  const contrasts = termContrasts(design.within, within);
  const reason = whyNotEstimable(design, estimates);
  const base = { floor: 1 / (resamples + 1), resamples };
  const hypotheses = terms.map((term) => termContrasts(design.between, term.between));
  const refuse = (term: DesignTerm, dimension: number, why: string): BlockTest => ({
    ...base,
    term: term.name,
    method: 'not estimable',
    value: null,
    dimension,
    p: null,
    reason: why,
  });
  if (reason) return terms.map((term, i) => refuse(term, hypotheses[i].rows * contrasts.rows, reason));
  const names = within.map((i) => design.within[i].name);
  const samples = estimates.map((estimate) => project(estimate, contrasts.data, contrasts.rows));
  if (within.length === 0) {
    return blockMeanTests(samples, hypotheses, seed, resamples).map((result, i) => {
      const dimension = hypotheses[i].rows;
      if (result.p === null) return refuse(terms[i], dimension, 'the block means of a group are all equal');
      return {
        ...base,
        term: terms[i].name,
        method: 'block means',
        value: result.statistic,
        dimension,
        p: result.p,
      };
    });
  }
  const dimension = contrasts.rows;
  const stream = randomStream(seed, 'sign flips', ...names);
  return signFlipTests(samples, dimension, hypotheses, { stream, flips: resamples }).map((result, i) => {
    if (result.p === null) return refuse(terms[i], result.dimension, 'all blocks show the same differences');
    return {
      ...base,
      term: terms[i].name,
      method: 'sign flips',
      value: result.statistic,
      dimension: result.dimension,
      p: result.p,
    };
  });
}

/** Permutation and sign flips of block means, the larger p of each pair. */
function blockMeanTests(
  samples: readonly GroupSample[],
  hypotheses: readonly Matrix[],
  seed: NamePart,
  resamples: number,
): { readonly statistic: number | null; readonly p: number | null }[] {
  const values = samples.map(({ mean, residuals }) => residuals.map((x) => x + mean[0]));
  const permuted = permuteMeans(values, hypotheses, {
    stream: randomStream(seed, 'permutation of block means'),
    permutations: resamples,
  });
  const stream = randomStream(seed, 'sign flips of block means');
  const flipped = signFlipTests(samples, 1, hypotheses, { stream, flips: resamples });
  return permuted.map(({ statistic, p }, i) => {
    const other = flipped[i].p;
    return { statistic, p: p === null || other === null ? null : Math.max(p, other) };
  });
}

/** Why the terms of a design cannot be estimated; undefined when they can. */
export function whyNotEstimable(
  design: BlockDesign,
  estimates: readonly CellEstimates[],
): string | undefined {
  if (!betweenIsCrossed(design)) return 'the between-block factors are not fully crossed';
  for (const [g, { means, blocks }] of estimates.entries()) {
    if (blocks < 2) return `${groupLabel(design, g)}: fewer than two usable blocks`;
    const empty = means.findIndex((x) => Number.isNaN(x));
    if (empty >= 0) return `${groupLabel(design, g)}: no usable run of ${cellLabel(design, empty)}`;
  }
  return undefined;
}

/** The contrasts' means and the blocks' deviations from them. */
function project(estimate: CellEstimates, contrasts: Float64Array, rows: number): GroupSample {
  const cells = estimate.means.length;
  const matrix = { rows, columns: cells, data: contrasts };
  const residuals = new Float64Array(estimate.blocks * rows);
  const scale = estimate.means.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  for (let b = 0; b < estimate.blocks; b++) {
    residuals.set(apply(matrix, estimate.residuals.subarray(b * cells, (b + 1) * cells)), b * rows);
  }
  // Blocks with equal differences leave rounding behind, which is no spread.
  const rounding = roundingShare * scale * Math.sqrt(cells);
  for (let i = 0; i < residuals.length; i++) if (Math.abs(residuals[i]) < rounding) residuals[i] = 0;
  return { mean: apply(matrix, estimate.means), residuals, blocks: estimate.blocks };
}
