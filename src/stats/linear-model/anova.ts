import { fUpperTail, type Probability } from '../distributions/index.ts';
import { effectSizes, type EffectSizes } from './effect-sizes.ts';
import type { LinearModel } from './model.ts';
import {
  orthogonalise,
  project,
  selectColumns,
  sumOfSquares,
  type Columns,
  type Orthogonalised,
} from './orthogonalise.ts';
import { isContained } from './terms.ts';

/** Which other terms a term is adjusted for: I the earlier ones, II those that do not contain it, III all. */
export type AnovaType = 'I' | 'II' | 'III';

/** A term that the data cannot test. */
export interface NotEstimable {
  readonly term: string;
  readonly estimable: false;
  readonly reason: string;
}

export interface AnovaEffect extends EffectSizes {
  readonly term: string;
  readonly estimable: true;
  readonly sumOfSquares: number;
  readonly df: number;
  readonly meanSquare: number;
  readonly F: number;
  readonly p: Probability;
  /** SS / total SS. */
  readonly etaSquared: number;
  /** Contrasts that empty cells leave out of the test: the term's full degrees of freedom minus df. */
  readonly lostDf: number;
}

export type AnovaRow = AnovaEffect | NotEstimable;

export interface AnovaTable {
  readonly type: AnovaType;
  readonly rows: readonly AnovaRow[];
  readonly dfResidual: number;
  readonly residualSumOfSquares: number;
  readonly totalSumOfSquares: number;
}

/**
 * The analysis of variance of a fitted model.
 *
 * SS of a term = squared length of the response's projection on what the term adds to the terms it is adjusted
 * for. With equal counts in all cells the three types are the same. Type III uses sum-to-zero coding, so a
 * main effect is about unweighted means over the other factors.
 *
 * Where cells are empty so that columns depend on each other: Types I and II test the contrasts that exist
 * (`lostDf` counts the rest); Type III refuses a term whose marginal means are not all determined, since what
 * dropping its columns would test is then an accident of the coding.
 *
 * @param level confidence of the intervals of effect sizes, 0.9 by default
 */
export function anova(model: LinearModel, type: AnovaType = 'III', level = 0.9): AnovaTable {
  const { terms, dfResidual, residualSumOfSquares, totalSumOfSquares, sigma2 } = model;
  const rows = terms.map(({ name }, t): AnovaRow => {
    const space = termSpace(model, t, type);
    if (!space.estimable) return space;
    const projected = project(space.basis, model.effects);
    const ss = sumOfSquares(projected);
    const df = space.basis.count;
    const F = ss / df / sigma2;
    return {
      term: name,
      estimable: true,
      sumOfSquares: ss,
      df,
      meanSquare: ss / df,
      F,
      p: fUpperTail(F, df, dfResidual),
      etaSquared: ss / totalSumOfSquares,
      lostDf: model.termColumns[t].length - df,
      ...effectSizes(F, df, dfResidual, model.n, level),
    };
  });
  return { type, rows, dfResidual, residualSumOfSquares, totalSumOfSquares };
}

export interface EstimableSpace {
  readonly estimable: true;
  /** Orthonormal basis, in the model's own basis, of what the term adds. */
  readonly basis: Columns;
  /** The design's columns in the order in which they were orthogonalised, the term's own last. */
  readonly order: readonly number[];
  /** Their orthogonalisation. */
  readonly steps: Orthogonalised;
}

export type TermSpace = EstimableSpace | NotEstimable;

/** What a term adds to the terms it is adjusted for, as a space. */
export function termSpace(model: LinearModel, t: number, type: AnovaType): TermSpace {
  const { terms, termColumns } = model;
  const term = terms[t];
  const others = terms.flatMap((other, o) => {
    const adjusted = type === 'I' ? o < t : type === 'II' ? !isContained(term, other) : true;
    return o !== t && adjusted ? [o] : [];
  });
  const before = [0, ...others.flatMap((o) => termColumns[o])];
  const order = [...before, ...termColumns[t]];
  const steps = orthogonalise(selectColumns(model.r, order));
  const { q, kept } = steps;
  const first = kept.findIndex((column) => column >= before.length);
  const df = first < 0 ? 0 : kept.length - first;
  const missing = termColumns[t].length - df;
  if (df === 0) {
    return notEstimable(term.name, 'other terms explain the same differences (confounded or empty cells)');
  }
  if (type === 'III' && missing > 0 && terms.some((other) => isContained(term, other))) {
    return notEstimable(
      term.name,
      'empty cells leave some of its marginal means undetermined; Type II tests what is determined',
    );
  }
  const basis = { rows: q.rows, count: df, data: q.data.subarray(first * q.rows) };
  return { estimable: true, basis, order, steps };
}

function notEstimable(term: string, reason: string): NotEstimable {
  return { term, estimable: false, reason };
}
