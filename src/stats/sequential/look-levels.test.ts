import { describe, expect, it } from 'vitest';
import { randomStream } from '../../core/index.ts';
import { normalQuantile, normalUpperTail } from '../distributions/index.ts';
import { lookLevels, spendingLevels, spentAlpha } from './look-levels.ts';

const equal = (looks: number) => Array.from({ length: looks }, (_, k) => (k + 1) / looks);

/** The chance to have crossed by each look at constant levels, by simulation: the slow reference. */
function simulated(bounds: readonly number[], shares: readonly number[], paths: number): number[] {
  const stream = randomStream('crossing');
  const crossed = shares.map(() => 0);
  for (let p = 0; p < paths; p++) {
    let place = 0;
    for (let k = 0; k < shares.length; k++) {
      place += stream.normal() * Math.sqrt(shares[k] - (shares[k - 1] ?? 0));
      if (place / Math.sqrt(shares[k]) <= bounds[k]) continue;
      for (let later = k; later < shares.length; later++) crossed[later]++;
      break;
    }
  }
  return crossed.map((count) => count / paths);
}

describe('levels of looks', () => {
  it('a single look has the whole level', () => {
    expect(spendingLevels([0.025], [1])[0]).toBeCloseTo(0.025, 12);
    expect(lookLevels(0.025, [80], 20)[0]).toBeCloseTo(0.025, 10);
  });

  it('two looks agree with the bivariate normal distribution', () => {
    // P(Z1 <= c1, Z2 > c2) with correlation √.5 is the integral over z1 of φ(z1) P(Z > (c2 - √.5 z1) / √.5).
    const [first, second] = spendingLevels([0.01, 0.025], [0.5, 1]);
    const [c1, c2] = [first, second].map((level) => -normalQuantile(level));
    let later = 0;
    const strips = 20_000;
    const width = (c1 + 8.5) / strips;
    for (let i = 0; i < strips; i++) {
      const z = -8.5 + (i + 0.5) * width;
      const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
      later += density * width * normalUpperTail((c2 - Math.SQRT1_2 * z) / Math.SQRT1_2).p;
    }
    expect(first).toBeCloseTo(0.01, 10);
    expect(later).toBeCloseTo(0.015, 6);
  });

  it("spends what Pocock's and O'Brien and Fleming's bounds spend (Jennison and Turnbull 2000, tables 2.1 and 2.3)", () => {
    // Two-sided 5% and five looks: 2.413 at every look, and 2.040 √(5/k) at look k.
    for (const bounds of [equal(5).map(() => 2.413), equal(5).map((t) => 2.04 / Math.sqrt(t))]) {
      const spent = simulated(bounds, equal(5), 400_000);
      expect(spent[4]).toBeGreaterThan(0.0243);
      expect(spent[4]).toBeLessThan(0.0257);
      const levels = spendingLevels(spent, equal(5));
      // The first bound of O'Brien and Fleming, 4.56, is crossed too seldom to be simulated.
      for (let k = 1; k < 5; k++) expect(-normalQuantile(levels[k])).toBeCloseTo(bounds[k], 1);
    }
  });

  it('holds the level over looks for many comparisons, where levels of one comparison would not', () => {
    const blocks = [10, 20, 40, 80];
    const levels = lookLevels(0.025, blocks, 20);
    const stream = randomStream('family');
    let false_ = 0;
    const studies = 20_000;
    const bounds = levels.map((level) => -normalQuantile(1 - (1 - level) ** (1 / 20)));
    for (let s = 0; s < studies; s++) {
      let any = false;
      for (let c = 0; c < 20; c++) {
        let place = 0;
        for (let k = 0; k < blocks.length; k++) {
          place += stream.normal() * Math.sqrt(blocks[k] - (blocks[k - 1] ?? 0));
          any ||= place / Math.sqrt(blocks[k]) > bounds[k];
        }
      }
      if (any) false_++;
    }
    // Three standard errors of 20,000 studies are 0.0033.
    expect(Math.abs(false_ / studies - 0.025)).toBeLessThan(0.0033);
  });

  it('spends little early, and all at the end', () => {
    expect(spentAlpha(0.05, 0.1)).toBeCloseTo(0.0005, 12);
    const levels = lookLevels(0.05, [10, 20, 40, 80], 5);
    for (let k = 1; k < 4; k++) expect(levels[k]).toBeGreaterThan(levels[k - 1]);
    expect(levels[3]).toBeLessThan(0.05);
    expect(levels[3]).toBeGreaterThan(0.05 - spentAlpha(0.05, 0.5));
  });

  it('refuses looks that do not rise, by name', () => {
    expect(() => lookLevels(0.05, [10, 10], 5)).toThrow('Looks at 10, 10 blocks do not rise');
    expect(() => lookLevels(1.5, [10], 5)).toThrow('alpha');
  });
});
