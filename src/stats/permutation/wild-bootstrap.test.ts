import { describe, expect, it } from 'vitest';
import { InputError } from '../../core/errors.ts';
import { randomStream } from '../../core/random.ts';
import { factor, fitLinearModel, robustAnova, type LinearModel } from '../linear-model/index.ts';
import { permutationTestOnThreads, wildBootstrapTest } from './index.ts';

function table(rows: number, seed: string): LinearModel {
  const stream = randomStream('wild test', seed);
  const a = Array.from({ length: rows }, (_, i) => (i < 3 ? i : stream.integer(0, 2)));
  const b = Array.from({ length: rows }, (_, i) => (i < 2 ? i : stream.integer(0, 1)));
  const y = a.map((level, i) => 0.4 * level + (b[i] === 1 ? 2 : 0.5) * stream.normal());
  return fitLinearModel(y, [factor('a', a), factor('b', b)]);
}

/** Fitted values of the model without the term in sum-to-zero coding, by regressing out its columns. */
function reducedFit(model: LinearModel, term: number): number[] {
  const others = model.terms.filter((_, t) => t !== term);
  // a and b alone are nested in a:b, so their reduced models are fitted by normal equations on coded columns.
  const code = (f: number, level: number, column: number) => {
    const last = model.factors[f].levels.length - 1;
    return level === last ? -1 : level === column ? 1 : 0;
  };
  const rows = Array.from({ length: model.n }, (_, i) => {
    const levels = model.factors.map((own) => own.codes[i]);
    return [1].concat(
      others.flatMap(({ factors }) =>
        factors.reduce<number[]>(
          (values, f) =>
            values.flatMap((x) =>
              Array.from({ length: model.factors[f].levels.length - 1 }, (_, k) => x * code(f, levels[f], k)),
            ),
          [1],
        ),
      ),
    );
  });
  const beta = solve(rows, Array.from(model.response));
  return rows.map((row) => row.reduce((sum, x, j) => sum + x * beta[j], 0));
}

/** Least squares by Gaussian elimination of the normal equations. */
function solve(rows: readonly number[][], y: readonly number[]): number[] {
  const k = rows[0].length;
  const m = Array.from({ length: k }, (_, i) => [
    ...Array.from({ length: k }, (_, j) => rows.reduce((sum, row) => sum + row[i] * row[j], 0)),
    rows.reduce((sum, row, r) => sum + row[i] * y[r], 0),
  ]);
  for (let i = 0; i < k; i++) {
    for (let r = 0; r < k; r++) {
      if (r === i) continue;
      const factor = m[r][i] / m[i][i];
      for (let j = i; j <= k; j++) m[r][j] -= factor * m[i][j];
    }
  }
  return m.map((row, i) => row[k] / row[i]);
}

describe('wildBootstrapTest', () => {
  it('counts what refitting every signed table counts', () => {
    const model = table(40, 'refit');
    const resamples = 99;
    const fast = wildBootstrapTest(model, { seed: 7, resamples }).rows;
    const observed = robustAnova(model);
    model.terms.forEach((_, t) => {
      const fit = reducedFit(model, t);
      const stream = randomStream('signs', 7, 0);
      let exceeding = 0;
      for (let r = 0; r < resamples; r++) {
        let bits = 0;
        const y = fit.map((value, i) => {
          bits = i % 32 === 0 ? stream.next() * 2 ** 32 : bits >>> 1;
          return value + (bits & 1 ? -1 : 1) * (model.response[i] - value);
        });
        const row = robustAnova(fitLinearModel(y, model.factors))[t];
        const own = observed[t];
        if (row.estimable && own.estimable && row.F >= own.F * (1 - 1e-12)) exceeding++;
      }
      expect(fast[t]).toMatchObject({ exceeding, p: (exceeding + 1) / (resamples + 1) });
      const own = observed[t];
      expect(own.estimable && fast[t].estimable && Math.abs(fast[t].F / own.F - 1)).toBeLessThan(1e-9);
    });
  });

  it('gives the same whatever the number of threads, and no p below its floor', async () => {
    const model = table(60, 'threads');
    const options = { seed: 3, resamples: 1000, statistic: 'hc3', scheme: 'wild' } as const;
    const one = wildBootstrapTest(model, { seed: 3, resamples: 1000 });
    expect(await permutationTestOnThreads(model, { ...options, threads: 3 })).toEqual(one);
    for (const row of one.rows) expect(row.estimable && row.p).toBeGreaterThanOrEqual(1 / 1001);
    for (const row of one.rows) {
      if (row.estimable) expect(row.adjustedP).toBeGreaterThanOrEqual(row.p);
    }
  });

  it('refuses too few resamples; a cell whose row has leverage 1 leaves nothing to test', () => {
    expect(() => wildBootstrapTest(table(40, 'few'), { seed: 1, resamples: 10 })).toThrow(InputError);
    const alone = fitLinearModel(
      [1, 2, 4, 3, 5],
      [factor('a', ['x', 'x', 'y', 'y', 'y']), factor('b', ['u', 'u', 'u', 'v', 'u'])],
    );
    const { rows } = wildBootstrapTest(alone, { seed: 1, resamples: 99 });
    expect(rows.every((row) => !row.estimable)).toBe(true);
  });
});
