import { describe, expect, it } from 'vitest';
import { calibrateStudies } from './calibrate-studies.ts';
import { calibrateTables, nullTables } from './calibrate-tables.ts';
import { nullScenarios } from './null-studies.ts';
import { addTallies, binomialP, type Tallies } from './tally.ts';

/*
 * The short version of `npm run verify:statistics`: small null studies, and a failure only where an exact binomial
 * test rejects 5% false positives, or 95% coverage, at 0.001. What it can see are gross errors: with 240 studies
 * it fails nearly always at 15% and for half of all seeds at 10%.
 */
const size = { strategies: 4, models: 3, tasks: 3, seeds: 10 };
const studies = 240;
const tables = 120;
const resamples = { terms: 99, blockMeans: 499 };

function failures(tallies: Tallies): string[] {
  return Object.entries(tallies).flatMap(([name, tally]) => {
    const share = name.startsWith('primary ') ? 0.05 : name === 'one' ? 0.95 : undefined;
    if (share === undefined || binomialP(tally, share) >= 0.001) return [];
    return [`${name}: ${tally.hits} of ${tally.of}`];
  });
}

describe('calibration of the primary analysis', () => {
  for (const scenario of nullScenarios.filter(({ promised }) => promised)) {
    it(`studies, ${scenario.title}`, () => {
      const tallies = calibrateStudies({ ...scenario, size }, { first: 0, count: studies, resamples });
      expect(Object.keys(tallies).filter((name) => name.startsWith('primary '))).toHaveLength(7);
      expect(failures(tallies)).toEqual([]);
    });
  }

  for (const scenario of nullTables.filter(({ promised }) => promised)) {
    it(`tables, ${scenario.title}`, () => {
      const tallies = calibrateTables(scenario, { first: 0, count: tables, resamples });
      expect(failures(tallies)).toEqual([]);
      // Why the plain F is not primary: the same tables, the same test.
      expect(binomialP(tallies['plain F strategy:task'], 0.05)).toBeLessThan(1e-6);
    });
  }
});

describe('binomialP', () => {
  it('two-sided, by hand: 0 of 4 at one half has probability 1/16, and so has 4 of 4', () => {
    expect(binomialP({ hits: 0, of: 4 }, 0.5)).toBeCloseTo(2 / 16, 12);
    expect(binomialP({ hits: 2, of: 4 }, 0.5)).toBeCloseTo(1, 12);
  });
});

describe('addTallies', () => {
  it('adds name by name', () => {
    const parts: Tallies[] = [{ a: { hits: 1, of: 2 } }, { a: { hits: 0, of: 3 }, b: { hits: 1, of: 1 } }];
    expect(addTallies(parts)).toEqual({ a: { hits: 1, of: 5 }, b: { hits: 1, of: 1 } });
  });
});
