import type { RandomStream } from '../../core/index.ts';
import { InputError } from '../../core/index.ts';
import type { Matrix } from './design-terms.ts';
import { flipEvaluator, type GroupSample } from './flip-statistic.ts';

export interface FlipResult {
  /** `null` when too few groups have any spread to compare with: not estimable. */
  readonly statistic: number | null;
  /** (b + 1) / (flips + 1), so never 0. */
  readonly p: number | null;
  /** Flips whose statistic reached the observed one. */
  readonly exceeding: number;
  readonly flips: number;
  /** Length of the tested vector. */
  readonly dimension: number;
}

/**
 * Tests that contrasts among groups of contrast vectors are zero, without assuming equal variances, equal
 * correlations or normality.
 *
 * For groups g with mean vectors m_g and contrasts H among groups the statistic is that of `flipEvaluator`: H m
 * against the size of each group's own scatter. Its null distribution comes from Rademacher signs: each group gets a centre that satisfies the hypothesis (`keptMeans`),
 * every block's deviation from it is multiplied by +1 or -1 with all its contrasts together, and means and
 * covariances are computed again: the wild cluster bootstrap with the null imposed (Wu 1986; Liu 1988; Cameron,
 * Gelbach & Miller 2008, Review of Economics and Statistics 90). With a single group it is the exact sign-change
 * test of symmetry. Signs are shared by all hypotheses of the call.
 *
 * @param groups at least two blocks each
 * @param hypotheses contrasts among groups, orthonormal rows, [h, groups]; for one group the 1 x 1 identity
 * @param options.flips number of sign vectors, default 10,000; the smallest p is 1 / (flips + 1)
 * @throws InputError when a group has fewer than two blocks
 */
export function signFlipTests(
  groups: readonly GroupSample[],
  dimension: number,
  hypotheses: readonly Matrix[],
  options: { readonly stream: RandomStream; readonly flips?: number },
): FlipResult[] {
  const flips = options.flips ?? 10_000;
  if (!Number.isInteger(flips) || flips < 99) {
    throw new InputError(`flips is ${flips}; give a whole number of at least 99.`);
  }
  for (const [g, group] of groups.entries()) {
    if (group.blocks < 2) {
      throw new InputError(
        `signFlipTests: group ${g + 1} has ${group.blocks} block(s); its spread needs at least 2.`,
      );
    }
  }
  const evaluators = hypotheses.map((between) => flipEvaluator(groups, dimension, between));
  const observed = evaluators.map((evaluator) => evaluator.observed());
  // Rounding must not turn a tie into a smaller value.
  const thresholds = observed.map((value) => value * (1 - 1e-12));
  const exceeding = new Array<number>(hypotheses.length).fill(0);
  const deviations = new Float64Array(groups.length * dimension);
  const signs = new Float64Array(groups.length);
  for (let r = 0; r < flips; r++) {
    drawSigns(groups, dimension, options.stream, deviations, signs);
    for (let h = 0; h < evaluators.length; h++) {
      // A flip without scatter has no finite statistic and counts against the effect.
      if (!(evaluators[h].flipped(deviations, signs) < thresholds[h])) exceeding[h]++;
    }
  }
  return hypotheses.map((hypothesis, h) => {
    const estimable = !Number.isNaN(observed[h]);
    return {
      statistic: estimable ? observed[h] : null,
      p: estimable ? (exceeding[h] + 1) / (flips + 1) : null,
      exceeding: exceeding[h],
      flips,
      dimension: hypothesis.rows * dimension,
    };
  });
}

/** Fresh signs: the groups' mean of sign x deviation, and mean sign. */
function drawSigns(
  groups: readonly GroupSample[],
  dimension: number,
  stream: RandomStream,
  deviations: Float64Array,
  signs: Float64Array,
): void {
  deviations.fill(0);
  let bits = 0;
  let left = 0;
  for (let g = 0; g < groups.length; g++) {
    const { residuals, blocks } = groups[g];
    const start = g * dimension;
    let sum = 0;
    for (let b = 0; b < blocks; b++) {
      if (left === 0) {
        bits = stream.next() * 4294967296;
        left = 32;
      }
      const sign = ((bits & 1) << 1) - 1;
      sum += sign;
      const row = b * dimension;
      for (let k = 0; k < dimension; k++) deviations[start + k] += sign * residuals[row + k];
      bits >>>= 1;
      left--;
    }
    for (let k = 0; k < dimension; k++) deviations[start + k] /= blocks;
    signs[g] = sum / blocks;
  }
}
