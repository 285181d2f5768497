import type { BlockDesign } from './block-design.ts';
import type { CellEstimates } from './cell-estimates.ts';
import {
  contrastFamily,
  type ContrastOptions,
  type FamilyMethod,
  type LevelContrast,
} from './level-contrasts.ts';
import type { LevelChoice } from './linear-comparison.ts';

/** A strategy with and without one of its parts, both levels of the strategy factor. */
export interface Ablation {
  readonly strategy: string;
  /** What is taken away, for example `credit assignment`. */
  readonly part: string;
  readonly intact: string;
  readonly ablated: string;
}

export interface PartContribution extends LevelContrast {
  readonly strategy: string;
  readonly part: string;
}

/**
 * What each part contributes: intact minus ablated strategy, paired within blocks, at every place asked for, with
 * p-values adjusted over the whole family (Holm by default).
 *
 * @param places for example one per task and `{}` for all tasks together
 * @throws InputError when a variant is not a level of the factor
 */
export function ablationAnalysis(
  design: BlockDesign,
  estimates: readonly CellEstimates[],
  factor: string,
  ablations: readonly Ablation[],
  places: readonly LevelChoice[],
  options: ContrastOptions & { readonly method?: FamilyMethod } = {},
): PartContribution[] {
  const cases = ablations.flatMap((ablation) => places.map((at) => ({ ablation, at })));
  const requests = cases.map(({ ablation, at }) => ({
    level: ablation.intact,
    baseline: ablation.ablated,
    at,
  }));
  const { contrasts } = contrastFamily(
    design,
    estimates,
    factor,
    requests,
    options.method ?? 'holm',
    options,
  );
  return contrasts.map((contrast, i) => {
    const { strategy, part } = cases[i].ablation;
    return { strategy, part, ...contrast };
  });
}
