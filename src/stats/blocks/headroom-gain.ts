import type { CellEstimates } from './cell-estimates.ts';
import { percentChange } from './percent-change.ts';
import type { CellWeights } from './linear-comparison.ts';

/** A gain as a share of what was left to gain. */
export interface HeadroomGain {
  readonly estimate: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly reason?: string;
}

/**
 * (mean - baseline) / (ceiling - baseline), with Fieller's interval: the share of the baseline's headroom that a
 * level gains. Beside the plain gain, because near the ceiling every gain is small.
 *
 * With headroom h = ceiling - mean it is 1 - h / h_baseline, a change of the mean headroom.
 *
 * @param options.ceiling highest attainable score, default 1
 * @param options.floor no result unless the headroom's lower bound exceeds this; default 0.1
 */
export function headroomGain(
  estimates: readonly CellEstimates[],
  level: CellWeights,
  baseline: CellWeights,
  options: { readonly ceiling?: number; readonly floor?: number; readonly confidence?: number } = {},
): HeadroomGain {
  const ceiling = options.ceiling ?? 1;
  const mirrored = estimates.map((group) => ({
    ...group,
    means: group.means.map((x) => ceiling - x),
    residuals: group.residuals.map((x) => -x),
  }));
  const { estimate, low, high } = percentChange(mirrored, level, baseline, options);
  if (estimate === null) {
    return { estimate: null, low: null, high: null, reason: 'too little headroom above the baseline' };
  }
  return {
    estimate: -estimate / 100,
    low: high === null ? null : -high / 100,
    high: low === null ? null : -low / 100,
  };
}
