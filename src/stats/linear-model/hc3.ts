import { fUpperTail, type Probability } from '../distributions/index.ts';
import { inverseQuadraticForm } from '../symmetric.ts';
import { termSpace, type NotEstimable } from './anova.ts';
import type { LinearModel } from './model.ts';
import { multiply, project } from './orthogonalise.ts';

export interface RobustEffect {
  readonly term: string;
  readonly estimable: true;
  readonly df: number;
  /** Wald statistic over its degrees of freedom. */
  readonly F: number;
  readonly p: Probability;
}

export type RobustRow = RobustEffect | NotEstimable;

/** Leverage above this leaves no residual to weigh. */
export const fullLeverage = 1 - 1e-9;

/**
 * Type III tests that allow every row its own variance: Wald statistics with the HC3 covariance (MacKinnon &
 * White 1985; Long & Ervin 2000), referred to F(df, residual df).
 *
 * V = sum over rows of g_i g_i' e_i^2 / (1 - h_i)^2, where g_i is what row i contributes to the term's
 * coefficients and h_i its leverage. A cell that alone determines a parameter (leverage 1) has no residual, and
 * then no term is estimable this way.
 */
export function robustAnova(model: LinearModel): RobustRow[] {
  const weights = hc3Weights(model);
  return model.terms.map(({ name }, t): RobustRow => {
    const space = termSpace(model, t, 'III');
    if (!space.estimable) return space;
    if (!weights) {
      return { term: name, estimable: false, reason: 'a cell with one row determines a parameter by itself' };
    }
    const df = space.basis.count;
    const estimate = project(space.basis, model.effects);
    const perCell = multiply(model.q, space.basis);
    const covariance = new Float64Array(df * df);
    for (let c = 0; c < perCell.rows; c++) {
      for (let i = 0; i < df; i++) {
        const scaled = perCell.data[i * perCell.rows + c] * weights[c];
        for (let j = 0; j <= i; j++) covariance[i * df + j] += scaled * perCell.data[j * perCell.rows + c];
      }
    }
    const wald = inverseQuadraticForm(covariance, estimate, df);
    if (Number.isNaN(wald)) {
      return { term: name, estimable: false, reason: 'too few cells vary for a robust covariance' };
    }
    const F = wald / df;
    return { term: name, estimable: true, df, F, p: fUpperTail(F, df, model.dfResidual) };
  });
}

/**
 * Per cell the sum over its rows of e^2 / (1 - h)^2, over the cell's count: the weight of a squared row of
 * model.q in an HC3 covariance. Undefined where some leverage is 1.
 */
export function hc3Weights(model: LinearModel): Float64Array | undefined {
  const { cells, fitted, leverage } = model;
  const weights = new Float64Array(cells.size);
  for (let c = 0; c < cells.size; c++) {
    if (leverage[c] > fullLeverage) return undefined;
    const squares = cells.within[c] + cells.counts[c] * (cells.means[c] - fitted[c]) ** 2;
    weights[c] = squares / (cells.counts[c] * (1 - leverage[c]) ** 2);
  }
  return weights;
}
