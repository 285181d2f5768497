import { describe, expect, it } from 'vitest';
import { randomStream } from '../../core/index.ts';
import { cellEstimates } from './cell-estimates.ts';
import { symmetricPower } from '../symmetric.ts';

const block = (label: string, cells: number[]) => ({ label, cells: Float64Array.from(cells) });

/** Variance of a comparison from the estimates' deviations. */
function variance(estimate: ReturnType<typeof cellEstimates>, weights: readonly number[]): number {
  const { residuals, blocks } = estimate;
  let sum = 0;
  for (let b = 0; b < blocks; b++) {
    let dot = 0;
    weights.forEach((w, c) => (dot += w * residuals[b * weights.length + c]));
    sum += dot * dot;
  }
  return sum / (blocks * (blocks - 1));
}

type Rows = number[][];
const times = (a: Rows, b: Rows): Rows =>
  a.map((row) => b[0].map((_, j) => row.reduce((sum, x, k) => sum + x * b[k][j], 0)));
const transpose = (a: Rows): Rows => a[0].map((_, j) => a.map((row) => row[j]));
const power = (a: Rows, exponent: number): Rows => {
  const { matrix } = symmetricPower(Float64Array.from(a.flat()), a.length, exponent, 1e-9);
  return a.map((_, i) => [...matrix.subarray(i * a.length, (i + 1) * a.length)]);
};

/** CR2 and its Satterthwaite df straight from the definition, with a dummy column for every block and cell. */
function slowReference(blocks: readonly number[][], weights: readonly number[]) {
  const runs = blocks.flatMap((cells, b) => cells.flatMap((y, c) => (Number.isNaN(y) ? [] : [{ b, c, y }])));
  const X = runs.map(({ b, c }) => [
    ...blocks.map((_, other) => Number(other === b)),
    ...weights.map((_, other) => Number(other === c)),
  ]);
  const Y = runs.map(({ y }) => [y]);
  const bread = power(times(transpose(X), X), -1);
  const beta = times(bread, times(transpose(X), Y));
  const hat = times(times(X, bread), transpose(X));
  const residual = Y.map(([y], i) => y - X[i].reduce((sum, x, k) => sum + x * beta[k][0], 0));
  const full = [...blocks.map(() => 0), ...weights];
  const direction = times(
    bread,
    full.map((w) => [w]),
  );
  let total = 0;
  const p = blocks.map((_, b) => {
    const own = runs.flatMap((run, i) => (run.b === b ? [i] : []));
    const M = own.map((i) => own.map((j) => (i === j ? 1 : 0) - hat[i][j]));
    const A = power(M, -0.5);
    const projected = times(
      A,
      times(
        own.map((i) => X[i]),
        direction,
      ),
    ); // A_b X_b bread w
    total += own.reduce((sum, i, k) => sum + projected[k][0] * residual[i], 0) ** 2;
    // p_b = (I - H)_b' A_b X_b bread w
    return runs.map((_, i) =>
      own.reduce((sum, j, k) => sum + ((i === j ? 1 : 0) - hat[i][j]) * projected[k][0], 0),
    );
  });
  const gram = times(p, transpose(p));
  const trace = gram.reduce((sum, row, i) => sum + row[i], 0);
  const squares = gram.flat().reduce((sum, x) => sum + x * x, 0);
  const estimate = full.reduce((sum, w, k) => sum + w * beta[k][0], 0);
  return { estimate, variance: total, df: trace ** 2 / squares };
}

describe('cellEstimates', () => {
  it('complete blocks: means, and the paired t test`s variance and df', () => {
    // Differences 1, 3, 2: mean 2, variance of the mean 1/3, df 2.
    const group = { levels: [], blocks: [block('1', [0, 1]), block('2', [2, 5]), block('3', [1, 3])] };
    const estimate = cellEstimates(group, 2);
    expect([...estimate.means]).toEqual([1, 3]);
    expect(variance(estimate, [-1, 1])).toBeCloseTo(1 / 3, 12);
    expect(estimate.df([-1, 1])).toBe(2);
  });

  it('incomplete blocks: CR2 and Satterthwaite agree with the definition', () => {
    const noise = randomStream('test', 'cr2');
    const blocks = Array.from({ length: 7 }, () => Array.from({ length: 4 }, () => noise.normal()));
    for (const [b, c] of [
      [0, 1],
      [2, 3],
      [2, 0],
      [5, 1],
    ]) {
      blocks[b][c] = NaN;
    }
    const estimate = cellEstimates({ levels: [], blocks: blocks.map((cells, b) => block(`${b}`, cells)) }, 4);
    expect(estimate.complete).toBe(false);
    for (const weights of [
      [-1, 1, 0, 0],
      [-1, 0, 0.5, 0.5],
      [0.5, -0.5, 0.5, -0.5],
    ]) {
      const want = slowReference(blocks, weights);
      const got = weights.reduce((sum, w, c) => sum + w * estimate.means[c], 0);
      expect(got).toBeCloseTo(want.estimate, 10);
      expect(variance(estimate, weights)).toBeCloseTo(want.variance, 10);
      expect(estimate.df(weights)).toBeCloseTo(want.df, 8);
    }
  });

  it('one missing run changes little: the incomplete path meets the complete one', () => {
    const noise = randomStream('test', 'limit');
    const cells = Array.from({ length: 60 }, () => [noise.normal(), noise.normal() + 1, noise.normal()]);
    const full = cellEstimates({ levels: [], blocks: cells.map((c, b) => block(`${b}`, c)) }, 3);
    cells[0][2] = NaN;
    const part = cellEstimates({ levels: [], blocks: cells.map((c, b) => block(`${b}`, c)) }, 3);
    expect(part.means[1] - part.means[0]).toBeCloseTo(full.means[1] - full.means[0], 1);
    expect(variance(part, [-1, 1, 0]) / variance(full, [-1, 1, 0])).toBeCloseTo(1, 1);
    expect(part.df([-1, 1, 0])).toBeGreaterThan(55);
    expect(part.df([-1, 1, 0])).toBeLessThanOrEqual(59 + 1e-9);
  });

  it('a missing run of a hard block does not flatter its strategy', () => {
    // Both strategies score the same; the second was not run on the hard block. Plain means would differ by 0.4.
    const group = { levels: [], blocks: [block('easy', [0.9, 0.9]), block('mid', [0.5, 0.5]), block('hard', [0.1, NaN])] }; // prettier-ignore
    const { means, blocks } = cellEstimates(group, 2);
    expect(means[1] - means[0]).toBeCloseTo(0, 12);
    expect(blocks).toBe(2);
  });

  it('says NaN for a cell that nothing connects with the others', () => {
    const group = { levels: [], blocks: [block('1', [1, 2, NaN]), block('2', [2, 3, NaN]), block('3', [NaN, NaN, 5])] }; // prettier-ignore
    const { means } = cellEstimates(group, 3);
    expect(means[2]).toBeNaN();
    expect(means[1] - means[0]).toBeCloseTo(1, 12);
  });
});
