import { InputError } from '../../core/index.ts';
import type { BlockDesign } from './block-design.ts';
import type { CellEstimates } from './cell-estimates.ts';
import {
  differenceWeights,
  levelWeights,
  linearComparison,
  type CellWeights,
  type Comparison,
  type LevelChoice,
} from './linear-comparison.ts';

/**
 * How much more a level gains over its baseline with some models than with the models they are paired with:
 * mean over pairs of [(level - baseline) at `model`] - [(level - baseline) at `reference`].
 *
 * A claim about these very models: its error is that of the blocks, not of drawing models.
 *
 * @param pairs levels of `factor`, at least one pair
 * @throws InputError when there is no pair, or a level does not exist
 */
export function differenceInDifferences(
  design: BlockDesign,
  estimates: readonly CellEstimates[],
  compared: { readonly factor: string; readonly level: string; readonly baseline: string },
  pairs: readonly { readonly model: string; readonly reference: string }[],
  options: { readonly modelFactor: string; readonly at?: LevelChoice; readonly confidence?: number },
): Comparison {
  if (pairs.length === 0) throw new InputError('differenceInDifferences: there is no pair of models.');
  const gain = (model: string): CellWeights => {
    const side = (level: string) =>
      levelWeights(design, { ...options.at, [options.modelFactor]: model, [compared.factor]: level });
    return differenceWeights(side(compared.level), side(compared.baseline));
  };
  const parts = pairs.map(({ model, reference }) => differenceWeights(gain(model), gain(reference)));
  const average = parts[0].map((own, g) =>
    own.map((_, c) => parts.reduce((sum, part) => sum + part[g][c] / parts.length, 0)),
  );
  return linearComparison(estimates, average, options.confidence);
}
