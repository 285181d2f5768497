import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/index.ts';
import { calibrateStudies } from './calibrate-studies.ts';
import { calibrateTables, nullTables } from './calibrate-tables.ts';
import { calibrateMargins } from './margins.ts';
import { nullScenarios } from './null-studies.ts';
import { calibrateSentences, sentences } from './sentences.ts';
import { settings } from './settings.ts';
import { addTallies, binomialP, lowerBound, passes, type Tallies } from './tally.ts';

/*
 * The short version of `npm run verify:statistics`. With so few tables only gross errors show: a sentence at 5% fails
 * from about 13% on.
 */
const setting = (name: string) => settings.find((own) => own.name === name)!;
const streams = (name: string) => (table: number) => randomStream('calibration test', name, table);

/** Sentences said more often than chance allows at their level: an exact binomial p below 1 in 10,000. */
function tooOften(tallies: Tallies, levels: Readonly<Record<string, number>>): string[] {
  return Object.entries(levels).flatMap(([name, level]) => {
    const tally = tallies[name];
    const more = tally.hits / tally.of > level && binomialP(tally, level) < 1e-4;
    return more ? [`${name}: ${tally.hits} of ${tally.of}`] : [];
  });
}

describe('calibration of the sentences', () => {
  const levels = Object.fromEntries(
    sentences.filter(({ group }) => group !== 'secondary').map(({ name, level }) => [name, level]),
  );

  it.each(['most', 'exponential'])('no effect is found more often than promised: %s', (name) => {
    const chunk = { first: 0, count: 150, resamples: 99 };
    expect(tooOften(calibrateSentences(setting(name), 10, chunk, streams(name)), levels)).toEqual([]);
  });

  it('strategies that differ by the margin are not called as good', () => {
    const tallies = calibrateMargins(setting('five'), 10, { first: 0, count: 150 }, streams('margin'));
    expect(tooOften(tallies, { 'as good +': 0.05, 'as good -': 0.05, 'all as good': 0.05 })).toEqual([]);
  });
});

describe('calibration of studies of several models, and of tables', () => {
  const resamples = { terms: 99, blockMeans: 499 };
  const terms = (tallies: Tallies) =>
    Object.fromEntries(
      Object.keys(tallies)
        .filter((name) => name.startsWith('primary '))
        .map((name) => [name, 0.05]),
    );

  it('studies with one strategy three times noisier', () => {
    const scenario = nullScenarios.find(({ name }) => name === 'noisy-strategy')!;
    const size = { strategies: 4, models: 3, tasks: 3, seeds: 10 };
    const tallies = calibrateStudies({ ...scenario, size }, { first: 0, count: 100, resamples });
    expect(Object.keys(terms(tallies))).toHaveLength(7);
    expect(tooOften(tallies, terms(tallies))).toEqual([]);
    expect(binomialP(tallies.one, 0.95)).toBeGreaterThan(1e-4);
  });

  it(`tables, ${nullTables[0].title}`, () => {
    const tallies = calibrateTables(nullTables[0], { first: 0, count: 100, resamples });
    expect(tooOften(tallies, terms(tallies))).toEqual([]);
    // Why the plain F is not primary: the same tables, the same test.
    expect(binomialP(tallies['plain F strategy:task'], 0.05)).toBeLessThan(1e-6);
  });
});

describe('passes', () => {
  it('is a lower 99% bound of at most a tenth above the level', () => {
    // Wilson: 10,000 tables, 5.99%: (0.0599 + z^2/2n - z sqrt(p q / n + z^2 / 4n^2)) / (1 + z^2 / n), z = 2.3263.
    expect(lowerBound({ hits: 599, of: 10_000 })).toBeCloseTo(0.0546, 4);
    expect(passes({ hits: 599, of: 10_000 }, 0.05)).toBe(true);
    expect(passes({ hits: 620, of: 10_000 }, 0.05)).toBe(false);
    expect(passes({ hits: 0, of: 100 }, 0.025)).toBe(true);
  });
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
