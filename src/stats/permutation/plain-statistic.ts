import { groupWidth } from './shuffle.ts';
import { addMargins, batchSize, takeDifferences, type Evaluate, type WorkSpace } from './work-space.ts';

/** F statistics of a balanced design, from the squares of the margins alone. */
export function balancedEvaluator(space: WorkSpace): Evaluate {
  const { plan, sums, squares } = space;
  const { terms, margins, balanced, dfResidual } = plan;
  if (!balanced) throw new Error('the design is not balanced');
  return (out) => {
    addMargins(space, squares);
    for (let b = 0; b < batchSize; b++) {
      for (let t = 0; t < terms.length; t++) {
        const work = sums[b][Math.floor(t / groupWidth)];
        const lane = t % groupWidth;
        const weights = balanced.terms[t];
        let whole = 0;
        let own = 0;
        for (let s = 0; s < margins.tables.length; s++) {
          const { offset, size } = margins.tables[s];
          const end = (offset + size) * 6;
          let sum = 0;
          for (let at = offset * 6 + lane; at < end; at += 6) sum += work[at] * work[at];
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
  const scratch = coordinateScratch(space);
  return (out) => {
    addMargins(space, space.squares);
    takeDifferences(space, space.squares);
    for (let t = 0; t < terms.length; t++) {
      const { df, total, gather } = terms[t];
      coordinatesOf(space, t, scratch);
      const { coordinates } = scratch;
      const rank = gather.length;
      for (let b = 0; b < batchSize; b++) {
        let before = 0;
        let own = 0;
        for (let i = 0; i < rank - df; i++) before += coordinates[i * 4 + b] * coordinates[i * 4 + b];
        for (let i = rank - df; i < rank; i++) own += coordinates[i * 4 + b] * coordinates[i * 4 + b];
        out[b * terms.length + t] = own / df / ((total - before - own) / dfResidual);
      }
    }
  };
}

export interface CoordinateScratch {
  /** Column products of one term, [rank, batchSize]. */
  readonly products: Float64Array;
  /** Coordinates of one term in its basis, [rank, batchSize]. */
  readonly coordinates: Float64Array;
}

export function coordinateScratch({ plan }: WorkSpace): CoordinateScratch {
  const rank = Math.max(0, ...plan.terms.map(({ gather }) => gather.length));
  return {
    products: new Float64Array(rank * batchSize),
    coordinates: new Float64Array(rank * batchSize),
  };
}

/** Coordinates of the batch in a term's basis: a packed lower triangle times the column products. */
export function coordinatesOf(space: WorkSpace, t: number, scratch: CoordinateScratch): void {
  const { gather, packed } = space.plan.terms[t];
  const { products: x, coordinates } = scratch;
  const rank = gather.length;
  const lane = t % groupWidth;
  for (let b = 0; b < batchSize; b++) {
    const work = space.sums[b][Math.floor(t / groupWidth)];
    for (let j = 0; j < rank; j++) x[j * 4 + b] = work[gather[j] * 6 + lane];
  }
  let at = 0;
  for (let i = 0; i < rank; i++) {
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    const end = (i + 1) * 4;
    for (let j = 0; j < end; j += 4) {
      const weight = packed[at++];
      s0 += weight * x[j];
      s1 += weight * x[j + 1];
      s2 += weight * x[j + 2];
      s3 += weight * x[j + 3];
    }
    coordinates[i * 4] = s0;
    coordinates[i * 4 + 1] = s1;
    coordinates[i * 4 + 2] = s2;
    coordinates[i * 4 + 3] = s3;
  }
}
