import type { RandomStream } from '../../core/index.ts';
import { InputError } from '../../core/index.ts';
import { apply, type Matrix } from './design-terms.ts';
import { inverseQuadraticForm } from '../symmetric.ts';

export interface PermutationResult {
  /** v' V^-1 v; `null` when a group without spread makes V singular: not estimable. */
  readonly statistic: number | null;
  /** (b + 1) / (permutations + 1), so never 0. */
  readonly p: number | null;
  readonly exceeding: number;
  readonly permutations: number;
}

/**
 * Tests contrasts among the means of independent groups whose variances may differ.
 *
 * W = (H m)' (H diag(s_g^2 / n_g) H')^{-1} (H m), with the values shuffled over the groups and W computed again,
 * variances included: exact when the groups have one distribution, and correct for large groups when they only
 * share the tested means, where shuffling an F statistic is not (Janssen 1997; Pauly, Brunner & Konietschke
 * 2015, Journal of the Royal Statistical Society B 77).
 *
 * @param groups values per group, at least two each, finite
 * @param hypotheses contrasts among groups, [h, groups], one result each; shuffles are shared
 * @param options.permutations default 10,000
 */
export function permuteMeans(
  groups: readonly ArrayLike<number>[],
  hypotheses: readonly Matrix[],
  options: { readonly stream: RandomStream; readonly permutations?: number },
): PermutationResult[] {
  const permutations = options.permutations ?? 10_000;
  if (!Number.isInteger(permutations) || permutations < 99) {
    throw new InputError(`permutations is ${permutations}; give a whole number of at least 99.`);
  }
  groups.forEach((group, g) => {
    if (group.length < 2) {
      throw new InputError(
        `permuteMeans: group ${g + 1} has ${group.length} value(s); its spread needs at least 2.`,
      );
    }
  });
  const sizes = groups.map((group) => group.length);
  const values = Float64Array.from(groups.flatMap((group) => Array.from(group)));
  const centre = values.reduce((sum, x) => sum + x, 0) / values.length;
  for (let i = 0; i < values.length; i++) values[i] -= centre;
  const statistics = hypotheses.map((hypothesis) => waldStatistic(hypothesis));
  const means = new Float64Array(groups.length);
  const variances = new Float64Array(groups.length);
  summarise(values, sizes, means, variances);
  const observed = statistics.map((statistic) => statistic(means, variances));
  const thresholds = observed.map((value) => value * (1 - 1e-12));
  const exceeding = new Array<number>(hypotheses.length).fill(0);
  const { stream } = options;
  for (let r = 0; r < permutations; r++) {
    for (let i = values.length - 1; i > 0; i--) {
      const j = Math.floor(stream.next() * (i + 1));
      const x = values[i];
      values[i] = values[j];
      values[j] = x;
    }
    summarise(values, sizes, means, variances);
    for (let h = 0; h < statistics.length; h++) {
      if (!(statistics[h](means, variances) < thresholds[h])) exceeding[h]++;
    }
  }
  return observed.map((value, h) => {
    const estimable = !Number.isNaN(value);
    return {
      statistic: estimable ? value : null,
      p: estimable ? (exceeding[h] + 1) / (permutations + 1) : null,
      exceeding: exceeding[h],
      permutations,
    };
  });
}

/** Means, and variances of the means, of consecutive stretches of the values. */
function summarise(
  values: Float64Array,
  sizes: readonly number[],
  means: Float64Array,
  variances: Float64Array,
): void {
  let start = 0;
  for (let g = 0; g < sizes.length; g++) {
    const n = sizes[g];
    let sum = 0;
    for (let i = start; i < start + n; i++) sum += values[i];
    const m = sum / n;
    let squares = 0;
    for (let i = start; i < start + n; i++) squares += (values[i] - m) ** 2;
    means[g] = m;
    variances[g] = squares / (n * (n - 1));
    start += n;
  }
}

function waldStatistic(hypothesis: Matrix): (means: Float64Array, variances: Float64Array) => number {
  const { rows, columns, data } = hypothesis;
  const work = new Float64Array(rows * rows);
  return (means, variances) => {
    const vector = apply(hypothesis, means);
    work.fill(0);
    for (let i = 0; i < rows; i++)
      for (let j = 0; j <= i; j++)
        for (let g = 0; g < columns; g++)
          work[i * rows + j] += data[i * columns + g] * data[j * columns + g] * variances[g];
    return inverseQuadraticForm(work, vector, rows);
  };
}
