import {
  adjustP,
  differenceInDifferences,
  differenceWeights,
  fewestModelsForScaling,
  headroomGain,
  levelWeights,
  linearComparison,
  scaling,
  type CellWeights,
  type Comparison,
} from '../stats/index.ts';
import type { Arranged } from './arranged.ts';
import { comparedLevels, groupPlaces, levelsAgainst } from './contrast-analysis.ts';
import type { AnalysisPlan } from './plan.ts';
import type { ArchitectureLine, Mean, ScalingLine, ScalingModelPoint, ScalingPoints } from './results.ts';
import type { ModelSize, RunTable } from './run-table.ts';

/**
 * How each level's gain over each baseline changes with model size, at each level of each other factor and over
 * all: on model means, with total and active parameters, as a plain gain and as a share of the headroom; and the
 * points themselves. Where several architectures are there, each with enough models has lines of its own.
 */
export function scalingResults(
  arranged: Arranged,
  plan: AnalysisPlan,
  table: RunTable,
): { readonly scaling: ScalingLine[]; readonly scalingPoints: ScalingPoints[] } {
  const { comparedFactor, modelFactor } = plan;
  const { design } = arranged;
  const none = { scaling: [], scalingPoints: [] };
  if (plan.scaling === null || comparedFactor === undefined || modelFactor === undefined) return none;
  const models = design.within.find(({ name }) => name === modelFactor)?.levels;
  if (!models) return none;
  const scalingPoints = pairs(plan, presentLevels(arranged, plan)).flatMap(({ level, baseline }) =>
    groupPlaces(arranged, plan).map((at): ScalingPoints => ({
      level,
      baseline,
      at,
      models: models.map((model) => {
        const side = (own: string) =>
          levelWeights(design, { ...at, [modelFactor]: model, [comparedFactor]: own });
        return scalingPoint(arranged, plan, table.models[model], model, side(level), side(baseline));
      }),
    })),
  );
  return { scaling: scalingPoints.flatMap((points) => scalingLines(points, plan)), scalingPoints };
}

function scalingPoint(
  { estimates }: Arranged,
  plan: AnalysisPlan,
  size: ModelSize | undefined,
  model: string,
  level: CellWeights,
  baseline: CellWeights,
): ScalingModelPoint {
  const { confidence, ceiling, percentFloor: floor } = plan;
  const gain = linearComparison(estimates, differenceWeights(level, baseline), confidence);
  const headroom =
    ceiling === undefined
      ? undefined
      : headroomGain(estimates, level, baseline, { ceiling, floor, confidence });
  return {
    model,
    totalParameters: size?.totalParameters ?? null,
    activeParameters: size?.activeParameters ?? null,
    architecture: size?.architecture ?? null,
    gain: toMean(gain),
    headroom: toMean(headroom),
  };
}

function toMean(from: Pick<Comparison, 'estimate' | 'low' | 'high'> | undefined): Mean | null {
  if (!from || from.estimate === null) return null;
  return { estimate: from.estimate, low: from.low, high: from.high };
}

function scalingLines({ level, baseline, at, models }: ScalingPoints, plan: AnalysisPlan): ScalingLine[] {
  const measures = plan.ceiling === undefined ? (['gain'] as const) : (['gain', 'headroom'] as const);
  const kinds = [...new Set(models.flatMap(({ architecture }) => architecture ?? []))];
  const enough = kinds.filter(
    (kind) =>
      kinds.length > 1 &&
      models.filter(({ architecture }) => architecture === kind).length >= fewestModelsForScaling,
  );
  return [null, ...enough].flatMap((architecture) =>
    measures.flatMap((measure) =>
      (['total', 'active'] as const).map((parameters): ScalingLine => {
        const own = models.filter((model) => architecture === null || model.architecture === architecture);
        const points = own.map((point) => ({
          model: point.model,
          parameters: (parameters === 'total' ? point.totalParameters : point.activeParameters) ?? undefined,
          improvement: point[measure]?.estimate,
        }));
        const result = scaling(points, plan.confidence);
        return { level, baseline, at, parameters, measure, architecture, result };
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
    groupPlaces(arranged, plan).map((at) => {
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
