import { describe, expect, it } from 'vitest';
import { describeGolden, goldenColumns, goldenTable, relativeError } from '../../test/golden/statistics.ts';
import { InputError } from '../core/index.ts';
import { factor, fitLinearModel } from './linear-model/index.ts';
import { breuschPagan, brownForsythe, chiSquaredUpperTail } from './variance-tests.ts';

describe('brownForsythe', () => {
  it('by hand', () => {
    // Deviations from the medians 2 and 4: 1 0 1 | 3 0 3: means 2/3 and 2, grand 4/3.
    // Between 3 (4/9) + 3 (4/9) = 8/3; within 2/3 + 6 = 20/3 on 4 df: F = (8/3) / (5/3).
    const { statistic, df1, df2 } = brownForsythe([
      [1, 2, 3],
      [1, 4, 7],
    ]);
    expect(statistic).toBeCloseTo(8 / 5, 12);
    expect([df1, df2]).toEqual([1, 4]);
  });
  it('refuses groups without spread', () => {
    expect(() => brownForsythe([[1, 1], [2, 2]])).toThrow(InputError); // prettier-ignore
    expect(() => brownForsythe([[1, 2]])).toThrow(/2 needed/);
  });
});

describe('chiSquaredUpperTail', () => {
  it('knows the closed forms and the tables', () => {
    expect(chiSquaredUpperTail(3, 2).p).toBeCloseTo(Math.exp(-1.5), 14);
    expect(chiSquaredUpperTail(3.841458820694124, 1).p).toBeCloseTo(0.05, 12);
    expect(chiSquaredUpperTail(18.307038053275146, 10).p).toBeCloseTo(0.05, 12);
    expect(chiSquaredUpperTail(7.814727903251179, 3).p).toBeCloseTo(0.05, 12);
    expect(chiSquaredUpperTail(5000, 3).p).toBeGreaterThan(0);
    expect(chiSquaredUpperTail(0, 3).p).toBe(1);
  });
});

describeGolden('spread against R (car::leveneTest, lmtest::bptest)', (golden) => {
  interface Want {
    readonly levene_BF: Record<'df' | 'F' | 'p', number>;
    readonly breusch_pagan_studentized: readonly number[];
  }
  const sets = [
    ['balanced', 'balanced1400'],
    ...(golden.kind === 'whole' ? ([['unbalanced', 'unbalanced3400']] as const) : []),
  ] as const;
  for (const [name, file] of sets) {
    it(name, () => {
      const want = (golden.json('golden.json') as Record<string, Want>)[name];
      const { score, strategy, model, task } = goldenColumns(goldenTable(golden, file));
      const cells = new Map<string, number[]>();
      score.forEach((y, i) => {
        const key = `${strategy[i]}/${model[i]}/${task[i]}`;
        cells.set(key, [...(cells.get(key) ?? []), y]);
      });
      const bf = brownForsythe([...cells.values()]);
      expect(bf.df1).toBe(want.levene_BF.df);
      expect(relativeError(bf.statistic, want.levene_BF.F)).toBeLessThan(1e-10);
      expect(relativeError(bf.p, want.levene_BF.p)).toBeLessThan(1e-9);
      const columns = Object.entries({ strategy, model, task }).map(([key, values]) => factor(key, values));
      const bp = breuschPagan(fitLinearModel(score, columns), score);
      const [statistic, df, p] = want.breusch_pagan_studentized;
      expect(relativeError(bp.statistic, statistic)).toBeLessThan(1e-10);
      expect(bp.df1).toBe(df);
      expect(relativeError(bp.p, p)).toBeLessThan(1e-9);
    });
  }
});
