import { groupWidth } from './group-width.ts';
import type { Placed } from './kernel.ts';
import { addMargins, batchSize, takeDifferences, type Evaluate, type WorkSpace } from './work-space.ts';

/** F statistics of a balanced design, from the squares of the margins alone. */
export function balancedEvaluator(space: WorkSpace): Evaluate {
  const { plan, sums } = space;
  const { terms, margins, balanced, dfResidual } = plan;
  if (!balanced) throw new Error('the design is not balanced');
  return (out) => {
    addMargins(space);
    for (let b = 0; b < batchSize; b++) {
      for (let t = 0; t < terms.length; t++) {
        const work = sums[b][Math.floor(t / groupWidth)].values;
        const lane = t % groupWidth;
        const weights = balanced.terms[t];
        let whole = 0;
        let own = 0;
        for (let s = 0; s < margins.tables.length; s++) {
          const { offset, size } = margins.tables[s];
          const end = (offset + size) * groupWidth;
          let sum = 0;
          for (let at = offset * groupWidth + lane; at < end; at += groupWidth) sum += work[at] * work[at];
          whole += balanced.model[s] * sum;
          own += weights[s] * sum;
        }
        const { df, total } = terms[t];
        out[b * terms.length + t] = own / df / ((total - whole) / dfResidual);
      }
    }
  };
}

/** F statistics of any design: each term's coordinates in a basis in which the term comes last. */
export function projectedEvaluator(space: WorkSpace): Evaluate {
  const { terms, dfResidual } = space.plan;
  const coordinates = coordinateEvaluator(space);
  return (out) => {
    addMargins(space);
    takeDifferences(space);
    for (let t = 0; t < terms.length; t++) {
      const { df, total, gather } = terms[t];
      const { values } = coordinates(t);
      const rank = gather.length;
      for (let b = 0; b < batchSize; b++) {
        let before = 0;
        let own = 0;
        for (let i = 0; i < rank - df; i++) before += values[i * batchSize + b] ** 2;
        for (let i = rank - df; i < rank; i++) own += values[i * batchSize + b] ** 2;
        out[b * terms.length + t] = own / df / ((total - before - own) / dfResidual);
      }
    }
  };
}

/**
 * Coordinates of the batch in a term's basis, [rank, batchSize]: a packed lower triangle times the products
 * with the design's columns. The array is overwritten by the next call.
 */
export function coordinateEvaluator(space: WorkSpace): (t: number) => Placed<Float64Array> {
  const { plan, kernel, sums } = space;
  const rank = Math.max(0, ...plan.terms.map(({ gather }) => gather.length));
  const products = kernel.doubles(rank * batchSize);
  const coordinates = kernel.doubles(rank * batchSize);
  const triangles = plan.terms.map(({ packed }) => kernel.copy(packed));
  return (t) => {
    const { gather } = plan.terms[t];
    const lane = t % groupWidth;
    const x = products.values;
    for (let b = 0; b < batchSize; b++) {
      const work = sums[b][Math.floor(t / groupWidth)].values;
      for (let j = 0; j < gather.length; j++) x[j * batchSize + b] = work[gather[j] * groupWidth + lane];
    }
    kernel.run.triangle(triangles[t].at, products.at, coordinates.at, gather.length, 0);
    return coordinates;
  };
}
