import { apply, type Matrix } from './design-terms.ts';
import { choleskyInPlace, symmetricPower } from '../symmetric.ts';

/** Contrast vectors of the blocks of one group, as an estimate and what each block deviates from it. */
export interface GroupSample {
  /** Mean contrast vector, [dimension]. */
  readonly mean: Float64Array;
  /** Deviations from the mean, one row per block, [blocks, dimension] row-major; they sum to zero. */
  readonly residuals: Float64Array;
  readonly blocks: number;
}

/** A statistic of a set of samples, as it is and under flipped signs. */
export interface FlipEvaluator {
  /** Of the data; NaN when too few groups have any spread. */
  readonly observed: () => number;
  /**
   * Of the flipped data.
   * @param deviations mean of sign x deviation per group, [groups, dimension]
   * @param signs mean sign per group
   */
  readonly flipped: (deviations: Float64Array, signs: Float64Array) => number;
}

/**
 * The part of each group's mean that stays in the deviations that are flipped: the group's mean minus a centre
 * that satisfies the hypothesis.
 *
 * The nearest such centre is m - W H' (H W H')^-1 H m, each group moved in proportion to the size
 * w_g = tr(S_g) / n_g of its own error. It holds effects the hypothesis leaves open, for example differences
 * between groups when their average is tested; where the data show none of these, subtracting their noise ties
 * the deviations of a group together and makes the test too cautious with long-tailed scores. So the centre is
 * shrunk towards zero by the positive-part rule of James & Stein (1961): factor 1 - 1/F, at least 0, with F the
 * squared size of those effects over its expectation without any.
 *
 * @returns [groups, dimension]
 */
export function keptMeans(groups: readonly GroupSample[], dimension: number, between: Matrix): Float64Array {
  const { rows: h, columns: count, data: H } = between;
  const sizes = groups.map(({ residuals, blocks }) => {
    let sum = 0;
    for (const x of residuals) sum += x * x;
    return sum / (blocks * (blocks - 1));
  });
  // A group without any spread takes (almost) no share.
  const floor = 1e-9 * Math.max(...sizes, Number.MIN_VALUE);
  const weights = sizes.map((size) => Math.max(size, floor));
  const gram = new Float64Array(h * h);
  for (let i = 0; i < h; i++)
    for (let j = 0; j < h; j++)
      for (let g = 0; g < count; g++) gram[i * h + j] += H[i * count + g] * weights[g] * H[j * count + g];
  const inverse = { rows: h, columns: h, data: symmetricPower(gram, h, -1, 1e-14).matrix };
  const shrinkage = openEffectsShrinkage(groups, dimension, between, weights);
  const kept = new Float64Array(count * dimension);
  for (let k = 0; k < dimension; k++) {
    const violation = apply(
      between,
      groups.map((group) => group.mean[k]),
    );
    const multipliers = apply(inverse, violation);
    for (let g = 0; g < count; g++) {
      let off = 0;
      for (let i = 0; i < h; i++) off += weights[g] * H[i * count + g] * multipliers[i];
      kept[g * dimension + k] = shrinkage * off + (1 - shrinkage) * groups[g].mean[k];
    }
  }
  return kept;
}

/** max(0, 1 - 1/F) for the effects that the hypothesis leaves open, those orthogonal to its contrasts. */
function openEffectsShrinkage(
  groups: readonly GroupSample[],
  dimension: number,
  { rows: h, columns: count, data: H }: Matrix,
  weights: readonly number[],
): number {
  let size = 0;
  let expected = 0;
  for (let g = 0; g < count; g++)
    for (let other = 0; other < count; other++) {
      let projection = g === other ? 1 : 0;
      for (let i = 0; i < h; i++) projection -= H[i * count + g] * H[i * count + other];
      let dot = 0;
      for (let k = 0; k < dimension; k++) dot += groups[g].mean[k] * groups[other].mean[k];
      size += projection * dot;
      if (g === other) expected += projection * weights[g];
    }
  return size > expected ? 1 - expected / size : 0;
}

/**
 * Prepares the statistic
 *
 *   Q = sum over contrasts k of (H m_k)' (H D H')^-1 (H m_k),  D = diag(tr(S_g) / (d n_g)),
 *
 * with m_k the groups' means of contrast k, S_g the covariance of the d contrasts within group g and n_g its blocks:
 * the Wald statistic under the working covariance in which the contrasts of a group are independent and equally
 * noisy (Liang & Zeger 1986, Biometrika 73; with one group the ANOVA-type statistic of Brunner, Dette & Munk 1997).
 * Flipped signs, not the working covariance, say how large it may be by chance.
 *
 * With e a block's deviation from the centre that satisfies the hypothesis, a sign changes no product e e', so after
 * a flip the squares about the flipped mean m are sum |e|^2 - n |m|^2 with the sum fixed: only the means move from
 * flip to flip.
 */
export function flipEvaluator(
  groups: readonly GroupSample[],
  dimension: number,
  between: Matrix,
): FlipEvaluator {
  const { rows: h, columns: count, data: H } = between;
  const offsets = keptMeans(groups, dimension, between);
  const observedMeans = new Float64Array(count * dimension);
  groups.forEach((group, g) => observedMeans.set(group.mean, g * dimension));
  const squares = groups.map(({ residuals }) => residuals.reduce((sum, x) => sum + x * x, 0));
  const shifted = groups.map(({ residuals }, g) =>
    residuals.reduce((sum, x, i) => sum + (x + offsets[g * dimension + (i % dimension)]) ** 2, 0),
  );
  const share = groups.map(({ blocks }) => 1 / (blocks * (blocks - 1) * dimension));
  const means = new Float64Array(count * dimension);
  const matrix = new Float64Array(h * h);
  const column = new Float64Array(h);

  /** Q of these means, with the sums of squares about the means of each group. */
  const statistic = (from: Float64Array, squaresOf: (g: number) => number): number => {
    matrix.fill(0);
    for (let g = 0; g < count; g++) {
      const size = squaresOf(g) * share[g];
      for (let i = 0; i < h; i++)
        for (let j = 0; j <= i; j++) matrix[i * h + j] += H[i * count + g] * H[j * count + g] * size;
    }
    if (!choleskyInPlace(matrix, h)) return NaN;
    let total = 0;
    for (let k = 0; k < dimension; k++) {
      for (let i = 0; i < h; i++) {
        let sum = 0;
        for (let g = 0; g < count; g++) sum += H[i * count + g] * from[g * dimension + k];
        for (let l = 0; l < i; l++) sum -= matrix[i * h + l] * column[l];
        column[i] = sum / matrix[i * h + i];
        total += column[i] ** 2;
      }
    }
    return total;
  };
  const flippedSquares = (g: number): number => {
    let square = 0;
    for (let k = 0; k < dimension; k++) square += means[g * dimension + k] ** 2;
    return shifted[g] - groups[g].blocks * square;
  };
  return {
    observed: () => statistic(observedMeans, (g) => squares[g]),
    flipped: (deviations, signs) => {
      for (let g = 0; g < count; g++)
        for (let k = 0; k < dimension; k++) {
          const at = g * dimension + k;
          means[at] = deviations[at] + signs[g] * offsets[at];
        }
      return statistic(means, flippedSquares);
    },
  };
}
