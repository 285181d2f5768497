import { describe, expect, it } from 'vitest';
import { describeGolden, relativeError } from '../../test/golden/statistics.ts';
import { InputError, randomStream } from '../core/index.ts';
import { tQuantile } from './distributions/index.ts';
import { minimumDetectableContrast, powerOfContrast, powerOfF, requiredBlocks } from './power.ts';

describe('power', () => {
  it('of no effect is alpha, and grows with the effect', () => {
    const design = { blocksPerGroup: 10, deviation: 1 };
    expect(powerOfContrast(0, design)).toBeCloseTo(0.05, 10);
    expect(powerOfContrast(1, design)).toBeGreaterThan(powerOfContrast(0.5, design));
  });

  it('agrees with simulated paired t tests', () => {
    const noise = randomStream('test', 'power');
    const critical = tQuantile(0.975, 9);
    let found = 0;
    for (let i = 0; i < 4000; i++) {
      const d = Array.from({ length: 10 }, () => 0.8 + noise.normal());
      const m = d.reduce((a, b) => a + b, 0) / 10;
      const s = Math.sqrt(d.reduce((a, b) => a + (b - m) ** 2, 0) / 9);
      if (Math.abs((m / s) * Math.sqrt(10)) > critical) found++;
    }
    // Standard error at most 0.8%.
    expect(Math.abs(found / 4000 - powerOfContrast(0.8, { blocksPerGroup: 10, deviation: 1 }))).toBeLessThan(
      0.03,
    );
  });

  it('the detectable contrast has just the wanted power, and the required blocks are the fewest', () => {
    const design = { blocksPerGroup: 10, groups: 4, deviation: 0.2, comparisons: 4 };
    const contrast = minimumDetectableContrast(design, 0.8);
    expect(powerOfContrast(contrast, design)).toBeCloseTo(0.8, 8);
    for (const effect of [0.05, 0.1, 0.3, 2]) {
      const blocks = requiredBlocks(effect, design)!;
      expect(powerOfContrast(effect, { ...design, blocksPerGroup: blocks })).toBeGreaterThanOrEqual(0.8);
      if (blocks > 2) {
        expect(powerOfContrast(effect, { ...design, blocksPerGroup: blocks - 1 })).toBeLessThan(0.8);
      }
    }
  });

  it('answers at once for an effect many thousand times the noise', () => {
    expect(powerOfContrast(1, { blocksPerGroup: 5, deviation: 1e-9 })).toBe(1);
    expect(requiredBlocks(1, { deviation: 1e-9 })).toBe(2);
  });

  it('refuses no effect and no deviation', () => {
    expect(() => requiredBlocks(0, { deviation: 1 })).toThrow(InputError);
    expect(() => minimumDetectableContrast({ blocksPerGroup: 10, deviation: 0 })).toThrow(InputError);
    expect(minimumDetectableContrast({ blocksPerGroup: 1, deviation: 1 })).toBe(Infinity);
  });
});

describeGolden('power against R, 1 - pf(ncp)', (golden) => {
  it('of the F tests', () => {
    const { power } = golden.json('golden.json') as {
      power: Record<'f' | 'df1' | 'df2' | 'power', number>[];
    };
    // R's noncentral F is exact to 1e-9 absolute.
    for (const row of power) {
      const got = powerOfF(row.f ** 2 * 1400, row.df1, row.df2);
      expect(Math.abs(got - row.power)).toBeLessThan(1e-9);
      expect(relativeError(got, row.power)).toBeLessThan(1e-7);
    }
  });
});
