import { describe, expect, it } from 'vitest';
import { InputError, randomStream } from '../../core/index.ts';
import { dunnettUpperTail } from './dunnett.ts';
import { maxTAdjusted, maxTLevel } from './equicorrelated.ts';
import { normalQuantile, normalUpperTail } from './normal.ts';

describe('maxTAdjusted', () => {
  it('has closed forms without correlation, with full correlation, and for one comparison', () => {
    expect(maxTAdjusted(0.01, 5, 0)).toBeCloseTo(1 - 0.99 ** 5, 14);
    expect(maxTAdjusted(0.01, 5, 1)).toBe(0.01);
    expect(maxTAdjusted(0.01, 5, 0.9999) / 0.01).toBeLessThan(1.3);
    expect(maxTAdjusted(0.01, 1, 0.5)).toBe(0.01);
  });

  it('is the orthant probability of two normals at their median', () => {
    // P(max > 0) = 1 - P(both below 0) = 1 - (1/4 + asin(rho) / 2 pi) (Sheppard 1899).
    for (const rho of [0.1, 0.5, 0.9]) {
      expect(maxTAdjusted(0.5, 2, rho)).toBeCloseTo(0.75 - Math.asin(rho) / (2 * Math.PI), 9);
    }
  });

  it('agrees with Dunnett’s test of known variance, of which it is the one-sided half', () => {
    // Far out, both sides are exceeded together hardly ever: P(max |Z| > z) = 2 P(max Z > z).
    for (const k of [2, 5, 20]) {
      const lambdas = new Array<number>(k).fill(Math.SQRT1_2);
      const twoSided = dunnettUpperTail(4.5, lambdas, Infinity).p;
      expect(maxTAdjusted(normalUpperTail(4.5).p, k, 0.5) / (twoSided / 2)).toBeCloseTo(1, 5);
    }
  });

  it('agrees with Monte Carlo', () => {
    const stream = randomStream('equicorrelated');
    const draws = 40_000;
    const [k, rho, p] = [5, 0.4, 0.02];
    const z = -normalQuantile(p);
    let exceeding = 0;
    for (let r = 0; r < draws; r++) {
      const shared = Math.sqrt(rho) * stream.normal();
      let most = -Infinity;
      for (let i = 0; i < k; i++) most = Math.max(most, shared + Math.sqrt(1 - rho) * stream.normal());
      if (most > z) exceeding++;
    }
    const exact = maxTAdjusted(p, k, rho);
    const error = Math.sqrt((exact * (1 - exact)) / draws);
    expect(Math.abs(exceeding / draws - exact)).toBeLessThan(4 * error);
  });

  it('rises with p and the number of comparisons, falls with the correlation, and stays within its bounds', () => {
    for (const p of [1e-300, 1e-13, 1e-6, 0.003, 0.2, 0.7]) {
      for (const rho of [0, 0.2, 0.6, 0.97]) {
        const own = maxTAdjusted(p, 6, rho);
        expect(own).toBeGreaterThanOrEqual(p);
        expect(own).toBeLessThanOrEqual(Math.min(1, 6 * p));
        expect(maxTAdjusted(1.01 * p, 6, rho)).toBeGreaterThan(own);
        expect(maxTAdjusted(p, 7, rho)).toBeGreaterThanOrEqual(own);
        expect(maxTAdjusted(p, 6, rho + 0.02)).toBeLessThanOrEqual(own * (1 + 1e-5));
      }
    }
  });

  it('is inverted by maxTLevel', () => {
    for (const k of [1, 3, 12])
      for (const rho of [0, 0.3, 0.9, 1]) {
        expect(maxTAdjusted(maxTLevel(0.0063, k, rho), k, rho) / 0.0063).toBeCloseTo(1, 7);
      }
  });

  it.each([
    ['p', () => maxTAdjusted(NaN, 2, 0.5), /p is NaN/],
    ['comparisons', () => maxTAdjusted(0.1, 0, 0.5), /0 comparisons/],
    ['correlation', () => maxTAdjusted(0.1, 2, -0.1), /correlation is -0.1/],
  ])('refuses a %s outside its range', (_, run, message) => {
    expect(run).toThrow(InputError);
    expect(run).toThrow(message);
  });
});
