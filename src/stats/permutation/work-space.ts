import { createKernel, type Kernel, type Placed } from './kernel.ts';
import { groupWidth } from './group-width.ts';
import type { PermutationPlan } from './plan.ts';

/** Resamples evaluated together; the kernel's rows of a batch have as many doubles. */
export const batchSize = 4;

/** A list of additions or subtractions of rows, as pairs of byte offsets. */
export interface Program {
  readonly at: number;
  readonly count: number;
}

/**
 * The plan in the kernel's memory, and the sums of a batch of resamples: first per cell, then per entry of
 * every margin table. Of resample b, column t is in group floor(t / 6), where entry e has it at
 * [e * 6 + t % 6]; for HC3 the squares are in the groups from `squares` on.
 */
export interface WorkSpace {
  readonly plan: PermutationPlan;
  readonly kernel: Kernel;
  readonly labels: Placed<Uint16Array>;
  readonly state: Placed<Int32Array>;
  readonly groups: readonly Placed<Float64Array>[];
  readonly sums: readonly (readonly Placed<Float64Array>[])[];
  readonly squares: number;
  /** Cells to margins. */
  readonly additions: Program;
  /** Margins to products with sum-to-zero columns. */
  readonly subtractions: Program;
}

/** Turns the sums of a batch into statistics: that of term t in resample b at out[b * terms + t]. */
export type Evaluate = (out: Float64Array) => void;

export function createWorkSpace(plan: PermutationPlan): WorkSpace {
  const kernel = createKernel(bytesFor(plan));
  const { addTo, addFrom, size } = plan.margins;
  return {
    plan,
    kernel,
    labels: kernel.labels(plan.labels),
    state: kernel.integers([0, 0, 0, 0]),
    groups: plan.groups.map((group) => kernel.copy(group)),
    sums: Array.from({ length: batchSize }, () => plan.groups.map(() => kernel.doubles(size * groupWidth))),
    squares: Math.ceil(plan.terms.length / groupWidth),
    additions: placeProgram(kernel, addTo, addFrom, groupWidth),
    subtractions: placeProgram(kernel, plan.differences.from, plan.differences.take, groupWidth),
  };
}

/** Copies a program of entries as byte offsets of rows of that width. */
export function placeProgram(
  kernel: Kernel,
  to: ArrayLike<number>,
  from: ArrayLike<number>,
  width: number,
): Program {
  const offsets = new Int32Array(2 * to.length);
  for (let i = 0; i < to.length; i++) {
    offsets[2 * i] = to[i] * width * 8;
    offsets[2 * i + 1] = from[i] * width * 8;
  }
  return { at: kernel.integers(offsets).at, count: to.length };
}

/** Sums every group of values by label into resample b. */
export function sumResample(
  { plan, kernel, labels, groups, sums }: WorkSpace,
  b: number,
  first: number,
): void {
  for (let g = first; g < groups.length; g++) {
    sums[b][g].values.fill(0);
    kernel.run.sumByLabel(labels.at, plan.labels.length, groups[g].at, sums[b][g].at);
  }
}

/** Shuffles the labels and sums every group of values by label into resample b. */
export function shuffleResample(space: WorkSpace, b: number): void {
  const { plan, kernel, labels, groups, sums, state } = space;
  sums[b][0].values.fill(0);
  kernel.run.shuffleAndSum(labels.at, plan.labels.length, groups[0].at, sums[b][0].at, state.at);
  sumResample(space, b, 1);
}

/** Cells of the batch to margins; squares are needed per cell only. */
export function addMargins({ kernel, sums, squares, additions }: WorkSpace): void {
  for (const ofResample of sums) {
    for (let g = 0; g < squares; g++) kernel.run.addRows(additions.at, additions.count, ofResample[g].at);
  }
}

/** Margins of the batch to products with sum-to-zero columns. */
export function takeDifferences({ kernel, sums, squares, subtractions }: WorkSpace): void {
  for (const ofResample of sums) {
    for (let g = 0; g < squares; g++) {
      kernel.run.subtractRows(subtractions.at, subtractions.count, ofResample[g].at);
    }
  }
}

/** An upper bound on what the kernel's memory must hold. */
function bytesFor(plan: PermutationPlan): number {
  const { margins, differences, labels, groups, terms, counts } = plan;
  let bytes = labels.length * 2 + margins.size * batchSize * 8;
  for (const group of groups) bytes += group.length * 8 + margins.size * groupWidth * batchSize * 8;
  bytes += 2 * 8 * (margins.addTo.length + differences.from.length);
  for (const { packed, transposed, products, gather } of terms) {
    bytes += (packed.length + (transposed?.length ?? 0) + (products?.length ?? 0)) * 8;
    bytes += gather.length * batchSize * 8 * 4;
    bytes += (products?.length ?? 0) * batchSize * 8;
  }
  return bytes + counts.length * batchSize * 8 + pageSlack;
}

/** For rounding every array up to sixteen bytes. */
const pageSlack = 1 << 16;
