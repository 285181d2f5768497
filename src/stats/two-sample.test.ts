import { describe, expect, it } from 'vitest';
import { describeGolden, goldenColumns, goldenTable, relativeError } from '../../test/golden/statistics.ts';
import { InputError } from '../core/index.ts';
import { probabilityOfImprovement } from './rl-aggregates.ts';
import { mannWhitneyTest, welchTest } from './two-sample.ts';

describe('two samples', () => {
  it('Welch by hand', () => {
    // Means 6 and 1.5; variances of the means 1/3 (df 2) and 1/4 (df 1).
    const { t, df } = welchTest([5, 6, 7], [1, 2]);
    expect(t).toBeCloseTo(4.5 / Math.sqrt(1 / 3 + 1 / 4), 12);
    expect(df).toBeCloseTo((7 / 12) ** 2 / (1 / 18 + 1 / 16), 12);
  });

  it('U over n m is the probability of improvement', () => {
    const x = [3, 1, 4, 1, 5];
    const y = [2, 7, 1, 8];
    expect(mannWhitneyTest(x, y).u / 20).toBeCloseTo(probabilityOfImprovement(x, y), 12);
  });

  it('refuse what cannot be tested', () => {
    expect(() => welchTest([1], [1, 2])).toThrow(InputError);
    expect(() => welchTest([1, 1], [2, 2])).toThrow(/neither sample varies/);
    expect(() => mannWhitneyTest([2, 2], [2])).toThrow(/all values are equal/);
  });
});

describeGolden('two samples against R (t.test, wilcox.test)', (golden) => {
  interface Want {
    readonly welch_vs_none: (Record<'t' | 'df' | 'p' | 'lo' | 'hi', number> & { strategy: string })[];
    readonly wilcox_vs_none_p: number[];
  }
  const sets = [
    ['balanced', 'balanced1400'],
    ...(golden.kind === 'whole' ? ([['unbalanced', 'unbalanced3400']] as const) : []),
  ] as const;
  for (const [name, file] of sets) {
    it(name, () => {
      const want = (golden.json('golden2.json') as Record<string, Want>)[name];
      const { score, strategy } = goldenColumns(goldenTable(golden, file));
      const of = (s: string) => score.filter((_, i) => strategy[i] === s);
      want.welch_vs_none.forEach((row, i) => {
        const got = welchTest(of(row.strategy), of('none'));
        expect(relativeError(got.t, row.t)).toBeLessThan(1e-10);
        expect(relativeError(got.df, row.df)).toBeLessThan(1e-10);
        expect(relativeError(got.p, row.p)).toBeLessThan(1e-9);
        expect(relativeError(got.low, row.lo)).toBeLessThan(1e-9);
        expect(relativeError(got.high, row.hi)).toBeLessThan(1e-9);
        const rank = mannWhitneyTest(of(row.strategy), of('none'));
        expect(relativeError(rank.p, want.wilcox_vs_none_p[i])).toBeLessThan(1e-9);
      });
    });
  }
});
