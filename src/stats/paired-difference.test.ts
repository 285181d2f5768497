import { describe, expect, it } from 'vitest';
import { pairedDifference } from './paired-difference.ts';

describe('the paired difference', () => {
  it("of Student's sleep data is that of R", () => {
    // R: with(sleep, t.test(extra[group == 1], extra[group == 2], paired = TRUE)): -1.58, [-2.4598858, -0.7001142].
    const first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2];
    const second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
    const { estimate, low, high, n } = pairedDifference(first, second);
    expect(n).toBe(10);
    expect(estimate).toBeCloseTo(-1.58, 12);
    expect(low).toBeCloseTo(-2.4598858, 7);
    expect(high).toBeCloseTo(-0.7001142, 7);
  });

  it('of one pair has no interval', () => {
    expect(pairedDifference([3], [1])).toEqual({ estimate: 2, low: null, high: null, n: 1 });
  });

  it.each([
    [[], [], /no values/],
    [[1, 2], [1], /as many x as y/],
    [[1, NaN], [1, 2], /row 2 is NaN/],
  ])('refuses %j and %j', (x, y, message) => {
    expect(() => pairedDifference(x, y)).toThrow(message);
  });
});
