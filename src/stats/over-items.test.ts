import { describe, expect, it } from 'vitest';
import { randomStream } from '../core/index.ts';
import { bestOfK, overItems } from './over-items.ts';
import { scoreInterval } from './score-interval.ts';

/** All ways to take k of the values, and the mean of their best: what the formula abbreviates. */
function slowly(values: readonly number[], k: number): number {
  const best: number[] = [];
  const take = (from: number, taken: readonly number[]): void => {
    if (taken.length === k) return void best.push(Math.max(...taken));
    for (let i = from; i < values.length; i++) take(i + 1, [...taken, values[i]]);
  };
  take(0, []);
  return best.reduce((sum, x) => sum + x, 0) / best.length;
}

describe('bestOfK', () => {
  it('is pass@k for 0 and 1: 1 - C(n - c, k) / C(n, k)', () => {
    // n = 5, c = 2: C(3, 1) / C(5, 1) = 3/5; C(3, 2) / C(5, 2) = 3/10; C(3, 3) / C(5, 3) = 1/10; C(3, 4) = 0.
    const values = [0, 1, 0, 1, 0];
    expect([1, 2, 3, 4, 5].map((k) => bestOfK(values, k))).toEqual([
      expect.closeTo(0.4, 14),
      expect.closeTo(0.7, 14),
      expect.closeTo(0.9, 14),
      expect.closeTo(1, 14),
      expect.closeTo(1, 14),
    ]);
    // n = 200, c = 1: k / n, where a product of factorials would overflow.
    expect(bestOfK([1, ...new Array<number>(199).fill(0)], 50)).toBeCloseTo(0.25, 14);
  });

  it('is the mean of the best over all ways to take k', () => {
    const stream = randomStream('best of k');
    for (let n = 1; n <= 8; n++) {
      const values = Array.from({ length: n }, () => stream.integer(-3, 3) / 4);
      for (let k = 1; k <= n; k++) expect(bestOfK(values, k)).toBeCloseTo(slowly(values, k), 12);
    }
  });

  it('is unbiased: over many samples its mean is that of the best of k', () => {
    // P(success) = 0.3: pass@3 = 1 - 0.7^3 = 0.657. 20,000 samples of n = 6: standard error below 0.002.
    const stream = randomStream('unbiased');
    let sum = 0;
    for (let r = 0; r < 20_000; r++)
      sum += bestOfK(
        Array.from({ length: 6 }, () => (stream.next() < 0.3 ? 1 : 0)),
        3,
      );
    expect(sum / 20_000).toBeGreaterThan(0.657 - 0.008);
    expect(sum / 20_000).toBeLessThan(0.657 + 0.008);
  });

  it('refuses what it cannot tell', () => {
    expect(() => bestOfK([1, 0], 3)).toThrow('the best of 3 cannot be told from 2 attempts');
    expect(() => bestOfK([1, 0], 0)).toThrow('the best of 0');
    expect(() => bestOfK([], 1)).toThrow();
    expect(() => bestOfK([Number.NaN], 1)).toThrow();
  });
});

describe('overItems', () => {
  it('has one number per item, whatever its attempts', () => {
    const items = [[1, 1, 1, 1], [0], [1, 0], []];
    expect(overItems(items)).toEqual(scoreInterval([1, 0, 0.5]));
    expect(
      overItems(
        [
          [0, 1],
          [1, 1],
        ],
        (own) => bestOfK(own, 2),
      ),
    ).toMatchObject({ estimate: 1, n: 2 });
    expect(overItems([[], []])).toBeUndefined();
    expect(overItems([[0.5, 0.7]])).toMatchObject({ low: null, high: null });
  });

  it('covers where an interval over attempts does not: items differ, attempts at one hardly do', () => {
    // Items of success 0.1 or 0.9 by a coin, 20 items of 10 attempts: the true mean is 0.5.
    const stream = randomStream('cover');
    const covers = { items: 0, attempts: 0 };
    const inside = ({ low, high }: { low: number | null; high: number | null }) =>
      low! <= 0.5 && 0.5 <= high!;
    for (let r = 0; r < 400; r++) {
      const items = Array.from({ length: 20 }, () => {
        const p = stream.next() < 0.5 ? 0.1 : 0.9;
        return Array.from({ length: 10 }, () => (stream.next() < p ? 1 : 0));
      });
      if (inside(overItems(items)!)) covers.items++;
      if (inside(scoreInterval(items.flat()))) covers.attempts++;
    }
    expect(covers.items / 400).toBeGreaterThan(0.92);
    expect(covers.attempts / 400).toBeLessThan(0.7);
  });
});
