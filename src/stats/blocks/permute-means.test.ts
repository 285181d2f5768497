import { describe, expect, it } from 'vitest';
import { InputError, randomStream } from '../../core/index.ts';
import { helmertContrasts } from './design-terms.ts';
import { permuteMeans } from './permute-means.ts';

const two = helmertContrasts(2);

describe('permuteMeans', () => {
  it('is the squared Welch t for two groups, with the exact share of splits as its p', () => {
    // Welch: means 1.5 and 6, variances of the means 0.25 and 1/3 (0.5/2 and 1/3): t^2 = 4.5^2 / (0.25 + 1/3).
    const groups = [
      [1, 2],
      [5, 6, 7],
    ];
    const [{ statistic, p, permutations }] = permuteMeans(groups, [two], {
      stream: randomStream('test', 'permute'),
      permutations: 20_000,
    });
    expect(statistic).toBeCloseTo(4.5 ** 2 / (0.25 + 1 / 3), 12);
    // Of the 10 splits into 2 and 3, {1, 2} and {6, 7} are studied; only those two can be as extreme:
    // {6, 7} against {1, 2, 5}: (6.5 - 8/3)^2 / (0.25 + 13/9) = 8.67 < 34.7, so the share is 1/10.
    expect(Math.abs(p! - 0.1)).toBeLessThan(4 * Math.sqrt((0.1 * 0.9) / permutations));
  });

  it('does not depend on where zero is or on the unit', () => {
    const groups = [
      [0.1, 0.4, 0.35],
      [0.9, 0.2, 0.5, 0.7],
      [0.3, 0.8],
    ];
    const run = (map: (x: number) => number) =>
      permuteMeans(
        groups.map((g) => g.map(map)),
        [helmertContrasts(3)],
        { stream: randomStream('test', 'shift'), permutations: 999 },
      )[0];
    const plain = run((x) => x);
    const moved = run((x) => 10 * x + 1000);
    expect(moved.statistic).toBeCloseTo(plain.statistic!, 6);
    expect(moved.p).toBe(plain.p);
  });

  it('is not estimable without spread, and refuses a group of one', () => {
    const options = { stream: randomStream('test', 'none'), permutations: 99 };
    const flat = permuteMeans([[1, 1], [1, 1]], [two], options); // prettier-ignore
    expect(flat[0]).toMatchObject({ statistic: null, p: null });
    expect(() => permuteMeans([[1], [1, 2]], [two], options)).toThrow(InputError);
  });

  it('keeps its level with unequal sizes and spreads, where shuffling the F statistic does not', () => {
    // Group sizes 8 and 24, the small one three times as wide. 2,000 null studies; the standard error of a
    // share of 5% is 0.5%; a plain F permutation rejects about 20% here.
    const noise = randomStream('test', 'level');
    let rejected = 0;
    for (let i = 0; i < 2000; i++) {
      const groups = [
        Array.from({ length: 8 }, () => 3 * noise.normal()),
        Array.from({ length: 24 }, () => noise.normal()),
      ];
      if (permuteMeans(groups, [two], { stream: noise, permutations: 199 })[0].p! <= 0.05) rejected++;
    }
    expect(rejected / 2000).toBeGreaterThan(0.03);
    expect(rejected / 2000).toBeLessThan(0.08);
  });
});
