import { inverseQuadraticForm } from '../symmetric.ts';
import { coordinateScratch, coordinatesOf, type CoordinateScratch } from './plain-statistic.ts';
import type { PermutationPlan } from './plan.ts';
import { groupWidth } from './shuffle.ts';
import type { TermProjection } from './term-projection.ts';
import { addMargins, batchSize, takeDifferences, type Evaluate, type WorkSpace } from './work-space.ts';

interface RobustScratch extends CoordinateScratch {
  /** Coefficients, then fitted values: [entries of the work space, batchSize]. */
  readonly fit: Float64Array;
  /** HC3 weight per cell, [cells, batchSize]. */
  readonly weights: Float64Array;
  /** Per resample of the batch, row by row; the lower triangle counts. */
  readonly covariances: readonly Float64Array[];
}

/**
 * Wald statistics with the HC3 covariance, over their degrees of freedom. The fit per cell is the design times
 * coefficients, that is the program that made the column products, run backwards.
 */
export function robustEvaluator(space: WorkSpace): Evaluate {
  const { plan } = space;
  const { terms, counts } = plan;
  const largest = Math.max(0, ...terms.map((term) => term.df));
  const own = new Float64Array(largest);
  const scratch: RobustScratch = {
    ...coordinateScratch(space),
    fit: new Float64Array(plan.margins.size * batchSize),
    weights: new Float64Array(counts.length * batchSize),
    covariances: Array.from({ length: batchSize }, () => new Float64Array(largest * largest)),
  };
  return (out) => {
    addMargins(space, space.squares);
    takeDifferences(space, space.squares);
    for (let t = 0; t < terms.length; t++) {
      const { df, gather } = terms[t];
      coordinatesOf(space, t, scratch);
      fitCells(plan, terms[t], scratch);
      weighCells(space, t, scratch);
      accumulateCovariances(terms[t], counts.length, scratch);
      const first = gather.length - df;
      for (let b = 0; b < batchSize; b++) {
        for (let i = 0; i < df; i++) own[i] = scratch.coordinates[(first + i) * batchSize + b];
        out[b * terms.length + t] = inverseQuadraticForm(scratch.covariances[b], own, df) / df;
      }
    }
  };
}

function fitCells(plan: PermutationPlan, term: TermProjection, scratch: RobustScratch): void {
  const { fit, coordinates } = scratch;
  const { gather, transposed } = term;
  if (!transposed) return;
  fit.fill(0);
  const end = gather.length * 4;
  let at = 0;
  for (let j = 0; j < gather.length; j++) {
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let i = j * 4; i < end; i += 4) {
      const weight = transposed[at++];
      s0 += weight * coordinates[i];
      s1 += weight * coordinates[i + 1];
      s2 += weight * coordinates[i + 2];
      s3 += weight * coordinates[i + 3];
    }
    const to = gather[j] * 4;
    fit[to] = s0;
    fit[to + 1] = s1;
    fit[to + 2] = s2;
    fit[to + 3] = s3;
  }
  const { from, take } = plan.differences;
  for (let i = from.length - 1; i >= 0; i--) {
    const source = from[i] * 4;
    const to = take[i] * 4;
    fit[to] -= fit[source];
    fit[to + 1] -= fit[source + 1];
    fit[to + 2] -= fit[source + 2];
    fit[to + 3] -= fit[source + 3];
  }
  const { addTo, addFrom } = plan.margins;
  for (let i = addTo.length - 1; i >= 0; i--) {
    const source = addTo[i] * 4;
    const to = addFrom[i] * 4;
    fit[to] += fit[source];
    fit[to + 1] += fit[source + 1];
    fit[to + 2] += fit[source + 2];
    fit[to + 3] += fit[source + 3];
  }
}

/** Sum over a cell's rows of (value - fit)^2, times the cell's HC3 scale. */
function weighCells({ plan, squares, sums }: WorkSpace, t: number, scratch: RobustScratch): void {
  const { counts, meatScale } = plan;
  const { fit, weights } = scratch;
  for (let b = 0; b < batchSize; b++) {
    const group = Math.floor(t / groupWidth);
    const lane = t % groupWidth;
    const values = sums[b][group];
    const valuesSquared = sums[b][squares + group];
    for (let c = 0; c < counts.length; c++) {
      const fitted = fit[c * batchSize + b];
      const sum = values[c * 6 + lane];
      const meat = valuesSquared[c * 6 + lane] - fitted * (2 * sum - counts[c] * fitted);
      weights[c * batchSize + b] = meatScale[c] * Math.max(0, meat);
    }
  }
}

/** Lower triangles of the covariances of a term's coordinates; two entries at a time share the weights. */
function accumulateCovariances(term: TermProjection, cells: number, scratch: RobustScratch): void {
  const { df, products } = term;
  if (!products) return;
  const { weights, covariances } = scratch;
  const [v0, v1, v2, v3] = covariances;
  let row = 0;
  for (let i = 0; i < df; i++) {
    for (let j = 0; j <= i; j += 2) {
      const two = j < i;
      const first = row;
      const second = two ? row + cells : row;
      let a0 = 0;
      let a1 = 0;
      let a2 = 0;
      let a3 = 0;
      let b0 = 0;
      let b1 = 0;
      let b2 = 0;
      let b3 = 0;
      for (let c = 0, at = 0; c < cells; c++, at += 4) {
        const p = products[first + c];
        const q = products[second + c];
        const w0 = weights[at];
        const w1 = weights[at + 1];
        const w2 = weights[at + 2];
        const w3 = weights[at + 3];
        a0 += p * w0;
        a1 += p * w1;
        a2 += p * w2;
        a3 += p * w3;
        b0 += q * w0;
        b1 += q * w1;
        b2 += q * w2;
        b3 += q * w3;
      }
      const to = i * df + j;
      v0[to] = a0;
      v1[to] = a1;
      v2[to] = a2;
      v3[to] = a3;
      if (two) {
        v0[to + 1] = b0;
        v1[to + 1] = b1;
        v2[to + 1] = b2;
        v3[to + 1] = b3;
      }
      row += two ? 2 * cells : cells;
    }
  }
}
