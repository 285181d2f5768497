import { describe, expect, it } from 'vitest';
import { InputError, randomStream } from '../core/index.ts';
import { scoreInterval } from './score-interval.ts';

describe('scoreInterval', () => {
  it('is the t interval for scores that never repeat and have no skewness', () => {
    // Mean 3, s = sqrt(2.5), t(.975, 4) = 2.776445: 3 +- 2.776445 x 1.581139 / sqrt(5) = 3 +- 1.963243.
    const { estimate, low, high, n } = scoreInterval([1, 2, 3, 4, 5]);
    expect([estimate, n]).toEqual([3, 5]);
    expect(low).toBeCloseTo(3 - 1.963243, 5);
    expect(high).toBeCloseTo(3 + 1.963243, 5);
  });

  it('is the interval of Wilson, with Student’s quantile, for scores that are all equal', () => {
    // Ten ones: (1 - mu)^2 = t^2 mu (1 - mu) / 10, so mu = 1 / (1 + t^2 / 10), t(.975, 9) = 2.262157.
    const { low, high } = scoreInterval(new Array(10).fill(1));
    expect(low).toBeCloseTo(1 / (1 + 2.262157 ** 2 / 10), 6);
    expect(high).toBe(1);
    const middle = scoreInterval(new Array(10).fill(0.1 + 0.2));
    expect(middle.low).toBeLessThan(0.2);
    expect(middle.high).toBeGreaterThan(0.45);
    // All beyond the oracle: the scale reaches as far as the scores.
    const beyond = scoreInterval([1.2, 1.2, 1.2, 1.2]);
    expect(beyond.high).toBeCloseTo(1.2, 12);
    expect(beyond.low).toBeLessThan(1.1);
  });

  it('turns with the scale: 1 - x has the mirrored interval, and a longer scale the longer one', () => {
    const scores = [1, 1, 0, 1, 0.5, 0.97, 1, 0.2];
    const { low, high } = scoreInterval(scores);
    const mirrored = scoreInterval(scores.map((x) => 1 - x));
    expect(mirrored.low).toBeCloseTo(1 - high!, 12);
    expect(mirrored.high).toBeCloseTo(1 - low!, 12);
    const points = scoreInterval(
      scores.map((x) => 100 * x),
      { scale: [0, 100] },
    );
    expect(points.low).toBeCloseTo(100 * low!, 10);
  });

  it('says nothing of a single score, and refuses none', () => {
    expect(scoreInterval([0.4])).toMatchObject({ estimate: 0.4, low: null, high: null });
    expect(scoreInterval([0.4, 0.4]).low).toBeLessThan(0.1);
    expect(() => scoreInterval([])).toThrow(InputError);
    expect(() => scoreInterval([NaN, 1])).toThrow(InputError);
    expect(() => scoreInterval([1, 0], { scale: [1, 1] })).toThrow(/scale/);
  });

  it.each([
    ['normal', 0.5, (_next: () => number, normal: () => number) => 0.5 + 0.2 * normal()],
    ['0 or 1, .5', 0.5, (next: () => number) => (next() < 0.5 ? 1 : 0)],
    ['0 or 1, .86', 0.86, (next: () => number) => (next() < 0.86 ? 1 : 0)],
    ['five levels', 0.5, (next: () => number) => Math.floor(5 * next()) / 4],
    ['exponential', 0.2, (next: () => number) => -0.2 * Math.log(1 - next())],
  ])('covers the mean with ten seeds: %s', (name, mean, draw) => {
    const stream = randomStream('score interval', name);
    const tables = 2000;
    let covered = 0;
    for (let i = 0; i < tables; i++) {
      const values = Array.from({ length: 10 }, () =>
        draw(
          () => stream.next(),
          () => stream.normal(),
        ),
      );
      const { low, high } = scoreInterval(values);
      if (low! <= mean && mean <= high!) covered++;
    }
    // The page says 93% to 99.8%; four standard errors of 2,000 tables are 2 points.
    expect(covered / tables).toBeGreaterThan(0.91);
  });
});
