import { InputError } from '../core/index.ts';
import { kendall, pearson, slope, spearman, type RankCorrelation, type SlopeResult } from './correlation.ts';
import type { PearsonResult } from './correlation.ts';

/** One model: its size and what the strategy gained with it. */
export interface ScalingPoint {
  readonly model: string;
  /** Number of parameters, above 0; `undefined` when it is not known. */
  readonly parameters: number | undefined;
  /** Mean improvement over the baseline; `undefined` when it is not estimable. */
  readonly improvement: number | undefined;
}

export interface ScalingResult {
  readonly estimable: boolean;
  /** Models the result rests on. */
  readonly models: readonly string[];
  /** Models left out, and why. */
  readonly leftOut: readonly { readonly model: string; readonly reason: string }[];
  /** Of the improvement with log10(parameters); `null` when not estimable. */
  readonly pearson: PearsonResult | null;
  readonly spearman: RankCorrelation | null;
  readonly kendall: RankCorrelation | null;
  /** Change of the improvement per tenfold of the parameters. */
  readonly slopePerDecade: SlopeResult | null;
  readonly reason?: string;
}

/** Fewest models a correlation with size is reported for. */
export const fewestModelsForScaling = 4;

/**
 * How the improvement over a baseline changes with model size: the unit is the model, so n is the number of
 * models. Correlating single runs with size instead would count the same seven models hundreds of times.
 *
 * @throws InputError when a model has a number of parameters that is not positive
 */
export function scaling(points: readonly ScalingPoint[], confidence = 0.95): ScalingResult {
  const leftOut: { model: string; reason: string }[] = [];
  const used: { model: string; x: number; y: number }[] = [];
  for (const { model, parameters, improvement } of points) {
    if (parameters !== undefined && !(parameters > 0 && Number.isFinite(parameters))) {
      throw new InputError(`Model "${model}" has ${parameters} parameters; give a positive number or none.`);
    }
    if (parameters === undefined) leftOut.push({ model, reason: 'its size is not known' });
    else if (improvement === undefined || !Number.isFinite(improvement)) {
      leftOut.push({ model, reason: 'its improvement is not estimable' });
    } else used.push({ model, x: Math.log10(parameters), y: improvement });
  }
  const models = used.map(({ model }) => model);
  const refuse = (reason: string): ScalingResult => ({
    estimable: false,
    models,
    leftOut,
    pearson: null,
    spearman: null,
    kendall: null,
    slopePerDecade: null,
    reason,
  });
  if (used.length < fewestModelsForScaling) {
    return refuse(`${used.length} model(s) with a known size; a correlation needs ${fewestModelsForScaling}`);
  }
  const x = used.map((point) => point.x);
  const y = used.map((point) => point.y);
  const correlation = pearson(x, y, confidence);
  if (correlation.r === null) return refuse('all models have the same size, or the same improvement');
  return {
    estimable: true,
    models,
    leftOut,
    pearson: correlation,
    spearman: spearman(x, y),
    kendall: kendall(x, y),
    slopePerDecade: slope(x, y, confidence),
  };
}

/** A model of one kind with the model of the other kind it is compared with. */
export interface ModelPair {
  readonly model: string;
  readonly reference: string;
  /** Larger over smaller number of active parameters. */
  readonly ratio: number;
}

export interface ModelFacts {
  readonly model: string;
  readonly architecture: string | undefined;
  readonly activeParameters: number | undefined;
}

/**
 * Pairs every mixture-of-experts model with the dense model whose number of active parameters is nearest.
 *
 * @param largestRatio pairs further apart than this factor are not matched; default 2
 */
export function matchArchitectures(
  facts: readonly ModelFacts[],
  largestRatio = 2,
): { readonly pairs: ModelPair[]; readonly leftOut: { model: string; reason: string }[] } {
  const pairs: ModelPair[] = [];
  const leftOut: { model: string; reason: string }[] = [];
  const known = facts.filter(({ model, architecture, activeParameters }) => {
    if (architecture === undefined) leftOut.push({ model, reason: 'its architecture is not known' });
    else if (activeParameters === undefined) leftOut.push({ model, reason: 'its active size is not known' });
    else return true;
    return false;
  });
  const dense = known.filter(({ architecture }) => architecture === 'dense');
  for (const { model, architecture, activeParameters } of known) {
    if (architecture !== 'moe') continue;
    const ratio = (other: ModelFacts) => {
      const quotient = other.activeParameters! / activeParameters!;
      return Math.max(quotient, 1 / quotient);
    };
    const nearest = dense.slice().sort((a, b) => ratio(a) - ratio(b))[0] as ModelFacts | undefined;
    if (nearest && ratio(nearest) <= largestRatio) {
      pairs.push({ model, reference: nearest.model, ratio: ratio(nearest) });
    } else
      leftOut.push({ model, reason: `no dense model within a factor of ${largestRatio} of its active size` });
  }
  return { pairs, leftOut };
}
