import { InputError } from '../core/index.ts';
import { fUpperTail, normalTwoSided, probabilityFromLog, type Probability } from './distributions/index.ts';
import type { LinearModel } from './linear-model/index.ts';
import { requireFinite } from './require-finite.ts';

export interface VarianceTest {
  readonly statistic: number;
  readonly df1: number;
  /** `null` for a chi-squared statistic. */
  readonly df2: number | null;
  readonly p: number;
  /** Natural logarithm of p. */
  readonly logP: number;
}

/**
 * Brown & Forsythe 1974: do the groups differ in spread? The one-way F of |x - median of the group|.
 *
 * A small p is a reason to trust the tests that allow unequal variances; a large one is no licence for the
 * others.
 *
 * @param groups at least two, with at least one more value than groups in all
 * @throws InputError when a group is empty or not finite, or when no group has any spread
 */
export function brownForsythe(groups: readonly ArrayLike<number>[]): VarianceTest {
  if (groups.length < 2) throw new InputError(`brownForsythe: ${groups.length} group(s), but 2 needed.`);
  groups.forEach((group, g) => requireFinite(`brownForsythe, group ${g + 1}`, group));
  const deviations = groups.map((group) => {
    const centre = median(group);
    return Array.from(group, (x) => Math.abs(x - centre));
  });
  const n = deviations.reduce((sum, row) => sum + row.length, 0);
  const df1 = groups.length - 1;
  const df2 = n - groups.length;
  const grand = deviations.flat().reduce((sum, x) => sum + x, 0) / n;
  let between = 0;
  let within = 0;
  for (const row of deviations) {
    const centre = row.reduce((sum, x) => sum + x, 0) / row.length;
    between += row.length * (centre - grand) ** 2;
    for (const x of row) within += (x - centre) ** 2;
  }
  if (df2 < 1 || within === 0)
    throw new InputError('brownForsythe: the groups have too little spread to test.');
  const statistic = between / df1 / (within / df2);
  return { statistic, df1, df2, ...fUpperTail(statistic, df1, df2) };
}

function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Breusch & Pagan 1979 in Koenker's studentised form (1981): does the error's variance depend on the model's
 * terms? n R^2 of the squared residuals on the model's own columns, chi-squared with rank - 1 degrees of freedom.
 *
 * @param response the response the model was fitted to
 */
export function breuschPagan(model: LinearModel, response: ArrayLike<number>): VarianceTest {
  const { cells, fitted, q, rank, n } = model;
  if (response.length !== n) {
    throw new InputError(`breuschPagan: ${response.length} responses for a model of ${n} rows.`);
  }
  const squares = Float64Array.from({ length: n }, (_, i) => {
    const cell = cells.rowCell[i];
    return (response[i] - cells.grandMean - fitted[cell]) ** 2;
  });
  const grand = squares.reduce((sum, x) => sum + x, 0) / n;
  const sums = new Float64Array(cells.size);
  let total = 0;
  for (let i = 0; i < n; i++) {
    sums[cells.rowCell[i]] += squares[i] - grand;
    total += (squares[i] - grand) ** 2;
  }
  let explained = 0;
  for (let j = 0; j < rank; j++) {
    let dot = 0;
    for (let c = 0; c < cells.size; c++) {
      dot += (q.data[j * cells.size + c] * sums[c]) / Math.sqrt(cells.counts[c]);
    }
    explained += dot * dot;
  }
  const statistic = (n * explained) / total;
  const df1 = rank - 1;
  return { statistic, df1, df2: null, ...chiSquaredUpperTail(statistic, df1) };
}

/**
 * P(X > x) for chi-squared with a whole number of degrees of freedom, by its finite sum in logarithms: for even
 * df e^-y sum_{j < df/2} y^j / j!, for odd df 2 Phi(-sqrt(x)) + e^-y sum y^(j-1/2) / Gamma(j + 1/2), y = x/2.
 */
export function chiSquaredUpperTail(x: number, df: number): Probability {
  if (!(x >= 0) || !Number.isInteger(df) || df < 1) {
    throw new InputError(`chiSquaredUpperTail: x = ${x} with ${df} degrees of freedom.`);
  }
  if (x === 0) return probabilityFromLog(0);
  const y = x / 2;
  const odd = df % 2 === 1;
  const logs: number[] = odd ? [normalTwoSided(Math.sqrt(x)).logP] : [];
  // First term: y^0 / 0! or y^(1/2) / Gamma(3/2).
  let log = odd ? 0.5 * Math.log(y) - Math.log(Math.sqrt(Math.PI) / 2) : 0;
  for (let j = 0; j < (odd ? (df - 1) / 2 : df / 2); j++) {
    logs.push(log - y);
    log += Math.log(y) - Math.log(j + (odd ? 1.5 : 1));
  }
  const top = Math.max(...logs);
  return probabilityFromLog(top + Math.log(logs.reduce((sum, value) => sum + Math.exp(value - top), 0)));
}
