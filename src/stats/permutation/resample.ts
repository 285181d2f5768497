import { randomStream } from '../../core/random.ts';
import type { PermutationPlan } from './plan.ts';
import { blockGenerator } from './generator.ts';
import { balancedEvaluator, projectedEvaluator } from './plain-statistic.ts';
import { robustEvaluator } from './robust-statistic.ts';
import { signFlipper } from './wild-signs.ts';
import {
  batchSize,
  createWorkSpace,
  shuffleResample,
  sumResample,
  type Evaluate,
  type WorkSpace,
} from './work-space.ts';

/** Resamples that share one seed; a block is the same whichever thread runs it. */
export const blockSize = 250;

/** How many resamples reached the observed statistic. */
export interface ResampleCounts {
  /** Per term, its own statistic. */
  readonly exceeding: Float64Array;
  /** Per term, the largest statistic of all terms on a common scale (max-T). */
  readonly exceedingMax: Float64Array;
}

/** A resample counts as at least as extreme when it comes this close; equal tables differ in the last bits. */
const ties = 1 - 1e-12;

/** The statistic of every tested term for given labellings of the shuffled rows; the slow door, for checks. */
export function statisticsOf(plan: PermutationPlan, labellings: readonly Uint16Array[]): Float64Array[] {
  const { space, evaluate } = prepareEvaluation(plan);
  const out = new Float64Array(batchSize * plan.terms.length);
  return labellings.map((labels) => {
    space.labels.values.set(labels);
    sumResample(space, 0, 0);
    evaluate(out);
    return out.slice(0, plan.terms.length);
  });
}

function prepareEvaluation(plan: PermutationPlan): {
  readonly space: WorkSpace;
  readonly evaluate: Evaluate;
} {
  const space = createWorkSpace(plan);
  if (plan.statistic === 'hc3') return { space, evaluate: robustEvaluator(space) };
  return { space, evaluate: plan.balanced ? balancedEvaluator(space) : projectedEvaluator(space) };
}

/**
 * Runs blocks of resamples and counts.
 *
 * @param blocks indices of the blocks to run
 * @param resamples of all blocks together; the last block may be shorter
 */
export function runBlocks(
  plan: PermutationPlan,
  observed: Float64Array,
  blocks: readonly number[],
  resamples: number,
): ResampleCounts {
  const terms = plan.terms.length;
  const { space, evaluate } = prepareEvaluation(plan);
  const flip = plan.signs && signFlipper(space, plan.signs);
  const out = new Float64Array(batchSize * terms);
  const thresholds = observed.map((F) => F * ties);
  const scaled = thresholds.map((F, t) => normalScore(F, plan.terms[t].df, plan.dfResidual));
  const exceeding = new Float64Array(terms);
  const exceedingMax = new Float64Array(terms);
  for (const block of blocks) {
    space.labels.values.set(plan.labels);
    space.state.values.set(blockGenerator(plan.seed, block));
    const stream = randomStream('signs', plan.seed, block);
    const count = Math.min(blockSize, resamples - block * blockSize);
    for (let first = 0; first < count; first += batchSize) {
      const inBatch = Math.min(batchSize, count - first);
      for (let b = 0; b < inBatch; b++) {
        if (flip) flip(stream, b);
        else shuffleResample(space, b);
      }
      evaluate(out);
      for (let b = 0; b < inBatch; b++) {
        let largest = -Infinity;
        for (let t = 0; t < terms; t++) {
          const F = out[b * terms + t];
          // A statistic that cannot be computed counts as extreme, which never makes p too small.
          if (!(F < thresholds[t])) exceeding[t]++;
          const score = normalScore(F, plan.terms[t].df, plan.dfResidual);
          if (!(score <= largest)) largest = score;
        }
        for (let t = 0; t < terms; t++) if (!(largest < scaled[t])) exceedingMax[t]++;
      }
    }
  }
  return { exceeding, exceedingMax };
}

/**
 * F on a roughly standard normal scale (Paulson 1942), so that terms with different degrees of freedom can be
 * compared. Any fixed rising transformation keeps max-T valid; this one shares the error rate out evenly.
 */
function normalScore(F: number, df1: number, df2: number): number {
  const a = 2 / (9 * df1);
  const b = 2 / (9 * df2);
  const root = Math.cbrt(F);
  return ((1 - b) * root - (1 - a)) / Math.sqrt(b * root * root + a);
}
