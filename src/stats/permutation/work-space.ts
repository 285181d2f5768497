import type { PermutationPlan } from './plan.ts';
import { groupWidth } from './shuffle.ts';

/** Resamples evaluated together, so that every coefficient that is loaded serves four sums. */
export const batchSize = 4;

/**
 * Sums of a batch of resamples: first per cell, then per entry of every margin table. Of resample b, column t
 * is in group floor(t / 6), where entry e has it at [e * 6 + t % 6]; for HC3 the squares are in the groups from
 * `squares` on.
 */
export interface WorkSpace {
  readonly plan: PermutationPlan;
  readonly squares: number;
  readonly sums: readonly (readonly Float64Array[])[];
}

/** Turns the sums of a batch into statistics: that of term t in resample b at out[b * terms + t]. */
export type Evaluate = (out: Float64Array) => void;

export function createWorkSpace(plan: PermutationPlan): WorkSpace {
  return {
    plan,
    squares: Math.ceil(plan.terms.length / groupWidth),
    sums: Array.from({ length: batchSize }, () =>
      plan.groups.map(() => new Float64Array(plan.margins.size * groupWidth)),
    ),
  };
}

/** Adds the cells of every resample up to margins. */
export function addMargins({ plan, sums }: WorkSpace, groups: number): void {
  const { addTo, addFrom } = plan.margins;
  for (const ofResample of sums) {
    for (let g = 0; g < groups; g++) {
      const work = ofResample[g];
      for (let i = 0; i < addTo.length; i++) {
        const to = addTo[i] * 6;
        const from = addFrom[i] * 6;
        work[to] += work[from];
        work[to + 1] += work[from + 1];
        work[to + 2] += work[from + 2];
        work[to + 3] += work[from + 3];
        work[to + 4] += work[from + 4];
        work[to + 5] += work[from + 5];
      }
    }
  }
}

/** Margins to products with sum-to-zero columns. */
export function takeDifferences({ plan, sums }: WorkSpace, groups: number): void {
  const { from, take } = plan.differences;
  for (const ofResample of sums) {
    for (let g = 0; g < groups; g++) {
      const work = ofResample[g];
      for (let i = 0; i < from.length; i++) {
        const to = from[i] * 6;
        const other = take[i] * 6;
        work[to] -= work[other];
        work[to + 1] -= work[other + 1];
        work[to + 2] -= work[other + 2];
        work[to + 3] -= work[other + 3];
        work[to + 4] -= work[other + 4];
        work[to + 5] -= work[other + 5];
      }
    }
  }
}
