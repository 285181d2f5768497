import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { relativeError } from '../../../test/golden/statistics.ts';
import { randomStream } from '../../core/random.ts';
import { anova, factor, fitLinearModel, robustAnova, type AnovaEffect, type AnovaRow } from './index.ts';

function effect(row: AnovaRow): AnovaEffect {
  if (!row.estimable) throw new Error(`${row.term}: ${row.reason}`);
  return row;
}

describe('linear model by hand', () => {
  it('one factor, two groups: F is the square of the pooled t', () => {
    // Means 2 and 5, SS within 2 + 2 = 4 on 4 df, SS between 3 * 1.5^2 * 2 = 13.5; F = 13.5 / 1.
    const model = fitLinearModel([1, 2, 3, 4, 5, 6], [factor('g', ['a', 'a', 'a', 'b', 'b', 'b'])]);
    const [row] = anova(model, 'II').rows.map(effect);
    expect(row.sumOfSquares).toBeCloseTo(13.5, 12);
    expect(row.F).toBeCloseTo(13.5, 12);
    expect(row.partialEtaSquared).toBeCloseTo(13.5 / 17.5, 12);
    expect(row.partialOmegaSquared).toBeCloseTo(12.5 / 18.5, 12);
    expect(row.cohensF).toBeCloseTo(Math.sqrt(13.5 / 4), 12);
  });

  it('HC3 for two groups of unequal spread: squared difference over the sum of SS_g / ((n_g - 1)^2)', () => {
    // Leverage is 1/n_g, so e^2 / (1 - 1/n)^2 = e^2 n^2 / (n - 1)^2, and each row weighs 1 / n^2.
    const a = [1, 2, 3];
    const b = [4, 8, 9, 11];
    const model = fitLinearModel([...a, ...b], [factor('g', ['a', 'a', 'a', 'b', 'b', 'b', 'b'])]);
    const [row] = robustAnova(model);
    if (!row.estimable) throw new Error(row.reason);
    expect(row.F).toBeCloseTo(36 / (2 / 4 + 26 / 9), 12);
  });

  it('two confounded factors: the second adds nothing and is not estimable', () => {
    const a = factor('a', ['x', 'x', 'y', 'y', 'z', 'z']);
    const b = factor('b', ['1', '1', '2', '2', '3', '3']);
    const { rows } = anova(fitLinearModel([1, 2, 2, 4, 7, 5], [a, b], { order: 1 }), 'I');
    expect(rows.map((row) => row.estimable)).toEqual([true, false]);
  });

  it('a cell with leverage 1 leaves HC3 not estimable, the plain test stays', () => {
    const model = fitLinearModel([1, 2, 3, 9], [factor('g', ['a', 'a', 'a', 'b'])]);
    expect(effect(anova(model).rows[0]).F).toBeGreaterThan(0);
    expect(robustAnova(model)[0]).toMatchObject({ estimable: false });
  });
});

/** Residual sum of squares by the normal equations of the full row matrix with a ridge-free solve: the slow way. */
function slowResidual(response: number[], design: number[][]): number {
  const p = design[0].length;
  const a = Array.from({ length: p }, (_, i) => [
    ...Array.from({ length: p }, (_, j) => design.reduce((s, row) => s + row[i] * row[j], 0)),
    design.reduce((s, row, k) => s + row[i] * response[k], 0),
  ]);
  const beta = new Array<number>(p).fill(0);
  const pivots: number[] = [];
  for (let i = 0; i < p; i++) {
    if (Math.abs(a[i][i]) < 1e-9) continue;
    pivots.push(i);
    for (let k = 0; k < p; k++) {
      if (k === i) continue;
      const ratio = a[k][i] / a[i][i];
      for (let j = i; j <= p; j++) a[k][j] -= ratio * a[i][j];
    }
  }
  for (const i of pivots) beta[i] = a[i][p] / a[i][i];
  return design.reduce(
    (s, row, k) => s + (response[k] - row.reduce((f, x, j) => f + x * beta[j], 0)) ** 2,
    0,
  );
}

describe('properties', () => {
  const table = fc
    .record({ seed: fc.integer(), a: fc.integer({ min: 2, max: 4 }), b: fc.integer({ min: 2, max: 3 }) })
    .map(({ seed, a, b }) => {
      const stream = randomStream('linear-model-test', seed);
      const rows = [];
      for (let i = 0; i < a; i++) {
        for (let j = 0; j < b; j++) {
          const n = i + j === 0 ? 3 : stream.integer(1, 4);
          for (let k = 0; k < n; k++) rows.push({ i, j, y: stream.normal() + i * j });
        }
      }
      return { rows: stream.shuffle(rows), a, b };
    });

  it('Type II main effects equal the difference of two slow fits on the rows', () => {
    fc.assert(
      fc.property(table, ({ rows, a, b }) => {
        const y = rows.map((row) => row.y);
        const model = fitLinearModel(y, [
          factor(
            'a',
            rows.map(({ i }) => i),
          ),
          factor(
            'b',
            rows.map(({ j }) => j),
          ),
        ]);
        const indicators = (level: number, levels: number) =>
          Array.from({ length: levels - 1 }, (_, l) => Number(l === level));
        const withB = rows.map(({ j }) => [1, ...indicators(j, b)]);
        const withBoth = rows.map(({ i, j }) => [1, ...indicators(j, b), ...indicators(i, a)]);
        const expected = slowResidual(y, withB) - slowResidual(y, withBoth);
        const row = effect(anova(model, 'II').rows[0]);
        expect(Math.abs(row.sumOfSquares - expected)).toBeLessThan(1e-8 * (1 + expected));
      }),
      { numRuns: 50 },
    );
  });

  it('F does not change with the unit or the origin of the response, nor with the order of rows', () => {
    fc.assert(
      fc.property(table, fc.double({ min: -1e3, max: 1e3, noNaN: true }), ({ rows }, shift) => {
        const fit = (list: typeof rows, map: (y: number) => number) =>
          anova(
            fitLinearModel(
              list.map((row) => map(row.y)),
              [
                factor(
                  'a',
                  list.map(({ i }) => i),
                  ['0', '1', '2', '3'],
                ),
                factor(
                  'b',
                  list.map(({ j }) => j),
                  ['0', '1', '2'],
                ),
              ],
            ),
          ).rows.map((row) => effect(row).F);
        const base = fit(rows, (y) => y);
        const moved = fit([...rows].reverse(), (y) => 7 * y + shift);
        base.forEach((F, t) => expect(Math.abs(F - moved[t])).toBeLessThan(1e-7 * (1 + F)));
      }),
      { numRuns: 50 },
    );
  });

  it('Type I sums of squares and the residual add up to the total', () => {
    fc.assert(
      fc.property(table, ({ rows }) => {
        const model = fitLinearModel(
          rows.map((row) => row.y),
          [
            factor(
              'a',
              rows.map(({ i }) => i),
            ),
            factor(
              'b',
              rows.map(({ j }) => j),
            ),
          ],
        );
        const parts = anova(model, 'I').rows.map((row) => effect(row).sumOfSquares);
        const sum = parts.reduce((s, ss) => s + ss, model.residualSumOfSquares);
        expect(relativeError(sum, model.totalSumOfSquares)).toBeLessThan(1e-12);
      }),
      { numRuns: 50 },
    );
  });
});

describe('higher orders and more factors', () => {
  it('with all interactions the residual is the spread within cells', () => {
    const stream = randomStream('higher-orders');
    const cells = [0, 1].flatMap((a) => [0, 1, 2].flatMap((b) => [0, 1].map((c) => [a, b, c])));
    const rows = cells.flatMap((cell) => Array.from({ length: 2 + cell[1] }, () => cell));
    const y = rows.map(([a, b, c]) => a * b * c + stream.normal());
    const factors = ['a', 'b', 'c'].map((name, f) => {
      const values = rows.map((row) => row[f]);
      return factor(name, values);
    });
    const model = fitLinearModel(y, factors, { order: 3 });
    const within = cells.reduce((sum, cell) => {
      const own = y.filter((_, i) => rows[i].join() === cell.join());
      const mean = own.reduce((s, x) => s + x, 0) / own.length;
      return sum + own.reduce((s, x) => s + (x - mean) ** 2, 0);
    }, 0);
    expect(relativeError(model.residualSumOfSquares, within)).toBeLessThan(1e-12);
    const { rows: effects } = anova(model);
    expect(effects.map((row) => [row.term, effect(row).df])).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 1],
      ['a:b', 2],
      ['a:c', 1],
      ['b:c', 2],
      ['a:b:c', 2],
    ]);
  });

  it('five factors: all fifteen main effects and pairs, Types I to III alike in a balanced table', () => {
    const stream = randomStream('five');
    const rows = Array.from({ length: 64 }, (_, i) => [0, 1, 2, 3, 4].map((f) => (i >> f) & 1));
    const factors = [0, 1, 2, 3, 4].map((f) => {
      const values = rows.map((row) => row[f]);
      return factor('abcde'[f], values);
    });
    const model = fitLinearModel(
      rows.map(([a, b]) => a + a * b + stream.normal()),
      factors,
    );
    const tables = (['I', 'II', 'III'] as const).map((type) => anova(model, type).rows.map(effect));
    expect(tables[0]).toHaveLength(15);
    expect(model.rank).toBe(16);
    tables[0].forEach((row, t) => {
      expect(relativeError(tables[1][t].sumOfSquares, row.sumOfSquares)).toBeLessThan(1e-9);
      expect(relativeError(tables[2][t].sumOfSquares, row.sumOfSquares)).toBeLessThan(1e-9);
    });
  });
});

describe('input that cannot be analysed', () => {
  const g = factor('g', ['a', 'a', 'b', 'b']);
  it.each([
    ['NaN', () => fitLinearModel([1, NaN, 2, 3], [g], { responseName: 'score' }), /score: row 2 is NaN/],
    ['infinite', () => fitLinearModel([1, 2, Infinity, 3], [g]), /row 3 is Infinity/],
    ['empty', () => fitLinearModel([], []), /no values/],
    ['one level', () => fitLinearModel([1, 2], [factor('g', ['a', 'a'])]), /"g" has only the level "a"/],
    ['lengths', () => fitLinearModel([1, 2, 3], [g]), /"g" has 4 rows, the response 3/],
    ['twice', () => fitLinearModel([1, 2, 3, 5], [g, g]), /"g" is given twice/],
    ['no factors', () => fitLinearModel([1, 2, 3, 5], []), /0 factors/],
    [
      'saturated',
      () => fitLinearModel([1, 2], [factor('g', ['a', 'b'])]),
      /2 parameters but the table only 2/,
    ],
    ['constant', () => fitLinearModel([5, 5, 5, 5], [g]), /5 in every row/],
    ['exact', () => fitLinearModel([1, 1, 2, 2], [g]), /exactly/],
    [
      'exact but for rounding',
      () =>
        fitLinearModel(
          [0.3, 0.1 + 0.2, 0.3, 0.1 + 0.2].map((x, i) => (i < 2 ? x : x + 7)),
          [g],
        ),
      /exactly/,
    ],
    ['missing', () => factor('g', ['a', '', 'b']), /"g" has no value in row 2/],
    ['unlisted', () => factor('g', ['a', 'q'], ['a', 'b']), /"q" in row 2/],
    ['term', () => fitLinearModel([1, 2, 3, 5], [g], { terms: [['h']] }), /"h"; the factors are g/],
    ['order', () => fitLinearModel([1, 2, 3, 5], [g], { order: 0 }), /order of interactions is 0/],
  ])('%s', (_, run, message) => expect(run).toThrow(message));

  it('drops levels that no row has', () => {
    const model = fitLinearModel([1, 2, 4, 3], [factor('g', ['a', 'a', 'c', 'c'], ['a', 'b', 'c'])]);
    expect(effect(anova(model).rows[0]).df).toBe(1);
  });
});
