import { InputError } from '../../core/index.ts';
import { requireFinite, requireShare } from '../require-finite.ts';
import {
  type FixedColumn,
  inverseOf,
  mixedCoefficient,
  type MixedCoefficient,
  requireColumns,
} from './coefficients.ts';
import { gradientOf, hessianOf, minimise } from './minimise.ts';
import { type Groupings, RandomIntercepts } from './random-intercepts.ts';

export interface LinearMixedInput {
  readonly response: readonly number[];
  /** Without an intercept, which is always there. */
  readonly columns: readonly FixedColumn[];
  readonly random: Groupings;
  /** Default 0.95. */
  readonly confidence?: number;
}

export interface LinearMixedModel {
  /** The intercept first; degrees of freedom by Satterthwaite. */
  readonly coefficients: readonly MixedCoefficient[];
  /** Standard deviation of the intercepts of each grouping, in units of the response. */
  readonly deviations: Readonly<Record<string, number>>;
  /** Of what is left. */
  readonly residualDeviation: number;
  /** -2 log restricted likelihood. */
  readonly deviance: number;
  readonly rows: number;
}

/**
 * Linear model with random intercepts, nested or crossed, by restricted maximum likelihood (Patterson & Thompson
 * 1971; Bates et al. 2015, `lme4::lmer`), with Satterthwaite's degrees of freedom (`lmerTest`).
 *
 *   y = X beta + sum of the row's intercepts + e,  intercepts ~ N(0, (t sigma)^2),  e ~ N(0, sigma^2)
 *
 * Effects over tasks as a sample of tasks: give tasks, and tasks with each strategy, as groupings; with tasks alone
 * the strategies' effects are taken to be the same on all of them.
 *
 * @throws InputError when fixed effects say the same, a grouping has one group, or values are not finite
 */
export function linearMixedModel(input: LinearMixedInput): LinearMixedModel {
  const { response, random, confidence = 0.95 } = input;
  const rows = response.length;
  requireFinite('response', response, 2);
  requireShare('confidence', confidence);
  requireColumns(input.columns, rows);
  const columns = [{ name: '(intercept)', values: new Float64Array(rows).fill(1) }, ...input.columns];
  const size = columns.length;
  if (rows <= size) throw new InputError(`${rows} rows cannot tell ${size} fixed effects from chance.`);
  const intercepts = new RandomIntercepts(random, rows);
  const solved = solver(response, columns, intercepts);
  const freedom = rows - size;
  const profiled = (ratios: Float64Array) => {
    const { log, squares } = solved(ratios);
    return log + freedom * (1 + Math.log((2 * Math.PI * squares) / freedom));
  };
  const { at, value } = minimise(profiled, new Float64Array(intercepts.names.length).fill(1));
  // A share of a millionth of the residual spread is what rounding leaves of none at all.
  const ratios = at.map((x) => (Math.abs(x) < 1e-4 ? 0 : Math.abs(x)));
  const fit = solved(ratios);
  const sigma = Math.sqrt(fit.squares / freedom);
  if (!(sigma > 0))
    throw new InputError('The fixed effects explain every row; there is no spread to tell from.');
  const df = satterthwaite(solved, ratios, sigma, freedom, size);
  return {
    coefficients: columns.map(({ name }, i) => {
      const error = sigma * Math.sqrt(fit.inverse[i * size + i]);
      return mixedCoefficient(name, fit.beta[i], error, df(i, error ** 2), confidence);
    }),
    deviations: Object.fromEntries(intercepts.names.map((name, k) => [name, ratios[k] * sigma])),
    residualDeviation: sigma,
    deviance: value,
    rows,
  };
}

/** Generalised least squares for given ratios of deviations to sigma. */
function solver(response: readonly number[], columns: readonly FixedColumn[], intercepts: RandomIntercepts) {
  const size = columns.length;
  const rows = response.length;
  const all = [...columns.map(({ values }) => Float64Array.from(values)), Float64Array.from(response)];
  const ones = new Float64Array(rows).fill(1);
  return (ratios: Float64Array) => {
    const log = intercepts.factor(ones, ratios);
    // V^-1 v = v - Z T A^-1 T Z' v
    const weighed = all.map((column) => {
      const groups = new Float64Array(intercepts.size);
      intercepts.gather(column, ratios, groups);
      intercepts.solve(groups);
      const part = new Float64Array(rows);
      intercepts.spread(groups, ratios, part);
      return column.map((x, row) => x - part[row]);
    });
    const product = (i: number, j: number) => all[i].reduce((sum, x, row) => sum + x * weighed[j][row], 0);
    const matrix = Float64Array.from({ length: size * size }, (_, c) =>
      product(Math.floor(c / size), c % size),
    );
    const { inverse, logDeterminant } = inverseOf(matrix, size, 'The mixed model');
    const right = columns.map((_, i) => product(i, size));
    const beta = right.map((_, i) => right.reduce((sum, x, j) => sum + inverse[i * size + j] * x, 0));
    const squares = product(size, size) - right.reduce((sum, x, i) => sum + beta[i] * x, 0);
    return { log: log + logDeterminant, squares, beta, inverse };
  };
}

/** df = 2 v^2 / (g' A g): v a coefficient's variance, g its gradient and A the covariance of ratios and sigma. */
function satterthwaite(
  solved: ReturnType<typeof solver>,
  ratios: Float64Array,
  sigma: number,
  freedom: number,
  size: number,
): (coefficient: number, variance: number) => number {
  const free = [...ratios.keys()].filter((k) => ratios[k] > 0);
  const at = (point: Float64Array) => {
    const own = Float64Array.from(ratios);
    free.forEach((k, i) => (own[k] = point[i]));
    return { own: solved(own), variance: point[free.length] ** 2 };
  };
  const centre = Float64Array.from([...free.map((k) => ratios[k]), sigma]);
  const deviance = (point: Float64Array) => {
    const { own, variance } = at(point);
    return own.log + freedom * Math.log(2 * Math.PI * variance) + own.squares / variance;
  };
  const count = centre.length;
  const { inverse: covariance } = inverseOf(
    hessianOf(deviance, centre),
    count,
    'The spread of the mixed model',
  );
  return (coefficient, variance) => {
    const gradient = gradientOf((point) => {
      const { own, variance: residual } = at(point);
      return residual * own.inverse[coefficient * size + coefficient];
    }, centre);
    let sum = 0;
    for (let i = 0; i < count; i++)
      for (let j = 0; j < count; j++) sum += 2 * gradient[i] * covariance[i * count + j] * gradient[j];
    return (2 * variance ** 2) / sum;
  };
}
