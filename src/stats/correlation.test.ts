import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeGolden, goldenColumns, goldenTable, relativeError } from '../../test/golden/statistics.ts';
import { InputError, randomStream } from '../core/index.ts';
import { kendall, midRanks, pearson, slope, spearman } from './correlation.ts';

describe('pearson and slope', () => {
  it('by hand', () => {
    // x 1 2 3 4, y 1 3 2 4: sxx = syy = 5, sxy = 4: r = 0.8, t = 0.8 sqrt(2 / 0.36), slope 0.8.
    const { r, t, df } = pearson([1, 2, 3, 4], [1, 3, 2, 4]);
    expect(r).toBeCloseTo(0.8, 14);
    expect(t).toBeCloseTo(0.8 * Math.sqrt(2 / 0.36), 12);
    expect(df).toBe(2);
    expect(slope([1, 2, 3, 4], [1, 3, 2, 4]).slope).toBeCloseTo(0.8, 14);
  });

  it('has no p on a perfect line, no r for a constant, no interval for three points', () => {
    expect(pearson([1, 2, 3, 4], [3, 5, 7, 9])).toMatchObject({ r: 1, p: null, low: 1, high: 1 });
    expect(pearson([1, 2, 3], [0.1, 0.1, 0.1]).r).toBeNull();
    expect(pearson([1, 2, 3], [1, 3, 2])).toMatchObject({ low: null, high: null });
    expect(slope([2, 2, 2], [1, 3, 2]).slope).toBeNull();
  });

  it('refuses two points, unequal lengths and NaN', () => {
    expect(() => pearson([1, 2], [1, 2])).toThrow(InputError);
    expect(() => pearson([1, 2, 3], [1, 2])).toThrow(/3 x values and 2 y values/);
    expect(() => spearman([1, NaN, 3], [1, 2, 3])).toThrow(/row 2 is NaN/);
  });
});

describe('rank correlations', () => {
  it('mid-ranks share ties', () => {
    expect(midRanks([10, 20, 10, 30])).toEqual([1.5, 3, 1.5, 4]);
  });

  it('a perfect order of four points has p = 2/4!', () => {
    for (const statistic of [spearman, kendall]) {
      expect(statistic([1, 2, 3, 4], [10, 20, 30, 99])).toMatchObject({ coefficient: 1, method: 'exact' });
      expect(statistic([1, 2, 3, 4], [10, 20, 30, 99]).p).toBeCloseTo(2 / 24, 14);
    }
  });

  it('Spearman of seven with one swap: published exact p', () => {
    // rho = 1 - 6 x 2 / 336 = 0.964; 1 + 6 orderings reach it on one side: p = 14 / 5040.
    const result = spearman([1, 2, 3, 4, 5, 6, 7], [1, 2, 3, 5, 4, 6, 7]);
    expect(result.coefficient).toBeCloseTo(1 - 12 / 336, 12);
    expect(result.p).toBeCloseTo(14 / 5040, 14);
  });

  it('Kendall`s counting of inversions agrees with enumeration', () => {
    const stream = randomStream('test', 'kendall');
    for (let i = 0; i < 5; i++) {
      const y = stream.shuffle([1, 2, 3, 4, 5, 6, 7]);
      const x = [1, 2, 3, 4, 5, 6, 7];
      // A tie far from making a difference would switch to enumeration; instead compare with all orderings.
      const score = (order: readonly number[]) =>
        x.reduce(
          (s, _, a) => s + x.slice(0, a).reduce((q, _x, b) => q + Math.sign(order[a] - order[b]), 0),
          0,
        );
      const all = (items: number[]): number[][] =>
        items.length < 2
          ? [items]
          : items.flatMap((v, k) => all(items.filter((_, j) => j !== k)).map((r) => [v, ...r]));
      const orders = all(x);
      const reached = orders.filter((order) => Math.abs(score(order)) >= Math.abs(score(y))).length;
      expect(kendall(x, y).p).toBeCloseTo(reached / orders.length, 12);
    }
  });

  it('with ties: tau-b and its exact p by hand', () => {
    // x 1 2 3, y 1 1 2: S = 2, tau-b = 2 / sqrt(3 x 2); all 3 distinct orderings give |S| = 2, 0, 2.
    const { coefficient, p } = kendall([1, 2, 3], [1, 1, 2]);
    expect(coefficient).toBeCloseTo(2 / Math.sqrt(6), 12);
    expect(p).toBeCloseTo(2 / 3, 12);
    expect(kendall([1, 2, 3], [5, 5, 5]).coefficient).toBeNull();
  });

  it('do not change under increasing maps, and change sign when one side is reversed', () => {
    const values = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 4, maxLength: 7 });
    fc.assert(
      fc.property(values, (y) => {
        const x = y.map((_, i) => i);
        for (const statistic of [spearman, kendall]) {
          const plain = statistic(x, y);
          if (plain.coefficient === null) continue;
          const mapped = statistic(
            x,
            y.map((v) => Math.exp(v)),
          );
          expect(mapped.coefficient).toBeCloseTo(plain.coefficient, 12);
          expect(mapped.p).toBe(plain.p);
          expect(statistic(x.slice().reverse(), y).coefficient).toBeCloseTo(-plain.coefficient, 12);
        }
      }),
      { numRuns: 40 },
    );
  });
});

type Row = Record<
  'n' | 'r' | 't' | 'p' | 'logp' | 'lo' | 'hi' | 'slope' | 'rho' | 'rho_p' | 'tau' | 'tau_p',
  number
> & {
  strategy: string;
};
const sizes: Record<string, number> = {
  'm0.5': 0.5e9,
  'm1.5': 1.5e9,
  m3: 3e9,
  m7: 7e9,
  m14: 14e9,
  m32: 32e9,
  m72: 72e9,
};
describeGolden('correlations against R, cor.test', (golden) => {
  for (const [name, file] of [
    ['balanced', 'balanced1400'],
    ['unbalanced', 'unbalanced3400'],
  ] as const) {
    // The subset rebuilds the unbalanced rows from their cells: means and variances are right, ranks are not.
    const ranks = name === 'balanced' || golden.kind === 'whole';
    const want = (golden.json('golden.json') as Record<string, Record<string, Row[]>>)[name];
    const { score, strategy, model } = goldenColumns(goldenTable(golden, file));

    const check = (row: Row, x: number[], y: number[], withRanks: boolean) => {
      const got = pearson(x, y);
      expect(got.n).toBe(row.n);
      expect(relativeError(got.r!, row.r)).toBeLessThan(1e-10);
      expect(relativeError(got.t!, row.t)).toBeLessThan(1e-10);
      expect(relativeError(got.low!, row.lo)).toBeLessThan(1e-10);
      expect(relativeError(got.high!, row.hi)).toBeLessThan(1e-10);
      expect(relativeError(slope(x, y).slope!, row.slope)).toBeLessThan(1e-10);
      expect(relativeError(got.p!, row.p)).toBeLessThan(1e-9);
      expect(relativeError(got.logP!, row.logp)).toBeLessThan(1e-12);
      if (!withRanks) return;
      const rho = spearman(x, y, { exact: false });
      const tau = kendall(x, y, { exact: false });
      expect(relativeError(rho.coefficient!, row.rho)).toBeLessThan(1e-10);
      expect(relativeError(tau.coefficient!, row.tau)).toBeLessThan(1e-10);
      expect(relativeError(tau.p!, row.tau_p)).toBeLessThan(1e-9);
      // R's large-sample p of a perfect order is rounding noise; ours is the exact share, 2 / n!.
      if (row.rho === 1) expect(rho.p).toBeCloseTo(2 / 5040, 12);
      else expect(relativeError(rho.p!, row.rho_p)).toBeLessThan(1e-9);
    };

    it(`${name}: rows`, () => {
      for (const row of want.pearson_rows) {
        const keep = score.map((_, i) => row.strategy === 'ALL' || strategy[i] === row.strategy);
        const x = model.map((m) => Math.log10(sizes[m])).filter((_, i) => keep[i]);
        const y = score.filter((_, i) => keep[i]);
        check(row, x, y, ranks);
      }
    });

    it(`${name}: model means`, () => {
      for (const row of want.pearson_model_means) {
        const models = Object.keys(sizes);
        const means = models.map((m) => {
          const cell = score.filter((_, i) => strategy[i] === row.strategy && model[i] === m);
          return cell.reduce((sum, s) => sum + s, 0) / cell.length;
        });
        const x = models.map((m) => Math.log10(sizes[m]));
        check(row, x, means, true);
      }
    });
  }
});
