import { InputError } from '../../core/index.ts';
import { requireShare } from '../require-finite.ts';
import {
  type FixedColumn,
  inverseOf,
  mixedCoefficient,
  type MixedCoefficient,
  requireColumns,
} from './coefficients.ts';
import { gradeTerms } from './grade-terms.ts';
import { minimise } from './minimise.ts';
import { type Groupings, RandomIntercepts } from './random-intercepts.ts';

export interface OrdinalMixedInput {
  /** Grades: whole numbers from 0, each of which occurs; 0 and 1 make it a logistic model. */
  readonly response: readonly number[];
  /** Without an intercept: the thresholds take its place. */
  readonly columns: readonly FixedColumn[];
  readonly random: Groupings;
  /** Default 0.95. */
  readonly confidence?: number;
}

export interface OrdinalMixedModel {
  /** Log odds ratios of a higher grade, with Wald intervals. */
  readonly coefficients: readonly MixedCoefficient[];
  /** Where one grade ends and the next begins, on the scale of the log odds; -(intercept) of a logistic model. */
  readonly thresholds: readonly MixedCoefficient[];
  /** Standard deviation of the intercepts of each grouping, on the same scale. */
  readonly deviations: Readonly<Record<string, number>>;
  /** By Laplace's approximation. */
  readonly logLikelihood: number;
  readonly rows: number;
}

/**
 * Cumulative logit model with random intercepts: proportional odds for graded scores (McCullagh 1980), logistic
 * regression for scores of 0 and 1.
 *
 *   logit P(y <= j) = threshold_j - (x' beta + sum of the row's intercepts),  intercepts ~ N(0, deviation^2)
 *
 * The likelihood is Laplace's approximation at the intercepts' mode, as in `lme4::glmer` with nAGQ = 1 and
 * `ordinal::clmm`. Standard errors come from its second derivatives over all parameters. Deviations are searched
 * with both signs, so one of 0 is no boundary.
 *
 * @throws InputError when grades are no whole numbers from 0 without gaps, all are equal, a grouping has one group,
 *   or the model cannot be estimated (a level whose scores are all 0 has no odds)
 */
export function ordinalMixedModel(input: OrdinalMixedInput): OrdinalMixedModel {
  const { response, columns, random, confidence = 0.95 } = input;
  requireShare('confidence', confidence);
  requireColumns(columns, response.length);
  const grades = countGrades(response);
  const intercepts = new RandomIntercepts(random, response.length);
  const [cuts, slopes] = [grades.length - 1, columns.length];
  const objective = laplace(response, columns, intercepts, cuts);
  const start = new Float64Array(cuts + slopes + intercepts.names.length);
  let below = 0;
  for (let j = 0; j < cuts; j++) {
    below += grades[j];
    start[j] = Math.log(below / (response.length - below));
  }
  start.fill(1, cuts + slopes);
  const { at, value, hessian } = minimise(objective, start);
  if (at.some((x) => Math.abs(x) > 30)) {
    throw new InputError(
      'The model cannot be estimated: some level or group has only the lowest or only the highest grade, so its ' +
        'odds have no bound.',
    );
  }
  const { inverse: covariance } = inverseOf(hessian, at.length, 'The mixed model');
  const own = (i: number, name: string) =>
    mixedCoefficient(name, at[i], Math.sqrt(covariance[i * at.length + i]), Infinity, confidence);
  return {
    thresholds: Array.from({ length: cuts }, (_, j) => own(j, `${j}|${j + 1}`)),
    coefficients: columns.map(({ name }, i) => own(cuts + i, name)),
    deviations: Object.fromEntries(
      intercepts.names.map((name, k) => [name, Math.abs(at[cuts + slopes + k])]),
    ),
    logLikelihood: -value,
    rows: response.length,
  };
}

function countGrades(response: readonly number[]): number[] {
  const counts: number[] = [];
  response.forEach((grade, row) => {
    if (!Number.isInteger(grade) || grade < 0 || grade > 100) {
      throw new InputError(`Row ${row + 1} has the grade ${grade}; grades are whole numbers from 0 to 100.`);
    }
    counts[grade] = (counts[grade] ?? 0) + 1;
  });
  if (counts.length < 2) throw new InputError('All grades are equal; there is nothing to explain.');
  for (let j = 0; j < counts.length; j++) {
    if (counts[j] === undefined)
      throw new InputError(`No row has the grade ${j}. Number grades without gaps.`);
  }
  return counts;
}

/** Minus the Laplace log likelihood as a function of thresholds, slopes and deviations; starts each mode at the last. */
function laplace(
  response: readonly number[],
  columns: readonly FixedColumn[],
  intercepts: RandomIntercepts,
  cuts: number,
): (at: Float64Array) => number {
  const rows = response.length;
  const { size } = intercepts;
  const [fixed, eta, slope, weight] = [0, 0, 0, 0].map(() => new Float64Array(rows));
  const [mode, step, tried] = [0, 0, 0].map(() => new Float64Array(size));
  return (at) => {
    const thresholds = at.subarray(0, cuts);
    const deviations = at.subarray(cuts + columns.length);
    for (let j = 1; j < cuts; j++) if (!(thresholds[j] > thresholds[j - 1])) return Infinity;
    fixed.fill(0);
    columns.forEach(({ values }, i) => {
      for (let row = 0; row < rows; row++) fixed[row] += at[cuts + i] * values[row];
    });
    const penalised = (groups: Float64Array) => {
      eta.set(fixed);
      intercepts.spread(groups, deviations, eta);
      let sum = gradeTerms(response, thresholds, eta, slope, weight);
      for (const u of groups) sum -= (u * u) / 2;
      return sum;
    };
    let best = penalised(mode);
    if (!Number.isFinite(best)) best = penalised(mode.fill(0));
    for (let iteration = 0; iteration < 100; iteration++) {
      if (Number.isNaN(intercepts.factor(weight, deviations))) return Infinity;
      intercepts.gather(slope, deviations, step);
      for (let g = 0; g < size; g++) step[g] -= mode[g];
      intercepts.solve(step);
      const largest = step.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
      // Newton squares the error: after one step more it is that of rounding, for log|A| too.
      if (largest < 1e-7) {
        for (let g = 0; g < size; g++) mode[g] += step[g];
        best = penalised(mode);
        return intercepts.factor(weight, deviations) / 2 - best;
      }
      for (let length = 1; length > 1e-6; length /= 2) {
        for (let g = 0; g < size; g++) tried[g] = mode[g] + length * step[g];
        const value = penalised(tried);
        if (value >= best - 1e-12 * Math.abs(best)) {
          mode.set(tried);
          best = value;
          break;
        }
      }
    }
    return Infinity;
  };
}
