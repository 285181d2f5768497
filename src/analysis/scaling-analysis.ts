import {
  adjustP,
  differenceInDifferences,
  differenceWeights,
  headroomGain,
  levelWeights,
  linearComparison,
  scaling,
} from '../stats/index.ts';
import type { Arranged } from './arranged.ts';
import { comparedLevels, groupPlaces, levelsAgainst } from './contrast-analysis.ts';
import type { AnalysisPlan } from './plan.ts';
import type { ArchitectureLine, ScalingLine } from './results.ts';
import type { RunTable } from './run-table.ts';

/**
 * How each level's gain over each baseline changes with model size, per group and over all: on model means, with
 * total and active parameters, as a plain gain and as a share of the headroom.
 */
export function scalingLines(arranged: Arranged, plan: AnalysisPlan, table: RunTable): ScalingLine[] {
  const { comparedFactor, modelFactor } = plan;
  const { design, estimates } = arranged;
  if (plan.scaling === null || comparedFactor === undefined || modelFactor === undefined) return [];
  const models = design.within.find(({ name }) => name === modelFactor)?.levels;
  if (!models) return [];
  const measures = plan.ceiling === undefined ? (['gain'] as const) : (['gain', 'headroom'] as const);
  const present = presentLevels(arranged, plan);
  return pairs(plan, present).flatMap(({ level, baseline }) =>
    groupPlaces(arranged).flatMap((at) =>
      measures.flatMap((measure) => {
        const improvement = models.map((model) => {
          const top = levelWeights(design, { ...at, [modelFactor]: model, [comparedFactor]: level });
          const bottom = levelWeights(design, { ...at, [modelFactor]: model, [comparedFactor]: baseline });
          const { estimate } =
            measure === 'gain'
              ? linearComparison(estimates, differenceWeights(top, bottom))
              : headroomGain(estimates, top, bottom, { ceiling: plan.ceiling, floor: plan.percentFloor });
          return estimate ?? undefined;
        });
        return (['total', 'active'] as const).map((parameters): ScalingLine => ({
          level,
          baseline,
          at,
          parameters,
          measure,
          result: scaling(
            models.map((model, i) => ({
              model,
              parameters:
                table.models[model]?.[parameters === 'total' ? 'totalParameters' : 'activeParameters'],
              improvement: improvement[i],
            })),
            plan.confidence,
          ),
        }));
      }),
    ),
  );
}

/** Mixture-of-experts against dense models of like active size, as differences in differences. */
export function architectureLines(arranged: Arranged, plan: AnalysisPlan): ArchitectureLine[] {
  const { comparedFactor, modelFactor, architecture } = plan;
  const { design, estimates } = arranged;
  if (!architecture || comparedFactor === undefined || modelFactor === undefined) return [];
  const models = design.within.find(({ name }) => name === modelFactor)?.levels ?? [];
  const matched = architecture.pairs.filter(
    ({ model, reference }) => models.includes(model) && models.includes(reference),
  );
  if (matched.length === 0) return [];
  const lines = pairs(plan, presentLevels(arranged, plan)).flatMap(({ level, baseline }) =>
    groupPlaces(arranged).map((at) => {
      const compared = { factor: comparedFactor, level, baseline };
      const result = differenceInDifferences(design, estimates, compared, matched, {
        modelFactor,
        at,
        confidence: plan.confidence,
      });
      const { estimate, standardError, t, df, p, low, high, reason } = result;
      return { level, baseline, at, pairs: matched, estimate, standardError, t, df, p, low, high, reason };
    }),
  );
  const adjusted = adjustP(
    lines.map(({ p }) => p),
    'holm',
  );
  return lines.map(({ reason, ...line }, i) => ({
    ...line,
    adjustedP: adjusted[i],
    ...(reason !== undefined && { reason }),
  }));
}

function presentLevels({ absent }: Arranged, plan: AnalysisPlan): string[] {
  return comparedLevels(plan).filter(
    (level) => !absent.some((a) => a.factor === plan.comparedFactor && a.level === level),
  );
}

function pairs(plan: AnalysisPlan, levels: readonly string[]): { level: string; baseline: string }[] {
  return plan.baselines
    .filter((baseline) => levels.includes(baseline))
    .flatMap((baseline) =>
      levelsAgainst(plan, baseline)
        .filter((level) => levels.includes(level))
        .map((level) => ({ level, baseline })),
    );
}
