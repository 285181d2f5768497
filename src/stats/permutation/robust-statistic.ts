import { groupWidth } from './group-width.ts';
import { coordinateEvaluator } from './plain-statistic.ts';
import { quadraticForms } from './quadratic-forms.ts';
import {
  addMargins,
  batchSize,
  placeProgram,
  takeDifferences,
  type Evaluate,
  type WorkSpace,
} from './work-space.ts';

/**
 * Wald statistics with the HC3 covariance, over their degrees of freedom.
 *
 * Per term and resample: coordinates, fitted value per cell, sum of squared residuals per cell, the covariance
 * as a weighted sum of the cells' products, and a quadratic form.
 */
export function robustEvaluator(space: WorkSpace): Evaluate {
  const { plan, kernel } = space;
  const { terms, counts } = plan;
  const coordinates = coordinateEvaluator(space);
  const fit = fitEvaluator(space);
  const weights = kernel.doubles(counts.length * batchSize);
  const products = terms.map((term) => kernel.copy(term.products ?? new Float64Array(0)));
  const blocks = products.map(({ values }) => values.length / (4 * counts.length));
  const covariances = kernel.doubles(Math.max(0, ...blocks) * 4 * batchSize);
  return (out) => {
    addMargins(space);
    takeDifferences(space);
    for (let t = 0; t < terms.length; t++) {
      const { df, gather } = terms[t];
      const own = coordinates(t);
      weighCells(space, t, fit(t, own.at), weights.values);
      kernel.run.weigh(products[t].at, weights.at, covariances.at, blocks[t], counts.length);
      const first = (gather.length - df) * batchSize;
      quadraticForms(covariances.values, own.values, first, df);
      for (let b = 0; b < batchSize; b++) out[b * terms.length + t] = covariances.values[b] / df;
    }
  };
}

/**
 * Fitted values per cell of a batch, [cells, batchSize]: the design times the coefficients, which is the
 * program from cells to column products run backwards.
 */
function fitEvaluator({ plan, kernel }: WorkSpace): (t: number, coordinates: number) => Float64Array {
  const { margins, differences, terms } = plan;
  const rank = Math.max(0, ...terms.map(({ gather }) => gather.length));
  const coefficients = kernel.doubles(rank * batchSize);
  const work = kernel.doubles(margins.size * batchSize);
  const triangles = terms.map(({ transposed }) => kernel.copy(transposed ?? new Float64Array(0)));
  const additions = placeProgram(kernel, margins.addFrom.toReversed(), margins.addTo.toReversed(), batchSize);
  const subtractions = placeProgram(
    kernel,
    differences.take.toReversed(),
    differences.from.toReversed(),
    batchSize,
  );
  return (t, coordinates) => {
    const { gather } = terms[t];
    kernel.run.triangle(triangles[t].at, coordinates, coefficients.at, gather.length, 1);
    work.values.fill(0);
    for (let j = 0; j < gather.length; j++) {
      for (let b = 0; b < batchSize; b++) {
        work.values[gather[j] * batchSize + b] = coefficients.values[j * batchSize + b];
      }
    }
    kernel.run.subtractBatch(subtractions.at, subtractions.count, work.at);
    kernel.run.addBatch(additions.at, additions.count, work.at);
    return work.values;
  };
}

/** Per cell the sum over its rows of (value - fit)^2, times the cell's HC3 scale. */
function weighCells(
  { plan, squares, sums }: WorkSpace,
  t: number,
  fit: Float64Array,
  weights: Float64Array,
): void {
  const { counts, meatScale } = plan;
  const group = Math.floor(t / groupWidth);
  const lane = t % groupWidth;
  for (let b = 0; b < batchSize; b++) {
    const values = sums[b][group].values;
    const valuesSquared = sums[b][squares + group].values;
    for (let c = 0; c < counts.length; c++) {
      const fitted = fit[c * batchSize + b];
      const sum = values[c * groupWidth + lane];
      const meat = valuesSquared[c * groupWidth + lane] - fitted * (2 * sum - counts[c] * fitted);
      weights[c * batchSize + b] = meatScale[c] * Math.max(0, meat);
    }
  }
}
