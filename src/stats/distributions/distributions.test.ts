import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeGolden, goldenFolders, relativeError } from '../../../test/golden/statistics.ts';
import { InputError } from '../../core/errors.ts';
import {
  dunnettCritical,
  dunnettUpperTail,
  fLowerTail,
  formatP,
  fQuantile,
  fUpperTail,
  maxAbsTCritical,
  maxAbsTUpperTail,
  noncentralFTails,
  noncentralityInterval,
  normalCdf,
  normalQuantile,
  normalTwoSided,
  normalUpperTail,
  probabilityFromLog,
  studentizedRangeCritical,
  studentizedRangeUpperTail,
  tLowerTail,
  tQuantile,
  tTwoSided,
  tUpperTail,
} from './index.ts';

/** log of a number given as text, which may lie outside the range of a double. */
function logOfText(text: string): number {
  const [mantissa, exponent = '0'] = text.split('e');
  return Math.log(Number(mantissa)) + Number(exponent) * Math.LN10;
}

interface Contrast {
  adjust: string;
  't.ratio': number;
}
interface DataSet {
  df_resid: number;
  dunnett_corr: number[][];
  dunnett_p_highprec: number[];
  dunnett_crit95: number;
  contrasts_vs_none: Contrast[];
  anova: Record<string, { F: number; df: number; petaF_lo: number; petaF_hi: number }[]>;
}
interface GoldenJson {
  balanced: DataSet;
  unbalanced: DataSet;
  dist: {
    F: { F: number; df1: number; df2: number; sf: number; logsf: number; cdf: number }[];
    t: { t: number; df: number; sf: number; logsf: number }[];
    ncF: { F: number; df1: number; df2: number; ncp: number; cdf: number }[];
    qt: { p: number; df: number; q: number }[];
    qF: { p: number; df1: number; df2: number; q: number }[];
    ptukey: { q: number; k: number; df: number; sf: number }[];
    qtukey: { p: number; k: number; df: number; q: number }[];
  };
  power: { f: number; df1: number; df2: number; power: number }[];
}
interface Precise {
  F_sf: { F: number; df1: number; df2: number; logsf: string }[];
  t_sf: { t: number; df: number; logsf: string }[];
  ncF: { F: number; df1: number; df2: number; ncp: number; cdf: string; sf: string }[];
}

describeGolden('distributions against R and 50-digit arithmetic', (golden) => {
  const r = golden.json('golden.json') as GoldenJson;
  const precise = golden.json('mp_golden.json') as Precise;

  it('F tails: p to 1e-9, log p to 1e-12', () => {
    for (const { F, df1, df2, sf, logsf, cdf } of r.dist.F) {
      const upper = fUpperTail(F, df1, df2);
      expect(relativeError(upper.logP, logsf), `F ${F}, ${df1}, ${df2}`).toBeLessThan(1e-12);
      if (sf > 1e-300) expect(relativeError(upper.p, sf)).toBeLessThan(1e-9);
      expect(relativeError(fLowerTail(F, df1, df2).p, cdf)).toBeLessThan(1e-9);
    }
    for (const { F, df1, df2, logsf } of precise.F_sf) {
      expect(relativeError(fUpperTail(F, df1, df2).logP, Number(logsf))).toBeLessThan(1e-12);
    }
  });

  it('t tails: p to 1e-9, log p to 1e-12', () => {
    for (const { t, df, sf, logsf } of r.dist.t) {
      const upper = tUpperTail(t, df);
      expect(relativeError(upper.logP, logsf), `t ${t}, ${df}`).toBeLessThan(1e-12);
      if (sf > 1e-300) expect(relativeError(upper.p, sf)).toBeLessThan(1e-9);
    }
    for (const { t, df, logsf } of precise.t_sf) {
      expect(relativeError(tUpperTail(t, df).logP, Number(logsf))).toBeLessThan(1e-12);
    }
  });

  it('quantiles of t and F to 1e-10', () => {
    for (const { p, df, q } of r.dist.qt) {
      expect(Math.abs(tQuantile(p, df) - q)).toBeLessThanOrEqual(1e-10 * Math.max(1, Math.abs(q)));
    }
    for (const { p, df1, df2, q } of r.dist.qF)
      expect(relativeError(fQuantile(p, df1, df2), q)).toBeLessThan(1e-10);
  });

  it('noncentral F: 1e-9 relative to 50 digits, and R within its own 1e-9 absolute', () => {
    for (const { F, df1, df2, ncp, cdf, sf } of precise.ncF) {
      const { lower, upper } = noncentralFTails(F, df1, df2, ncp);
      // The 50-digit table truncates its mixture and subtracts from 1, so below about 1e-40 its digits are its
      // own error; the next test takes over there.
      if (logOfText(cdf) > -90) expect(Math.abs(lower.logP - logOfText(cdf))).toBeLessThan(1e-9);
      if (logOfText(sf) > -90) expect(Math.abs(upper.logP - logOfText(sf))).toBeLessThan(1e-9);
    }
    for (const { F, df1, df2, ncp, cdf } of r.dist.ncF) {
      expect(Math.abs(noncentralFTails(F, df1, df2, ncp).lower.p - cdf)).toBeLessThan(2e-9);
    }
    for (const { f, df1, df2, power } of r.power) {
      const critical = fQuantile(0.95, df1, df2);
      expect(Math.abs(noncentralFTails(critical, df1, df2, f * f * 1400).upper.p - power)).toBeLessThan(2e-9);
    }
  });

  it('noncentrality intervals give the partial eta squared intervals to 1e-8', () => {
    for (const { anova, df_resid } of [r.balanced, r.unbalanced]) {
      for (const { F, df, petaF_lo, petaF_hi } of Object.values(anova).flat()) {
        const { low, high } = noncentralityInterval(F, df, df_resid);
        expect(Math.abs(low / (low + df_resid) - petaF_lo)).toBeLessThan(1e-8);
        expect(Math.abs(high / (high + df_resid) - petaF_hi)).toBeLessThan(1e-8);
      }
    }
  });

  it('studentised range: within what R itself claims (p 1e-7 at small df, quantile 1e-4)', () => {
    for (const { q, k, df, sf } of r.dist.ptukey) {
      const tolerance = df < 12 ? 1e-7 : 1e-9;
      expect(Math.abs(studentizedRangeUpperTail(q, k, df).p - sf)).toBeLessThan(tolerance);
    }
    for (const { p, k, df, q } of r.dist.qtukey) {
      expect(Math.abs(studentizedRangeCritical(1 - p, k, df) - q)).toBeLessThan(1e-4);
    }
  });

  it('Dunnett and multivariate t: p to 1e-5 absolute', () => {
    for (const data of [r.balanced, r.unbalanced]) {
      const ts = data.contrasts_vs_none.filter((c) => c.adjust === 'none').map((c) => Math.abs(c['t.ratio']));
      ts.forEach((t, i) => {
        const { p } = maxAbsTUpperTail(t, data.dunnett_corr, data.df_resid);
        expect(Math.abs(p - data.dunnett_p_highprec[i])).toBeLessThan(1e-5);
      });
      // qmvt's own noise is about 1e-4.
      const critical = maxAbsTCritical(0.05, data.dunnett_corr, data.df_resid);
      expect(Math.abs(critical - data.dunnett_crit95)).toBeLessThan(3e-4);
    }
  });
});

describe('distributions against our own multiple-precision and quadrature tables', () => {
  const table = (file: string) =>
    JSON.parse(readFileSync(path.join(goldenFolders.subset, file), 'utf8')) as unknown;

  it('noncentral F: both log tails from 450 digits (scripts/golden/noncentral_f.py)', () => {
    type Row = { F: number; df1: number; df2: number; ncp: number; logLower: string; logUpper: string };
    for (const { F, df1, df2, ncp, logLower, logUpper } of table('noncentral-f.json') as Row[]) {
      const { lower, upper } = noncentralFTails(F, df1, df2, ncp);
      for (const [got, want] of [[lower.logP, logLower] as const, [upper.logP, logUpper] as const]) {
        const error = Math.min(Math.abs(got - Number(want)), relativeError(got, Number(want)));
        expect(error, `F ${F}, ${df1}, ${df2}, ncp ${ncp}`).toBeLessThan(1e-12);
      }
    }
  });

  it('studentised range and Dunnett: 1e-11 relative (scripts/golden/multiple_comparisons.py)', () => {
    const { studentizedRange, dunnett } = table('multiple-comparisons.json') as {
      studentizedRange: { q: number; groups: number; df: number; p: number }[];
      dunnett: { t: number; lambdas: number[]; df: number; p: number }[];
    };
    for (const { q, groups, df, p } of studentizedRange) {
      expect(relativeError(studentizedRangeUpperTail(q, groups, df).p, p)).toBeLessThan(1e-11);
    }
    for (const { t, lambdas, df, p } of dunnett) {
      expect(relativeError(dunnettUpperTail(t, lambdas, df).p, p)).toBeLessThan(1e-11);
    }
  });
});

describe('identities', () => {
  const dfs = fc.double({ min: 0.5, max: 1e6, noNaN: true });
  const statistic = fc.double({ min: 1e-3, max: 200, noNaN: true });

  it('t squared is F with one degree of freedom', () => {
    fc.assert(
      fc.property(statistic, dfs, (t, df) => {
        const two = tTwoSided(t, df).logP;
        expect(Math.abs(two - fUpperTail(t * t, 1, df).logP)).toBeLessThan(1e-10 * Math.max(1, -two));
      }),
    );
  });

  it('both tails of F add to one, and 1/F swaps them', () => {
    fc.assert(
      fc.property(statistic, dfs, dfs, (F, df1, df2) => {
        const lower = fLowerTail(F, df1, df2);
        expect(lower.p + fUpperTail(F, df1, df2).p).toBeCloseTo(1, 12);
        expect(Math.abs(fUpperTail(1 / F, df2, df1).logP - lower.logP)).toBeLessThan(
          1e-8 * Math.max(1, -lower.logP),
        );
      }),
    );
  });

  it('one comparison: Dunnett, Tukey with two groups and the multivariate t are the two-sided t', () => {
    for (const df of [1, 3, 12, 1332, Infinity]) {
      for (const t of [0.3, 1.7, 6, 40]) {
        const { logP } = tTwoSided(t, df);
        const close = (value: number) => Math.abs(value - logP) < 1e-11 * Math.max(1, -logP);
        expect(close(dunnettUpperTail(t, [0], df).logP), `dunnett ${t} ${df}`).toBe(true);
        expect(close(studentizedRangeUpperTail(t * Math.SQRT2, 2, df).logP), `tukey ${t} ${df}`).toBe(true);
        expect(close(maxAbsTUpperTail(t, [[1]], df).logP), `mvt ${t} ${df}`).toBe(true);
      }
    }
  });

  it.each([
    [4, 1.2, 20],
    [4, 2.8, 20],
    [4, 3.5, 200],
    // 55 differences: more than the lattices have components for.
    [11, 3.3, 60],
  ])(
    'all pairwise differences of %i means as a (singular) multivariate t are the studentised range',
    (k, t, df) => {
      // Differences of means of equal variance have correlations 0, 1/2 and -1/2.
      const means = Array.from({ length: k }, (_, i) => i);
      const pairs = means.flatMap((a) => means.filter((b) => b > a).map((b) => [a, b]));
      const correlation = pairs.map(([a, b]) =>
        pairs.map(([c, d]) => (Number(a === c) - Number(a === d) - Number(b === c) + Number(b === d)) / 2),
      );
      const lattice = maxAbsTUpperTail(t, correlation, df);
      const exact = studentizedRangeUpperTail(t * Math.SQRT2, k, df).p;
      // A singular matrix makes the integrand jump, so the lattice is less exact here, and says so.
      expect(lattice.standardError).toBeGreaterThan(0);
      expect(lattice.standardError).toBeLessThan(k === 4 ? 2e-4 : 1e-3);
      expect(Math.abs(lattice.p - exact)).toBeLessThan(5 * lattice.standardError);
    },
  );

  it('quantiles and critical values invert their tails', () => {
    expect(fUpperTail(fQuantile(0.95, 3, 17.5), 3, 17.5).p).toBeCloseTo(0.05, 12);
    expect(tUpperTail(tQuantile(0.975, 7.3), 7.3).p).toBeCloseTo(0.025, 12);
    expect(tQuantile(0.5, 4)).toBe(0);
    expect(tQuantile(0.975, Infinity)).toBeCloseTo(1.959963984540054, 12);
    expect(normalCdf(normalQuantile(0.31))).toBeCloseTo(0.31, 14);
    expect(normalUpperTail(-normalQuantile(1e-300)).logP).toBeCloseTo(Math.log(1e-300), 9);
    expect(studentizedRangeUpperTail(studentizedRangeCritical(0.01, 5, 9), 5, 9).p).toBeCloseTo(0.01, 12);
    expect(dunnettUpperTail(dunnettCritical(0.05, [0.7, 0.7], 9), [0.7, 0.7], 9).p).toBeCloseTo(0.05, 11);
    const { low, high } = noncentralityInterval(20, 4, 50, 0.95);
    expect(noncentralFTails(20, 4, 50, low).upper.p).toBeCloseTo(0.025, 10);
    expect(noncentralFTails(20, 4, 50, high).lower.p).toBeCloseTo(0.025, 10);
    expect(noncentralityInterval(0.01, 4, 50)).toEqual({ low: 0, high: 0 });
  });

  it('noncentrality intervals take bounded time for any F, and grow with it in proportion', () => {
    // For F without end, ncp / (df1 F) is chi-squared over its degrees of freedom: its quantiles for 9 are tabled.
    for (const F of [1e9, 1e15, 7e32, 1e200]) {
      const { low, high } = noncentralityInterval(F, 1, 9);
      expect(Math.abs(low / F / (3.325113 / 9) - 1)).toBeLessThan(1e-6);
      expect(Math.abs(high / F / (16.918978 / 9) - 1)).toBeLessThan(1e-6);
    }
    expect(noncentralityInterval(Infinity, 1, 9)).toEqual({ low: Infinity, high: Infinity });
  });

  it('noncentral F: the sum at some points continues the sum term by term', () => {
    // One ncp on either side of where the method changes; the tails change by much less than the bound.
    const [F, df1, df2] = [7e4, 3, 40];
    const below = noncentralFTails(F, df1, df2, 2e5 - 1e-6);
    const above = noncentralFTails(F, df1, df2, 2e5 + 1e-6);
    expect(Math.abs(above.lower.logP - below.lower.logP)).toBeLessThan(1e-9);
    expect(Math.abs(above.upper.logP - below.upper.logP)).toBeLessThan(1e-9);
    // A tail far from the weights' mode.
    const far = [2e5 - 1e-6, 2e5 + 1e-6].map((ncp) => noncentralFTails(500, df1, df2, ncp).lower.logP);
    expect(Math.abs(far[1] - far[0])).toBeLessThan(1e-8 * Math.abs(far[0]));
  });

  it('a p-value is never 0, and prints as a bound where it leaves the doubles', () => {
    const far = tTwoSided(200, 5000);
    expect(far.logP).toBeLessThan(-800);
    expect(far.p).toBeGreaterThan(0);
    expect(formatP(far)).toBe('< 1e-300');
    expect(formatP(tTwoSided(2, 10))).toBe('0.07339');
    expect(formatP(fUpperTail(250, 2, 1300))).toBe('1.368e-92');
    expect(formatP(probabilityFromLog(NaN))).toBe('not estimable');
    expect(normalTwoSided(0).p).toBe(1);
    expect(tLowerTail(-Infinity, 3).p).toBe(Number.MIN_VALUE);
  });

  it('refuses NaN and arguments outside the domain by name', () => {
    expect(() => fUpperTail(NaN, 1, 2)).toThrow(InputError);
    expect(() => fUpperTail(-1, 1, 2)).toThrow(/F is -1/);
    expect(() => tUpperTail(1, 0)).toThrow(/df is 0/);
    expect(() => noncentralFTails(1, 2, 3, -1)).toThrow(/ncp is -1/);
    expect(() => studentizedRangeUpperTail(1, 1, 5)).toThrow(/groups is 1/);
    expect(() => dunnettUpperTail(1, [], 5)).toThrow(/empty/);
    expect(() => dunnettUpperTail(1, [1], 5)).toThrow(/lambda is 1/);
    expect(() =>
      maxAbsTUpperTail(
        1,
        [
          [1, 2],
          [2, 1],
        ],
        5,
      ),
    ).toThrow(/Entry \(1, 2\) is 2/);
    expect(() => tQuantile(0, 5)).toThrow(/p is 0/);
  });
});
