import { describe, expect, it } from 'vitest';
import { InputError, randomStream } from '../../core/index.ts';
import { helmertContrasts, type Matrix } from './design-terms.ts';
import type { GroupSample } from './flip-statistic.ts';
import { satterthwaiteTest } from './satterthwaite-test.ts';
import { signFlipTests } from './sign-flip.ts';

const one: Matrix = { rows: 1, columns: 1, data: Float64Array.of(1) };

/** A group from its blocks' contrast vectors. */
function sample(rows: readonly (readonly number[])[]): GroupSample {
  const dimension = rows[0].length;
  const mean = Float64Array.from({ length: dimension }, (_, k) => {
    return rows.reduce((sum, row) => sum + row[k], 0) / rows.length;
  });
  const residuals = Float64Array.from(rows.flatMap((row) => row.map((x, k) => x - mean[k])));
  return { mean, residuals, blocks: rows.length };
}

/** Every sign vector in turn, statistics by plain matrix algebra on two contrasts: the slow reference. */
function exactSignTest(rows: readonly (readonly [number, number])[]): { statistic: number; p: number } {
  const n = rows.length;
  const statistic = (data: readonly (readonly number[])[]) => {
    const m = [0, 1].map((k) => data.reduce((s, r) => s + r[k], 0) / n);
    const c = (k: number, l: number) =>
      data.reduce((s, r) => s + (r[k] - m[k]) * (r[l] - m[l]), 0) / (n * (n - 1));
    const [a, b, d] = [c(0, 0), c(0, 1), c(1, 1)];
    return (d * m[0] ** 2 - 2 * b * m[0] * m[1] + a * m[1] ** 2) / (a * d - b * b);
  };
  const observed = statistic(rows);
  let reached = 0;
  for (let mask = 0; mask < 2 ** n; mask++) {
    const flipped = rows.map((row, i) => row.map((x) => (mask & (1 << i) ? x : -x)));
    if (statistic(flipped) >= observed * (1 - 1e-12)) reached++;
  }
  return { statistic: observed, p: reached / 2 ** n };
}

describe('signFlipTests', () => {
  it('is the exact sign-change test for one group', () => {
    const rows: [number, number][] = [
      [0.4, 0.1],
      [0.9, -0.2],
      [0.2, 0.5],
      [1.1, 0.3],
      [-0.1, 0.4],
      [0.7, 0.0],
      [0.5, 0.6],
    ];
    const exact = exactSignTest(rows);
    const [result] = signFlipTests([sample(rows)], 2, [{ between: one, statistic: 'wald' }], {
      stream: randomStream('test', 'flips'),
      flips: 20_000,
    });
    expect(result.statistic).toBeCloseTo(exact.statistic, 10);
    const standardError = Math.sqrt((exact.p * (1 - exact.p)) / 20_000);
    expect(Math.abs(result.p! - exact.p)).toBeLessThan(4 * standardError);
    expect(exact.p).toBeGreaterThan(0.005);
    expect(exact.p).toBeLessThan(0.2);
  });

  it('the Wald statistic does not depend on the choice of contrasts, among blocks or among groups', () => {
    const noise = randomStream('test', 'invariance');
    const draw = (n: number, scale: number) =>
      Array.from({ length: n }, () => [scale * noise.normal(), noise.normal() + 1]);
    const data = [draw(5, 1), draw(7, 3), draw(6, 2)];
    const run = (map: (row: number[]) => number[], between: Matrix) =>
      signFlipTests(
        data.map((rows) => sample(rows.map(map))),
        2,
        [{ between, statistic: 'wald' }],
        { stream: randomStream('test', 'same signs'), flips: 999 },
      )[0];
    const plain = run((row) => row, helmertContrasts(3));
    const mixed = run(([x, y]) => [x + 2 * y, x - y], helmertContrasts(3));
    const r = Math.SQRT1_2;
    const s = Math.sqrt(1 / 6);
    const other = { rows: 2, columns: 3, data: Float64Array.of(0, r, -r, 2 * s, -s, -s) };
    expect(mixed.statistic).toBeCloseTo(plain.statistic!, 8);
    expect(run((row) => row, other).statistic).toBeCloseTo(plain.statistic!, 8);
    expect(run((row) => row, other).p).toBe(plain.p);
  });

  it('never gives p = 0, and finds a large effect at the floor', () => {
    const rows = Array.from({ length: 30 }, (_, i) => [10 + (i % 7) / 10]);
    const [result] = signFlipTests([sample(rows)], 1, [{ between: one, statistic: 'wald' }], {
      stream: randomStream('test', 'floor'),
      flips: 999,
    });
    expect(result.p).toBe(1 / 1000);
  });

  it('is not estimable when no block differs from another, and refuses a group of one block', () => {
    const flat = sample([[1], [1], [1]]);
    const options = { stream: randomStream('test', 'flat'), flips: 99 };
    for (const statistic of ['wald', 'trace'] as const) {
      const [result] = signFlipTests([flat], 1, [{ between: one, statistic }], options);
      expect(result).toMatchObject({ statistic: null, p: null });
    }
    expect(() => signFlipTests([sample([[1]])], 1, [{ between: one, statistic: 'wald' }], options)).toThrow(
      InputError,
    );
  });

  it('keeps other effects out: a strong interaction does not move the test of the average', () => {
    const noise = randomStream('test', 'interaction');
    const groups = (shift: number) =>
      [shift, -shift].map((mu) => Array.from({ length: 8 }, () => [mu + noise.normal()]));
    const average = { rows: 1, columns: 2, data: Float64Array.of(Math.SQRT1_2, Math.SQRT1_2) };
    let rejected = 0;
    for (let i = 0; i < 1000; i++) {
      const [result] = signFlipTests(groups(5).map(sample), 1, [{ between: average, statistic: 'wald' }], {
        stream: noise,
        flips: 199,
      });
      if (result.p! <= 0.05) rejected++;
    }
    // Standard error of a share of 5% among 1,000 is 0.7%.
    expect(rejected / 1000).toBeGreaterThan(0.025);
    expect(rejected / 1000).toBeLessThan(0.08);
  });
});

describe('satterthwaiteTest', () => {
  it('is Welch`s t squared with one contrast', () => {
    // Two groups of one contrast: var/n = 0.25 (2 values) and 1/3 (3 values), df 1 and 2.
    const groups = [sample([[1], [2]]), sample([[5], [6], [7]])];
    const difference = { rows: 1, columns: 2, data: Float64Array.of(1, -1) };
    const test = satterthwaiteTest(groups, 1, difference, [1, 2])!;
    expect(test.f).toBeCloseTo(4.5 ** 2 / (0.25 + 1 / 3), 10);
    expect(test.df2).toBeCloseTo((0.25 + 1 / 3) ** 2 / (0.25 ** 2 / 1 + (1 / 3) ** 2 / 2), 10);
  });

  it('is Hotelling`s T squared with one group', () => {
    const rows = [
      [1, 0],
      [2, 1],
      [0, 1],
      [3, 0],
      [2, 3],
    ];
    // n = 5, d = 2: F = T^2 (n - d) / ((n - 1) d) on (2, 3).
    const test = satterthwaiteTest([sample(rows)], 2, one, [4])!;
    const wald = signFlipTests([sample(rows)], 2, [{ between: one, statistic: 'wald' }], {
      stream: randomStream('test', 'hotelling'),
      flips: 99,
    })[0].statistic!;
    expect(test.df2).toBeCloseTo(3, 10);
    expect(test.f).toBeCloseTo((wald * 3) / (4 * 2), 10);
  });
});
