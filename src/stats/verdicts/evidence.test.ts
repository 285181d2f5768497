import { describe, expect, it } from 'vitest';
import { pairedDifference } from '../paired-difference.ts';
import { equivalenceP, meanCorrelation, oneSidedP, pairedEvidence } from './evidence.ts';

const evidence = (differences: readonly number[], magnitude = 1) => pairedEvidence(differences, magnitude)!;

describe('pairedEvidence', () => {
  it('is the paired t test', () => {
    // Differences 1, 2, 3: mean 2, sd 1, standard error 1/sqrt(3), t = 3.4641 with 2 df.
    // For 2 df P(T > t) = (1 - t / sqrt(2 + t^2)) / 2 = (1 - sqrt(12/14)) / 2.
    const own = evidence([1, 2, 3]);
    expect(own).toMatchObject({ estimate: 2, df: 2, blocks: 3 });
    expect(own.standardError).toBeCloseTo(1 / Math.sqrt(3), 14);
    expect(oneSidedP(own).above).toBeCloseTo((1 - Math.sqrt(12 / 14)) / 2, 14);
    expect(oneSidedP(own).below).toBeCloseTo((1 + Math.sqrt(12 / 14)) / 2, 14);
    expect(pairedDifference([1, 2, 3], [0, 0, 0]).estimate).toBe(own.estimate);
  });

  it('leaves out blocks without a difference, and needs two', () => {
    expect(pairedEvidence([1, NaN, 2, 3], 1)).toEqual(evidence([1, 2, 3]));
    expect(pairedEvidence([1, NaN], 1)).toBeUndefined();
    expect(() => pairedEvidence([1, Infinity], 1)).toThrow(/Difference 2/);
  });

  it('takes a spread of rounding for none: .1 to .3, .2 to .4, and so on', () => {
    const differences = [1, 2, 3, 4, 5, 6, 7].map((i) => (i + 2) / 10 - i / 10);
    expect(new Set(differences).size).toBeGreaterThan(1);
    const own = evidence(differences);
    expect(own.standardError).toBe(0);
    expect(oneSidedP(own)).toEqual({ above: 2 ** -7, below: 1 });
    // The same on another scale, and the smallest spread that is none of rounding.
    expect(
      evidence(
        differences.map((d) => 1e9 * d),
        1e9,
      ).standardError,
    ).toBe(0);
    expect(evidence([0.2, 0.2, 0.2 + 1e-9]).standardError).toBeGreaterThan(0);
  });
});

describe('oneSidedP without a spread', () => {
  it('is the exact sign test: ten of ten seeds 1:0 is p = .002 on two sides', () => {
    expect(2 * oneSidedP(evidence(new Array(10).fill(1))).above).toBeCloseTo(0.001953125, 15);
    expect(oneSidedP(evidence(new Array(10).fill(-1)))).toEqual({ above: 1, below: 2 ** -10 });
  });

  it('says nothing of equal scores', () => {
    expect(oneSidedP(evidence([0, 0, 0]))).toEqual({ above: 1, below: 1 });
  });
});

describe('equivalenceP', () => {
  it('is the larger of two one-sided t tests', () => {
    // Mean 0.02, differences 0.01, 0.02, 0.03: standard error 0.01/sqrt(3); t = (0.1 - 0.02)/se = 13.86, 2 df.
    const t = 0.08 / (0.01 / Math.sqrt(3));
    expect(equivalenceP(evidence([0.01, 0.02, 0.03]), 0.1, 1)).toBeCloseTo(
      (1 - t / Math.sqrt(2 + t * t)) / 2,
      12,
    );
    expect(equivalenceP(evidence([0.3, 0.2, 0.1]), 0.1, 1)).toBeGreaterThan(0.5);
  });

  it('does not take few equal scores for proof: of 0/1 scores it needs 29 seeds', () => {
    const equal = (n: number) => equivalenceP(evidence(new Array(n).fill(0)), 0.1, 1);
    expect(equal(10)).toBeCloseTo(0.9 ** 10, 14);
    expect(equal(28)).toBeGreaterThan(0.05);
    expect(equal(29)).toBeLessThan(0.05);
    // Equal differences of 0.06 leave 0.04 of room; beyond the margin nothing helps.
    expect(equivalenceP(evidence(new Array(10).fill(0.06)), 0.1, 0.5)).toBeCloseTo(0.92 ** 10, 12);
    expect(equivalenceP(evidence(new Array(100).fill(0.2)), 0.1, 1)).toBe(1);
  });
});

it('meanCorrelation averages over pairs of rows that vary, and never leaves [0, 1]', () => {
  expect(meanCorrelation([[1, 2, 3], [2, 4, 6], [5, 5, 5]])).toBeCloseTo(1, 14); // prettier-ignore
  expect(meanCorrelation([[1, 2, 3], [3, 2, 1]])).toBe(0); // prettier-ignore
  // r = 0.5 by hand: deviations (-1, 0, 1) and (-1, 1, 0), over the blocks that both have.
  expect(meanCorrelation([[1, 2, 3, 9], [1, 3, 2, NaN]])).toBeCloseTo(0.5, 14); // prettier-ignore
  expect(meanCorrelation([[1, 2, 3]])).toBe(0);
});
