import { describe, expect, it } from 'vitest';
import { describeGolden, goldenLevels, goldenTable, relativeError } from '../../../test/golden/statistics.ts';
import { InputError } from '../../core/errors.ts';
import { randomStream } from '../../core/random.ts';
import { anova, factor, fitLinearModel, robustAnova, type LinearModel } from '../linear-model/index.ts';
import { multiply, project } from '../linear-model/orthogonalise.ts';
import { termSpace } from '../linear-model/anova.ts';
import { formatPermutationP, permutationTest, permutationTestOnThreads } from './index.ts';
import { planPermutations, type PermutationScheme } from './plan.ts';
import { statisticsOf } from './resample.ts';

/** Labels after row i of the data got the value of row order[i]. */
function relabel(labels: Uint16Array, order: readonly number[]) {
  const out = labels.slice();
  order.forEach((source, i) => (out[source] = labels[i]));
  return out;
}

describeGolden('Freedman-Lane statistics against R for fixed permutations', (golden) => {
  type Perm25 = Record<'freedman_lane' | 'raw' | 'terbraak', number[][]>;
  const r = golden.json('golden.json') as Record<string, { perm25?: Perm25 }>;
  const schemes: Record<Exclude<PermutationScheme, 'wild'>, keyof Perm25> = {
    'freedman-lane': 'freedman_lane',
    raw: 'raw',
    'ter-braak': 'terbraak',
  };

  for (const [key, table] of [
    ['balanced', 'balanced1400'],
    ['unbalanced', 'unbalanced3400'],
  ] as const) {
    const expected = r[key].perm25;
    if (!expected) continue;
    it(`${key}: every scheme to 1e-10`, () => {
      const rows = goldenTable(golden, table);
      const model = fitLinearModel(
        rows.map((row) => row.score),
        (['strategy', 'model', 'task'] as const).map((name) => {
          const values = rows.map((row) => row[name]);
          return factor(name, values, goldenLevels[name]);
        }),
      );
      const orders = golden.text(`${table}_perms25.csv`).trim().split('\n');
      for (const [scheme, name] of Object.entries(schemes)) {
        const { plan } = planPermutations(model, { seed: 0, scheme: scheme as keyof typeof schemes });
        const labellings = orders.map((line) => relabel(plan.labels, line.split(',').map(Number)));
        statisticsOf(plan, labellings).forEach((statistics, b) => {
          statistics.forEach((F, t) => expect(relativeError(F, expected[name][t][b])).toBeLessThan(1e-10));
        });
      }
    });
  }
});

/** A table with the given cell counts; levels differ in mean, cells in spread. */
function randomTable(seed: number, levels: readonly number[], rows: number, effect = 1): LinearModel {
  const stream = randomStream('permutation-test', seed);
  const columns = levels.map((count) => {
    const values = Array.from({ length: rows }, (_, i) => (i < count ? i : stream.integer(0, count - 1)));
    return stream.shuffle(values);
  });
  const y = Array.from({ length: rows }, (_, i) => stream.normal() + effect * columns[0][i]);
  return fitLinearModel(
    y,
    columns.map((values, f) => factor('abcde'[f], values)),
  );
}

describe('statistics against refitting the permuted table', () => {
  const tables: [string, LinearModel][] = [
    ['two factors', randomTable(1, [3, 2], 30)],
    ['three factors', randomTable(2, [3, 2, 4], 90)],
    ['four factors', randomTable(3, [2, 3, 2, 2], 120)],
    ['one factor', randomTable(4, [4], 25)],
  ];

  it.each(tables)('%s: fit of the reduced model plus shuffled residuals, F and HC3', (_, model) => {
    const stream = randomStream('order');
    const order = stream.shuffle(Array.from({ length: model.n }, (_, i) => i));
    for (const statistic of ['F', 'hc3'] as const) {
      const { plan } = planPermutations(model, { seed: 0, statistic });
      const [fast] = statisticsOf(plan, [relabel(plan.labels, order)]);
      model.terms.forEach((term, t) => {
        // Freedman & Lane to the letter: y* = fit of the reduced model + its residuals, shuffled.
        const space = termSpace(model, t, 'III');
        if (!space.estimable) throw new Error(space.reason);
        const own = multiply(model.q, space.basis);
        const scores = project(space.basis, model.effects);
        const reduced = Array.from({ length: model.n }, (_, i) => {
          const c = model.cells.rowCell[i];
          let part = 0;
          for (let j = 0; j < own.count; j++) part += own.data[j * own.rows + c] * scores[j];
          return model.cells.grandMean + model.fitted[c] - part / Math.sqrt(model.cells.counts[c]);
        });
        const refitted = fitLinearModel(
          order.map((source, i) => reduced[i] + model.response[source] - reduced[source]),
          model.factors,
        );
        const row = (statistic === 'F' ? anova(refitted).rows : robustAnova(refitted))[t];
        expect(row.estimable && relativeError(fast[t], row.F)).toBeLessThan(1e-8);
        expect(term.name).toBe(row.term);
      });
    }
  });

  it('a balanced design gives the same by margins as by projection', () => {
    const stream = randomStream('balanced');
    const cells = [0, 1, 2].flatMap((a) => [0, 1].flatMap((b) => [0, 1, 2, 3].map((c) => [a, b, c])));
    const rows = cells.flatMap((cell) => [cell, cell]);
    const y = rows.map(([a, b]) => a * b + stream.normal());
    const model = fitLinearModel(
      y,
      [0, 1, 2].map((f) =>
        factor(
          'abc'[f],
          rows.map((row) => row[f]),
        ),
      ),
    );
    const { plan } = planPermutations(model, { seed: 0 });
    expect(plan.balanced).toBeDefined();
    const labels = relabel(plan.labels, stream.shuffle(rows.map((_, i) => i)));
    const [byMargins] = statisticsOf(plan, [labels]);
    const [byProjection] = statisticsOf({ ...plan, balanced: undefined }, [labels]);
    byMargins.forEach((F, t) => expect(relativeError(F, byProjection[t])).toBeLessThan(1e-10));
  });
});

describe('permutation tests', () => {
  it('observed statistics are those of the tables', () => {
    const model = randomTable(5, [3, 2, 2], 120);
    permutationTest(model, { seed: 1, resamples: 99 }).rows.forEach((row, t) => {
      const want = anova(model).rows[t];
      expect(row.estimable && want.estimable && relativeError(row.F, want.F)).toBeLessThan(1e-12);
    });
    permutationTest(model, { seed: 1, resamples: 99, statistic: 'hc3' }).rows.forEach((row, t) => {
      const want = robustAnova(model)[t];
      expect(row.estimable && want.estimable && relativeError(row.F, want.F)).toBeLessThan(1e-12);
    });
  });

  it('two groups of three, fully separated: the exact p is 2 of 20 splits', () => {
    const model = fitLinearModel([1, 2, 3, 7, 8, 9], [factor('g', ['a', 'a', 'a', 'b', 'b', 'b'])]);
    const [row] = permutationTest(model, { seed: 3, resamples: 20_000 }).rows;
    // Five standard errors of a share of 20,000.
    expect(row.estimable && Math.abs(row.p - 0.1)).toBeLessThan(5 * Math.sqrt((0.1 * 0.9) / 20_000));
    expect(row.estimable && row.adjustedP).toBe(row.estimable && row.p);
  });

  it('does not depend on the number of threads', async () => {
    const model = randomTable(6, [3, 2, 2], 70, 0.3);
    const options = { seed: 'threads', resamples: 1100 };
    const alone = permutationTest(model, options);
    expect(await permutationTestOnThreads(model, { ...options, threads: 1 })).toEqual(alone);
    expect(await permutationTestOnThreads(model, { ...options, threads: 3 })).toEqual(alone);
    expect(permutationTest(model, { ...options, seed: 'other' })).not.toEqual(alone);
  });

  it('adjusted p is never below p, and p never 0', () => {
    const { rows } = permutationTest(randomTable(7, [3, 3], 40, 2), { seed: 1, resamples: 499 });
    for (const row of rows) {
      if (!row.estimable) throw new Error(row.reason);
      expect(row.p).toBeGreaterThanOrEqual(1 / 500);
      expect(row.adjustedP).toBeGreaterThanOrEqual(row.p);
    }
    expect(rows[0].estimable && rows[0].exceeding).toBe(0);
  });

  it('keeps its level with unequal counts, and loses it with noisier small cells unless studentised', () => {
    // A quarter of the rows, in a small group, with three times the spread: the plain test rejects too often.
    const rejections = { equal: 0, plain: 0, hc3: 0 };
    const runs = 300;
    for (let run = 0; run < runs; run++) {
      const stream = randomStream('level', run);
      const group = Array.from({ length: 24 }, (_, i) => (i < 6 ? 'small' : 'large'));
      const noise = group.map(() => stream.normal());
      const p = (y: number[], statistic: 'F' | 'hc3') => {
        const model = fitLinearModel(y, [factor('g', group)]);
        const [row] = permutationTest(model, { seed: run, resamples: 199, statistic }).rows;
        return row.estimable ? row.p : 1;
      };
      const spread = noise.map((x, i) => (group[i] === 'small' ? 3 * x : x));
      if (p(noise, 'F') <= 0.05) rejections.equal++;
      if (p(spread, 'F') <= 0.05) rejections.plain++;
      if (p(spread, 'hc3') <= 0.05) rejections.hc3++;
    }
    // Binomial(300, 0.05): 0.0005 and 0.9995 quantiles are 4 and 29.
    expect(rejections.equal).toBeGreaterThanOrEqual(4);
    expect(rejections.equal).toBeLessThanOrEqual(29);
    expect(rejections.plain).toBeGreaterThan(40);
    expect(rejections.hc3).toBeLessThan(40);
  });

  it('prints the floor as the bound it is', () => {
    expect(formatPermutationP(1 / 10001, 10000)).toBe('<= 1e-4');
    expect(formatPermutationP(1 / 1001, 1000)).toBe('<= 1e-3');
    expect(formatPermutationP(1 / 701, 700)).toBe('<= 1.5e-3');
    expect(formatPermutationP(2 / 10001, 10000)).toBe('0.0002');
    expect(formatPermutationP(0.51234567, 10000)).toBe('0.5123');
  });

  it('says which terms cannot be tested', () => {
    const a = factor('a', ['x', 'x', 'x', 'y', 'y', 'y', 'y', 'x']);
    const b = factor('b', ['1', '2', '1', '1', '1', '1', '1', '2']);
    const model = fitLinearModel([1, 2, 4, 3, 2, 5, 8, 3], [a, b]);
    const { rows } = permutationTest(model, { seed: 1, resamples: 99 });
    expect(rows.map((row) => row.estimable)).toEqual([false, false, false]);
    const lonely = fitLinearModel([1, 2, 3, 9], [factor('g', ['a', 'a', 'a', 'b'])]);
    const [row] = permutationTest(lonely, { seed: 1, resamples: 99, statistic: 'hc3' }).rows;
    expect(row).toMatchObject({ estimable: false });
  });

  it('refuses numbers of resamples and threads that mean nothing', async () => {
    const model = randomTable(8, [2, 2], 20);
    expect(() => permutationTest(model, { seed: 1, resamples: 50 })).toThrow(/resamples is 50/);
    await expect(permutationTestOnThreads(model, { seed: 1, threads: 0 })).rejects.toThrow(InputError);
  });
});
