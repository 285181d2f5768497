import { AgentMeshError } from '../core/index.ts';
import {
  anova,
  contrastsAgainst,
  factor,
  fitLinearModel,
  permutationTest,
  robustAnova,
  tQuantile,
  wildBootstrapTest,
  type AnovaType,
  type EffectSizes,
  type LinearModel,
  type ModelContrast,
} from '../stats/index.ts';
import { scoredRows } from './arranged.ts';
import type { AnalysisPlan } from './plan.ts';
import type { AnalysisResults, ContrastFamilyResult, PlainTerm, TermResult } from './results.ts';
import { column, type RunTable } from './run-table.ts';

/** The plain fixed-effects model: all factors and their interactions (by default pairwise), every row on its own. */
export function plainModel(plan: AnalysisPlan, table: RunTable): LinearModel {
  const rows = scoredRows(plan, table);
  const columns = plan.factors.map(({ name }) => {
    const values = column(table, name);
    return factor(
      name,
      rows.map((row) => values[row]),
    );
  });
  const response = rows.map((row) => table.response[row] ?? NaN);
  return fitLinearModel(response, columns, { responseName: table.responseName, order: plan.order });
}

/** The field's usual table: Types I, II and III, HC3 and Freedman-Lane permutation side by side. */
export function plainTerms(model: LinearModel, plan: AnalysisPlan): PlainTerm[] {
  const tables = Object.fromEntries(
    (['I', 'II', 'III'] as const).map((type) => [type, anova(model, type).rows]),
  ) as Record<AnovaType, ReturnType<typeof anova>['rows']>;
  const robustRows = robustAnova(model);
  const options = { seed: plan.seed, resamples: plan.resamples };
  const permutation = permutationTest(model, options);
  const studentised = permutationTest(model, { ...options, statistic: 'hc3' });
  return model.terms.map(({ name }, t): PlainTerm => {
    const effect = (type: AnovaType) => {
      const row = tables[type][t];
      return row.estimable ? row : undefined;
    };
    const hc3 = robustRows[t];
    const permuted = permutation.rows[t];
    const robust = studentised.rows[t];
    const third = tables.III[t];
    const pick = <T>(read: (row: NonNullable<ReturnType<typeof effect>>) => T) => {
      const of = (type: AnovaType) => {
        const row = effect(type);
        return row ? read(row) : null;
      };
      return { I: of('I'), II: of('II'), III: of('III') };
    };
    return {
      term: name,
      df: effect('III')?.df ?? effect('II')?.df ?? null,
      sumOfSquares: pick((row) => row.sumOfSquares),
      f: pick((row) => row.F),
      p: pick((row) => row.p.p),
      logP: pick((row) => row.p.logP),
      partialEtaSquared: effect('III')?.partialEtaSquared ?? effect('II')?.partialEtaSquared ?? null,
      effectSizes: sizesOf(effect('III') ?? effect('II')),
      hc3F: hc3.estimable ? hc3.F : null,
      hc3P: hc3.estimable ? hc3.p.p : null,
      permutationP: permuted.estimable ? permuted.p : null,
      studentisedPermutationP: robust.estimable ? robust.p : null,
      permutationAdjustedP: permuted.estimable ? permuted.adjustedP : null,
      studentisedPermutationAdjustedP: robust.estimable ? robust.adjustedP : null,
      ...(!third.estimable && { reason: third.reason }),
    };
  });
}

function sizesOf(row: EffectSizes | undefined): EffectSizes | null {
  if (!row) return null;
  const { partialEtaSquared, partialEtaSquaredInterval, cohensF, cohensFInterval } = row;
  const { partialOmegaSquared, partialOmegaSquaredInterval } = row;
  return {
    partialEtaSquared,
    partialEtaSquaredInterval,
    partialOmegaSquared,
    partialOmegaSquaredInterval,
    cohensF,
    cohensFInterval,
  };
}

/** What the model leaves unexplained. */
export function residualOf({ residualSumOfSquares, dfResidual }: LinearModel) {
  return { sumOfSquares: residualSumOfSquares, df: dfResidual };
}

/** For tables without blocks: the wild bootstrap of HC3 Wald statistics, max-T adjusted. */
export function plainPrimary(model: LinearModel, plan: AnalysisPlan): TermResult[] {
  const wild = wildBootstrapTest(model, { seed: `${plan.seed}, wild`, resamples: plan.resamples });
  const sizes = anova(model, 'III').rows;
  return wild.rows.map((row, t): TermResult => {
    const size = sizes[t];
    const shared = {
      term: row.term,
      floor: 1 / (plan.resamples + 1),
      generalizedEtaSquared: size.estimable ? size.etaSquared : null,
      partialEtaSquared: size.estimable ? size.partialEtaSquared : null,
      partialEtaSquaredLow: size.estimable ? size.partialEtaSquaredInterval.low : null,
      partialEtaSquaredHigh: size.estimable ? size.partialEtaSquaredInterval.high : null,
      partialOmegaSquared: size.estimable ? size.partialOmegaSquared : null,
    };
    if (!row.estimable) {
      const none = { value: null, p: null, adjustedP: null, dimension: 0 };
      return { ...shared, ...none, method: 'not estimable', reason: row.reason };
    }
    return {
      ...shared,
      method: 'wild bootstrap',
      value: row.F,
      dimension: row.df,
      p: row.p,
      adjustedP: row.adjustedP,
    };
  });
}

/** The plan's families for a table without blocks, with HC3 standard errors. */
export function plainContrasts(model: LinearModel, plan: AnalysisPlan): ContrastFamilyResult[] {
  const name = plan.comparedFactor;
  if (name === undefined) return [];
  return plan.families.map(({ title, by, baseline, method }) => {
    const contrasts = contrastsAgainst(model, name, baseline, {
      by,
      adjust: method,
      confidence: plan.confidence,
      covariance: 'hc3',
    });
    return {
      title,
      factor: name,
      by,
      baseline,
      method,
      contrasts: contrasts.map((c) => plainContrast(c, plan)),
    };
  });
}

function plainContrast(contrast: ModelContrast, plan: AnalysisPlan) {
  const { estimate, standardError, df, low, high } = contrast;
  const margin = standardError === null ? null : tQuantile((1 + plan.confidence) / 2, df) * standardError;
  const reason = 'percentages are given for blocked designs only';
  return {
    ...contrast,
    low: estimate === null || margin === null ? null : estimate - margin,
    high: estimate === null || margin === null ? null : estimate + margin,
    simultaneousLow: low,
    simultaneousHigh: high,
    confidence: plan.confidence,
    percent: { estimate: null, low: null, high: null, reason },
    ...(estimate === null && { reason: 'empty cells leave it undetermined' }),
  };
}

/** The plain analysis beside a blocked one, or why there is none. */
export function secondaryPlain(
  plan: AnalysisPlan,
  table: RunTable,
): Pick<AnalysisResults['secondary'], 'plain' | 'residual' | 'reason'> {
  try {
    const model = plainModel(plan, table);
    return { plain: plainTerms(model, plan), residual: residualOf(model) };
  } catch (error) {
    if (error instanceof AgentMeshError) return { plain: null, residual: null, reason: error.message };
    throw error;
  }
}
