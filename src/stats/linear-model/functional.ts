import { InputError } from '../../core/errors.ts';
import type { LinearModel } from './model.ts';
import { project, type Columns } from './orthogonalise.ts';

/** Levels by factor name; factors that are not named are averaged over with equal weights. */
export type Levels = Readonly<Record<string, string>>;

/** Where each row's variance comes from: one for all, or its own (HC3). */
export type CovarianceKind = 'common' | 'hc3';

/**
 * A linear function of the model's coefficients, reduced to the model's basis: its estimate is
 * mean * grandMean + v'effects and its variance under equal variances sigma^2 v'v.
 */
export interface Functional {
  readonly mean: number;
  readonly v: Float64Array;
}

/**
 * The marginal mean at some levels, as coefficients of the design's columns: the average of the design's rows
 * over every combination of the other factors, occupied or not. Sum-to-zero columns average to 0 there.
 *
 * @throws InputError for an unknown factor or level
 */
export function marginalCoefficients(model: LinearModel, at: Levels): Float64Array {
  const { factors, terms, termColumns } = model;
  for (const [name, level] of Object.entries(at)) {
    const factor = factors.find((f) => f.name === name);
    if (!factor) {
      throw new InputError(
        `There is no factor "${name}"; there are ${factors.map((f) => f.name).join(', ')}.`,
      );
    }
    if (!factor.levels.includes(level)) {
      throw new InputError(`Factor "${name}" has no level "${level}"; it has ${factor.levels.join(', ')}.`);
    }
  }
  const codes = factors.map(({ name, levels }) => {
    if (at[name] === undefined) return new Array<number>(levels.length - 1).fill(0);
    const level = levels.indexOf(at[name]);
    return Array.from({ length: levels.length - 1 }, (_, j) =>
      level === levels.length - 1 ? -1 : Number(level === j),
    );
  });
  const coefficients = new Float64Array(model.r.count);
  coefficients[0] = 1;
  terms.forEach((term, t) => {
    let values = [1];
    for (const f of term.factors) values = values.flatMap((value) => codes[f].map((code) => value * code));
    coefficients.set(values, termColumns[t][0]);
  });
  return coefficients;
}

/**
 * Reduces coefficients of the columns to the model's basis; undefined where the data do not determine them,
 * because they are not in the row space of the design.
 */
export function reduceFunctional(model: LinearModel, coefficients: Float64Array): Functional | undefined {
  const { r, kept, rank } = model;
  const v = new Float64Array(rank);
  let largest = 0;
  // Kept columns form an upper triangle: solve R' v = coefficients from the top.
  for (let k = 0; k < rank; k++) {
    const column = kept[k] * rank;
    let rest = coefficients[kept[k]];
    for (let i = 0; i < k; i++) rest -= r.data[column + i] * v[i];
    v[k] = rest / r.data[column + k];
    largest = Math.max(largest, Math.abs(v[k]));
  }
  const keptSet = new Set(kept);
  for (let j = 0; j < r.count; j++) {
    if (keptSet.has(j)) continue;
    let implied = 0;
    let scale = 0;
    for (let i = 0; i < rank; i++) {
      implied += r.data[j * rank + i] * v[i];
      scale += Math.abs(r.data[j * rank + i] * v[i]);
    }
    if (Math.abs(implied - coefficients[j]) > 1e-8 * (scale + 1)) return undefined;
  }
  return { mean: coefficients[0], v };
}

export function estimateFunctional(model: LinearModel, { mean, v }: Functional): number {
  let sum = mean * model.cells.grandMean;
  for (let i = 0; i < v.length; i++) sum += v[i] * model.effects[i];
  return sum;
}

/**
 * Covariance matrix of the estimates of several functionals.
 *
 * @param weights per cell, from hc3Weights; undefined for equal variances
 */
export function functionalCovariance(
  model: LinearModel,
  functionals: readonly Functional[],
  weights?: Float64Array,
): number[][] {
  const size = weights ? model.cells.size : model.rank;
  const vectors = functionals.map(({ v }) => {
    if (!weights) return v;
    const transposed: Columns = { rows: model.rank, count: size, data: rowsOf(model) };
    return project(transposed, v);
  });
  return vectors.map((a) =>
    vectors.map((b) => {
      let sum = 0;
      if (weights) for (let c = 0; c < size; c++) sum += weights[c] * a[c] * b[c];
      else for (let i = 0; i < size; i++) sum += a[i] * b[i];
      return weights ? sum : sum * model.sigma2;
    }),
  );
}

/** model.q row by row. */
function rowsOf({ q }: LinearModel): Float64Array {
  const out = new Float64Array(q.data.length);
  for (let j = 0; j < q.count; j++) {
    for (let c = 0; c < q.rows; c++) out[c * q.count + j] = q.data[j * q.rows + c];
  }
  return out;
}
