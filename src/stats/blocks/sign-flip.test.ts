import { describe, expect, it } from 'vitest';
import { InputError, randomStream } from '../../core/index.ts';
import { apply, helmertContrasts, type Matrix } from './design-terms.ts';
import type { GroupSample } from './flip-statistic.ts';
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

/** Every sign vector in turn, the statistic by its formula for one group: the slow reference. */
function exactSignTest(rows: readonly (readonly number[])[]): { statistic: number; p: number } {
  const n = rows.length;
  const d = rows[0].length;
  const statistic = (data: readonly (readonly number[])[]) => {
    const m = data[0].map((_, k) => data.reduce((sum, row) => sum + row[k], 0) / n);
    const trace = data.flatMap((row) => row.map((x, k) => (x - m[k]) ** 2)).reduce((a, b) => a + b) / (n - 1);
    return m.reduce((sum, x) => sum + x * x, 0) / (trace / (d * n));
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
    const [result] = signFlipTests([sample(rows)], 2, [one], {
      stream: randomStream('test', 'flips'),
      flips: 20_000,
    });
    expect(result.statistic).toBeCloseTo(exact.statistic, 10);
    const standardError = Math.sqrt((exact.p * (1 - exact.p)) / 20_000);
    expect(Math.abs(result.p! - exact.p)).toBeLessThan(4 * standardError);
    expect(exact.p).toBeGreaterThan(0.005);
    expect(exact.p).toBeLessThan(0.2);
  });

  it('the statistic does not depend on the choice of orthonormal contrasts, in blocks or among groups', () => {
    const noise = randomStream('test', 'invariance');
    const draw = (n: number, scale: number) =>
      Array.from({ length: n }, () => [scale * noise.normal(), noise.normal() + 1]);
    const data = [draw(5, 1), draw(7, 3), draw(6, 2)];
    const run = (map: (row: number[]) => number[], between: Matrix) =>
      signFlipTests(
        data.map((rows) => sample(rows.map(map))),
        2,
        [between],
        { stream: randomStream('test', 'same signs'), flips: 999 },
      )[0];
    const plain = run((row) => row, helmertContrasts(3));
    const r = Math.SQRT1_2;
    const mixed = run(([x, y]) => [r * (x + y), r * (x - y)], helmertContrasts(3));
    const s = Math.sqrt(1 / 6);
    const other = { rows: 2, columns: 3, data: Float64Array.of(0, r, -r, 2 * s, -s, -s) };
    expect(mixed.statistic).toBeCloseTo(plain.statistic!, 8);
    expect(run((row) => row, other).statistic).toBeCloseTo(plain.statistic!, 8);
    expect(run((row) => row, other).p).toBe(plain.p);
  });

  it('never gives p = 0, and finds a large effect at the floor', () => {
    const rows = Array.from({ length: 30 }, (_, i) => [10 + (i % 7) / 10]);
    const [result] = signFlipTests([sample(rows)], 1, [one], {
      stream: randomStream('test', 'floor'),
      flips: 999,
    });
    expect(result.p).toBe(1 / 1000);
  });

  it('is not estimable when no block differs from another, and refuses a group of one block', () => {
    const flat = sample([[1], [1], [1]]);
    const options = { stream: randomStream('test', 'flat'), flips: 99 };
    const [result] = signFlipTests([flat], 1, [one], options);
    expect(result).toMatchObject({ statistic: null, p: null });
    expect(() => signFlipTests([sample([[1]])], 1, [one], options)).toThrow(InputError);
  });

  it('keeps other effects out: a strong interaction does not move the test of the average', () => {
    const noise = randomStream('test', 'interaction');
    const groups = (shift: number) =>
      [shift, -shift].map((mu) => Array.from({ length: 8 }, () => [mu + noise.normal()]));
    const average = { rows: 1, columns: 2, data: Float64Array.of(Math.SQRT1_2, Math.SQRT1_2) };
    let rejected = 0;
    for (let i = 0; i < 1000; i++) {
      const [result] = signFlipTests(groups(5).map(sample), 1, [average], {
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

describe('signFlipTests with scores of few values', () => {
  it('keeps its level where the covariance of ten blocks is no guide: 0 and 1 at .86, six levels', () => {
    // Five contrasts among six levels in four groups of ten; a Wald test with their covariance rejects 18%.
    const noise = randomStream('test', 'zero and one');
    const contrasts = helmertContrasts(6);
    const average = { rows: 1, columns: 4, data: new Float64Array(4).fill(0.5) };
    const differences = helmertContrasts(4);
    const rejected = [0, 0];
    for (let i = 0; i < 500; i++) {
      const groups = Array.from({ length: 4 }, () =>
        sample(
          Array.from({ length: 10 }, () =>
            Array.from(
              apply(
                contrasts,
                Array.from({ length: 6 }, () => Number(noise.next() < 0.86)),
              ),
            ),
          ),
        ),
      );
      signFlipTests(groups, 5, [average, differences], { stream: noise, flips: 99 }).forEach(({ p }, h) => {
        if (p! <= 0.05) rejected[h]++;
      });
    }
    // Four standard errors of 5% of 500 are 3.9 points.
    expect(rejected.every((count) => count / 500 < 0.089)).toBe(true);
  });
});
