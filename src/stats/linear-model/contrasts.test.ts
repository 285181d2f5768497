import { describe, expect, it } from 'vitest';
import { describeGolden, goldenLevels, goldenTable, relativeError } from '../../../test/golden/statistics.ts';
import type { Golden } from '../../../test/golden/statistics.ts';
import { contrastsAgainst, factor, fitLinearModel, marginalMeans, pairwiseContrasts } from './index.ts';

interface RowR {
  contrast: string;
  estimate: number;
  SE: number;
  'lower.CL': number;
  'upper.CL': number;
  't.ratio': number;
  'p.value': number;
  adjust: string;
  model: string;
}
interface MeanR {
  strategy: string;
  emmean: number | null;
  SE: number;
  'lower.CL': number;
  'upper.CL': number;
}
interface DataSet {
  emmeans_strategy: MeanR[];
  contrasts_vs_none: RowR[];
  dunnett_p_highprec: number[];
  tukey_strategy: RowR[];
  simple_by_model_holm28?: RowR[];
  contrast_se: { est: number; se_ols: number; se_HC3: number }[];
}
interface GoldenJson {
  balanced: DataSet;
  unbalanced: DataSet;
  rankdef: { emm_strategy: MeanR[] };
}

function modelOf(golden: Golden, name: 'balanced1400' | 'unbalanced3400' | 'rankdef') {
  const rows = goldenTable(golden, name);
  return fitLinearModel(
    rows.map((row) => row.score),
    (['strategy', 'model', 'task'] as const).map((key) => {
      const values = rows.map((row) => row[key]);
      return factor(key, values, goldenLevels[key]);
    }),
  );
}

const close = (actual: number | null, expected: number, tolerance: number) =>
  expect(relativeError(actual ?? NaN, expected)).toBeLessThan(tolerance);

describeGolden('marginal means and contrasts against R (emmeans)', (golden) => {
  const r = golden.json('golden.json') as GoldenJson;
  const cases = [
    ['balanced', 'balanced1400'],
    ['unbalanced', 'unbalanced3400'],
  ] as const;

  it.each(cases)('%s: marginal means', (key, table) => {
    marginalMeans(modelOf(golden, table), ['strategy']).forEach((mean, i) => {
      const want = r[key].emmeans_strategy[i];
      expect(mean.at).toEqual({ strategy: want.strategy });
      close(mean.estimate, want.emmean ?? NaN, 1e-10);
      close(mean.standardError, want.SE, 1e-10);
      close(mean.low, want['lower.CL'], 1e-10);
      close(mean.high, want['upper.CL'], 1e-10);
    });
  });

  it('a mean over a missing pair is not estimable, the others are', () => {
    marginalMeans(modelOf(golden, 'rankdef'), ['strategy']).forEach((mean, i) => {
      const want = r.rankdef.emm_strategy[i];
      if (want.emmean === null) expect(mean.estimate).toBeNull();
      else close(mean.estimate, want.emmean, 1e-10);
    });
  });

  it.each(cases)('%s: against none, every adjustment', (key, table) => {
    const model = modelOf(golden, table);
    const methods = {
      none: 'none',
      holm: 'holm',
      bonferroni: 'bonferroni',
      BH: 'bh',
      mvt: 'dunnett',
    } as const;
    for (const [name, adjust] of Object.entries(methods)) {
      const expected = r[key].contrasts_vs_none.filter((row) => row.adjust === name);
      contrastsAgainst(model, 'strategy', 'none', { adjust }).forEach((contrast, i) => {
        const want = expected[i];
        expect(`${contrast.level} - ${contrast.baseline}`).toBe(want.contrast);
        close(contrast.estimate, want.estimate, 1e-10);
        close(contrast.standardError, want.SE, 1e-10);
        close(contrast.t, want['t.ratio'], 1e-10);
        if (name === 'mvt') {
          expect(Math.abs((contrast.adjustedP ?? NaN) - r[key].dunnett_p_highprec[i])).toBeLessThan(1e-5);
          // mvtnorm's own critical value is good to about 2e-4.
          close(contrast.low, want['lower.CL'], 1e-3);
        } else {
          close(contrast.adjustedP, want['p.value'], 1e-9);
          close(contrast.low, want['lower.CL'], 1e-9);
          close(contrast.high, want['upper.CL'], 1e-9);
        }
      });
    }
  });

  it.each(cases)('%s: HC3 standard errors of the contrasts', (key, table) => {
    const model = modelOf(golden, table);
    const options = { adjust: 'none', covariance: 'hc3' } as const;
    contrastsAgainst(model, 'strategy', 'none', options).forEach((contrast, i) => {
      close(contrast.estimate, r[key].contrast_se[i].est, 1e-10);
      close(contrast.standardError, r[key].contrast_se[i].se_HC3, 1e-10);
    });
  });

  it.each(cases)('%s: Tukey, all pairs', (key, table) => {
    pairwiseContrasts(modelOf(golden, table), 'strategy').forEach((contrast, i) => {
      const want = r[key].tukey_strategy[i];
      expect(`${contrast.level} - ${contrast.baseline}`).toBe(want.contrast);
      close(contrast.t, want['t.ratio'], 1e-10);
      expect(Math.abs((contrast.adjustedP ?? NaN) - want['p.value'])).toBeLessThan(1e-9);
      // R's qtukey is good to 1e-4.
      const width = (want['upper.CL'] - want['lower.CL']) / 2;
      expect(Math.abs((contrast.low ?? NaN) - want['lower.CL'])).toBeLessThan(1e-4 * width);
    });
  });

  it('simple effects by model, Holm over all 28', () => {
    for (const [key, table] of cases) {
      const expected = r[key].simple_by_model_holm28;
      if (!expected) continue;
      const options = { by: ['model'], adjust: 'holm' } as const;
      contrastsAgainst(modelOf(golden, table), 'strategy', 'none', options).forEach((contrast, i) => {
        const want = expected[i];
        expect(contrast.at).toEqual({ model: want.model });
        close(contrast.estimate, want.estimate, 1e-10);
        close(contrast.adjustedP, want['p.value'], 1e-9);
        close(contrast.low, want['lower.CL'], 1e-9);
      });
    }
  });
});

describe('contrasts by hand', () => {
  // Means 2, 4 and 9 of three rows each; s^2 = (2 + 2 + 2) / 6 = 1, so SE of a difference = sqrt(2/3).
  const model = fitLinearModel(
    [1, 2, 3, 3, 4, 5, 8, 9, 10],
    [factor('g', ['a', 'a', 'a', 'b', 'b', 'b', 'c', 'c', 'c'])],
  );

  it('differences of group means with the pooled standard error', () => {
    const [b, c] = contrastsAgainst(model, 'g', 'a', { adjust: 'none' });
    expect(b.estimate).toBeCloseTo(2, 12);
    expect(c.estimate).toBeCloseTo(7, 12);
    expect(b.standardError).toBeCloseTo(Math.sqrt(2 / 3), 12);
    expect(b.df).toBe(6);
  });

  it('Dunnett lies between the single test and Bonferroni', () => {
    const dunnett = contrastsAgainst(model, 'g', 'a');
    const bonferroni = contrastsAgainst(model, 'g', 'a', { adjust: 'bonferroni' });
    dunnett.forEach((contrast, i) => {
      expect(contrast.adjustedP).toBeGreaterThan(contrast.p ?? NaN);
      expect(contrast.adjustedP).toBeLessThan(bonferroni[i].adjustedP ?? NaN);
      expect(contrast.low).toBeGreaterThan(bonferroni[i].low ?? NaN);
    });
  });

  it('refuses unknown names', () => {
    expect(() => contrastsAgainst(model, 'h', 'a')).toThrow(/no factor "h"/);
    expect(() => contrastsAgainst(model, 'g', 'z')).toThrow(/no level "z"; it has a, b, c/);
    expect(() => marginalMeans(model, [])).toThrow(/at least one factor/);
  });

  it('families of their own: Holm within each level of another factor', () => {
    const g = factor('g', ['a', 'a', 'b', 'b', 'a', 'a', 'b', 'b']);
    const h = factor('h', ['x', 'x', 'x', 'x', 'y', 'y', 'y', 'y']);
    const crossed = fitLinearModel([1, 2, 3, 5, 2, 4, 9, 8], [g, h]);
    const own = contrastsAgainst(crossed, 'g', 'a', { by: ['h'], adjust: 'holm', family: 'by' });
    own.forEach((contrast) => expect(contrast.adjustedP).toBe(contrast.p));
  });
});
