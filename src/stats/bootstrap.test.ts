import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeGolden } from '../../test/golden/statistics.ts';
import { InputError, randomStream } from '../core/index.ts';
import {
  bootstrapMeanInterval,
  bootstrapQuantile,
  intervalFromReplicates,
  jackknifeAcceleration,
} from './bootstrap.ts';
import { interquartileMean } from './rl-aggregates.ts';

const stream = () => randomStream('test', 'bootstrap');

describe('bootstrapMeanInterval', () => {
  it('is the mean with an interval around it, the same for the same stream', () => {
    const values = [0.2, 0.4, 0.9, 0.1, 0.5];
    const a = bootstrapMeanInterval(values, { stream: stream() });
    expect(a.estimate).toBeCloseTo(0.42, 12);
    expect(a.low).toBeLessThan(0.42);
    expect(a.high).toBeGreaterThan(0.42);
    expect(bootstrapMeanInterval(values, { stream: stream() })).toEqual(a);
  });

  it('has no interval for a single value, and refuses none and NaN by name and row', () => {
    expect(bootstrapMeanInterval([0.3], { stream: stream() })).toMatchObject({ low: null, high: null, n: 1 });
    expect(() => bootstrapMeanInterval([], { stream: stream() })).toThrow(InputError);
    expect(() => bootstrapMeanInterval([1, NaN], { stream: stream() })).toThrow(/row 2 is NaN/);
  });

  it('moves with a shift of the data and stays inside their range', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 2, maxLength: 20 }),
        fc.integer({ min: -50, max: 50 }),
        (values, shift) => {
          const options = () => ({ stream: stream(), resamples: 200 });
          const a = bootstrapMeanInterval(values, options());
          const b = bootstrapMeanInterval(
            values.map((x) => x + shift),
            options(),
          );
          expect(b.low! - a.low!).toBeCloseTo(shift, 8);
          expect(a.low).toBeGreaterThanOrEqual(Math.min(...values) - 1e-9);
          expect(a.high).toBeLessThanOrEqual(Math.max(...values) + 1e-9);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('covers the true mean of ten normal values about as often as it says', () => {
    // 2,000 samples: a true coverage of 0.94 gives a standard error of 0.0053; the plain percentile interval
    // covers 0.90 and would fail by six of them.
    const noise = randomStream('test', 'bootstrap', 'coverage');
    let covered = 0;
    for (let i = 0; i < 2000; i++) {
      const sample = Array.from({ length: 10 }, () => noise.normal());
      const { low, high } = bootstrapMeanInterval(sample, { stream: noise, resamples: 500 });
      if (low! <= 0 && high! >= 0) covered++;
    }
    expect(covered / 2000).toBeGreaterThan(0.925);
    expect(covered / 2000).toBeLessThan(0.965);
  });
});

describe('bootstrapQuantile', () => {
  it('takes the order statistic where the rank is whole', () => {
    // 99 replicates: share 0.05 is rank 5.
    const sorted = Array.from({ length: 99 }, (_, i) => i + 1);
    expect(bootstrapQuantile(sorted, 0.05)).toBeCloseTo(5, 10);
    expect(bootstrapQuantile(sorted, 0.001)).toBe(1);
    expect(bootstrapQuantile(sorted, 0.9999)).toBe(99);
  });
});

describeGolden('bootstrap against R (boot), with R`s own resamples', (golden) => {
  it('percentile, basic and BCa intervals of the interquartile mean', () => {
    const { boot } = golden.json('golden2.json') as {
      boot: { x: number[] } & Record<'perc' | 'bca' | 'basic', number[]> & Record<'iqm' | 'a_empinf', number>;
    };
    const replicates = golden.has('boot_idx_search_m7.csv')
      ? golden
          .text('boot_idx_search_m7.csv')
          .trim()
          .split('\n')
          .map((line) => interquartileMean(line.split(',').map((i) => boot.x[Number(i)])))
      : golden.text('boot_replicates_search_m7.txt').trim().split('\n').map(Number);
    const estimate = interquartileMean(boot.x);
    expect(estimate).toBeCloseTo(boot.iqm, 10);
    const close = (got: number[], want: number[]) => got.forEach((g, i) => expect(g).toBeCloseTo(want[i], 9));
    close(intervalFromReplicates(replicates, estimate, { method: 'percentile' }), boot.perc);
    close(intervalFromReplicates(replicates, estimate, { method: 'basic' }), boot.basic);
    // R's default acceleration comes from a regression, so it is handed in; ours is the jackknife's.
    const bca = intervalFromReplicates(replicates, estimate, { method: 'bca', acceleration: boot.a_empinf });
    close(bca, boot.bca);
  });

  it('the jackknife acceleration', () => {
    const { boot } = golden.json('golden2.json') as { boot: { x: number[]; a_jack: number } };
    const left = boot.x.map((_, i) => interquartileMean(boot.x.filter((_x, j) => j !== i)));
    expect(jackknifeAcceleration(left)).toBeCloseTo(boot.a_jack, 12);
  });
});
