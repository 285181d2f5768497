import { apply, type Matrix } from './design-terms.ts';
import { inverseQuadraticForm, symmetricPower } from '../symmetric.ts';

/** Contrast vectors of the blocks of one group, as an estimate and what each block deviates from it. */
export interface GroupSample {
  /** Mean contrast vector, [dimension]. */
  readonly mean: Float64Array;
  /** Deviations from the mean, one row per block, [blocks, dimension] row-major; they sum to zero. */
  readonly residuals: Float64Array;
  readonly blocks: number;
}

/** `wald`: v' V^-1 v. `trace`: v'v / tr(V), the ANOVA-type statistic (Brunner, Dette & Munk 1997). */
export type FlipStatistic = 'wald' | 'trace';

export interface FlipHypothesis {
  /** Contrasts among groups, orthonormal rows, [h, groups]; for one group the 1 x 1 identity. */
  readonly between: Matrix;
  readonly statistic: FlipStatistic;
}

/** A statistic of a set of samples, as it is and under flipped signs. */
export interface FlipEvaluator {
  /** Of the data; NaN when the covariance is singular. */
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
 * Prepares the statistic. With e a block's deviation from the centre that satisfies the hypothesis, a sign changes
 * no product e e', so after a flip the scatter about the flipped mean m is sum e e' - n m m' with the sum fixed:
 * only the means move from flip to flip.
 */
export function flipEvaluator(
  groups: readonly GroupSample[],
  dimension: number,
  hypothesis: FlipHypothesis,
): FlipEvaluator {
  const { statistic } = hypothesis;
  const offsets = keptMeans(groups, dimension, hypothesis.between);
  const between = statistic === 'wald' ? sparseContrasts(hypothesis.between) : hypothesis.between;
  const { rows: h, columns: count, data: H } = between;
  const size = h * dimension;
  const observedMeans = new Float64Array(count * dimension);
  groups.forEach((group, g) => observedMeans.set(group.mean, g * dimension));
  const means = new Float64Array(count * dimension);
  const vector = new Float64Array(size);

  const contrast = (from: Float64Array): void => {
    vector.fill(0);
    for (let i = 0; i < h; i++)
      for (let g = 0; g < count; g++) {
        const weight = H[i * count + g];
        for (let k = 0; k < dimension; k++) vector[i * dimension + k] += weight * from[g * dimension + k];
      }
  };
  const build = statistic === 'trace' ? traceDivisor : waldDivisor;
  const divide = build(groups, dimension, between, offsets, vector);
  return {
    observed: () => {
      contrast(observedMeans);
      return divide(null);
    },
    flipped: (deviations, signs) => {
      for (let g = 0; g < count; g++)
        for (let k = 0; k < dimension; k++) {
          const at = g * dimension + k;
          means[at] = deviations[at] + signs[g] * offsets[at];
        }
      contrast(means);
      return divide(means);
    },
  };
}

/**
 * All contrasts among groups as differences from the last group: the Wald statistic does not depend on the basis,
 * and this one is mostly zeros. Other hypotheses stay as they are.
 */
function sparseContrasts(between: Matrix): Matrix {
  const { rows, columns, data } = between;
  if (rows !== columns - 1 || rows === 0) return between;
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let g = 0; g < columns; g++) sum += data[i * columns + g];
    if (Math.abs(sum) > 1e-9) return between;
  }
  const sparse = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    sparse[i * columns + i] = 1;
    sparse[i * columns + rows] = -1;
  }
  return { rows, columns, data: sparse };
}

/** The statistic of `vector`; with `means` the scatter is that of flipped data with these means. */
type Divisor = (means: Float64Array | null) => number;

function traceDivisor(
  groups: readonly GroupSample[],
  dimension: number,
  { rows: h, columns: count, data: H }: Matrix,
  offsets: Float64Array,
  vector: Float64Array,
): Divisor {
  const weights = groups.map(({ blocks }, g) => {
    let sum = 0;
    for (let i = 0; i < h; i++) sum += H[i * count + g] ** 2;
    return sum / (blocks - 1);
  });
  const within = groups.map(({ residuals }) => residuals.reduce((sum, x) => sum + x * x, 0));
  const shifted = groups.map(({ residuals, blocks }, g) => {
    let sum = 0;
    residuals.forEach((x, i) => (sum += (x + offsets[g * dimension + (i % dimension)]) ** 2));
    return sum / blocks;
  });
  const squaredLength = (rows: Float64Array, g: number): number => {
    let sum = 0;
    for (let k = 0; k < dimension; k++) sum += rows[g * dimension + k] ** 2;
    return sum;
  };
  return (means) => {
    let numerator = 0;
    for (let k = 0; k < vector.length; k++) numerator += vector[k] ** 2;
    let trace = 0;
    for (let g = 0; g < count; g++) {
      trace += weights[g] * (means ? shifted[g] - squaredLength(means, g) : within[g] / groups[g].blocks);
    }
    return trace > 0 ? numerator / trace : NaN;
  };
}

function waldDivisor(
  groups: readonly GroupSample[],
  dimension: number,
  { rows: h, columns: count, data: H }: Matrix,
  offsets: Float64Array,
  vector: Float64Array,
): Divisor {
  const size = h * dimension;
  /** matrix += sum over groups of (H_ig H_jg factor_g) x product_g, lower triangle. */
  const accumulate = (matrix: Float64Array, rows: Float64Array, factor: (g: number) => number): void => {
    for (let g = 0; g < count; g++) {
      const start = g * dimension;
      const f = factor(g);
      for (let i = 0; i < h; i++)
        for (let j = 0; j <= i; j++) {
          const weight = H[i * count + g] * H[j * count + g] * f;
          if (weight === 0) continue;
          for (let k = 0; k < dimension; k++) {
            const row = (i * dimension + k) * size + j * dimension;
            const x = weight * rows[start + k];
            const end = i === j ? k + 1 : dimension;
            for (let l = 0; l < end; l++) matrix[row + l] += x * rows[start + l];
          }
        }
    }
  };
  const observed = new Float64Array(size * size);
  const shifted = new Float64Array(size * size);
  const row = new Float64Array(count * dimension);
  groups.forEach(({ residuals, blocks }, g) => {
    const factor = (other: number) => (other === g ? 1 / (blocks * (blocks - 1)) : 0);
    for (let b = 0; b < blocks; b++) {
      const at = g * dimension;
      row.set(residuals.subarray(b * dimension, (b + 1) * dimension), at);
      accumulate(observed, row, factor);
      for (let k = 0; k < dimension; k++) row[at + k] += offsets[at + k];
      accumulate(shifted, row, factor);
    }
    row.fill(0);
  });
  const inverseDf = groups.map(({ blocks }) => 1 / (blocks - 1));
  const work = new Float64Array(size * size);
  const subtract = (g: number) => -inverseDf[g];
  return (means) => {
    if (means) {
      work.set(shifted);
      accumulate(work, means, subtract);
    } else work.set(observed);
    return inverseQuadraticForm(work, vector, size);
  };
}
