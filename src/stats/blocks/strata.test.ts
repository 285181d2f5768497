import { describe, expect, it } from 'vitest';
import {
  describeGolden,
  goldenColumns,
  goldenTable,
  relativeError,
} from '../../../test/golden/statistics.ts';
import { InputError } from '../../core/index.ts';
import { blockDesign } from './block-design.ts';
import { strataTable } from './strata.ts';

/** Two tasks, two blocks each, two strategies: small enough to do by hand. */
function tiny() {
  // block:   a1      a2      b1      b2
  // none     1       3       2       2
  // vdn      2       6       2       6
  const response = [1, 2, 3, 6, 2, 2, 2, 6];
  return blockDesign({
    response,
    factors: {
      task: ['a', 'a', 'a', 'a', 'b', 'b', 'b', 'b'],
      strategy: ['none', 'vdn', 'none', 'vdn', 'none', 'vdn', 'none', 'vdn'],
    },
    block: ['a1', 'a1', 'a2', 'a2', 'b1', 'b1', 'b2', 'b2'],
  });
}

describe('strataTable', () => {
  it('gives the hand-computed table of a two-strategy design', () => {
    // Differences vdn - none per block: 1, 3 | 0, 4. Half of the squared difference is the block:strategy SS.
    // Means 2 | 2: strategy SS = 4 blocks x 2^2 / 2 = 8; interaction 0; error ((1-2)^2+(3-2)^2+(0-2)^2+(4-2)^2)/2 = 5.
    // Block sums 3, 9 | 4, 8, half the square of a sum is its SS: task 0; error (2 x 3^2 + 2 x 2^2) / 2 = 13.
    const { terms, totalErrorSumOfSquares } = strataTable(tiny());
    const get = (name: string) => terms.find((t) => t.term === name)!;
    expect(get('strategy').sumOfSquares).toBeCloseTo(8, 12);
    expect(get('strategy')).toMatchObject({ df: 1, errorDf: 2, stratum: 'block:strategy' });
    expect(get('strategy').errorSumOfSquares).toBeCloseTo(5, 12);
    expect(get('strategy').f).toBeCloseTo(8 / 2.5, 12);
    expect(get('task:strategy').sumOfSquares).toBeCloseTo(0, 12);
    expect(get('task').sumOfSquares).toBeCloseTo(0, 12);
    expect(get('task').errorSumOfSquares).toBeCloseTo(13, 12);
    expect(totalErrorSumOfSquares).toBeCloseTo(18, 12);
    expect(get('strategy').generalizedEtaSquared).toBeCloseTo(8 / 26, 12);
    expect(get('strategy').partialEtaSquared).toBeCloseTo(8 / 13, 12);
  });

  it('splits the whole variation: term and error sums of squares add up to the total', () => {
    const design = tiny();
    const { terms, totalErrorSumOfSquares } = strataTable(design);
    const cells = design.groups.flatMap((g) => g.blocks.flatMap((b) => [...b.cells]));
    const centre = cells.reduce((a, b) => a + b, 0) / cells.length;
    const total = cells.reduce((a, b) => a + (b - centre) ** 2, 0);
    expect(terms.reduce((a, t) => a + t.sumOfSquares, 0) + totalErrorSumOfSquares).toBeCloseTo(total, 10);
  });

  it('gives no F for incomplete blocks, and refuses a cell that nobody ran', () => {
    const missing = blockDesign({
      response: [1, 2, 3, 5, 4, 7, 2],
      factors: { strategy: ['none', 'vdn', 'none', 'vdn', 'none', 'vdn', 'none'] },
      block: ['1', '1', '2', '2', '3', '3', '4'],
    });
    expect(strataTable(missing).terms[0].f).toBeNull();
    const empty = blockDesign({
      response: [1, 2, 3, 5, 4, 7],
      factors: {
        task: ['a', 'a', 'a', 'a', 'b', 'b'],
        strategy: ['none', 'vdn', 'none', 'vdn', 'none', 'none'],
      },
      block: ['1', '1', '2', '2', '3', '4'],
    });
    expect(() => strataTable(empty)).toThrow(InputError);
  });
});

describe('blockDesign', () => {
  it('finds out which factors vary within blocks, and averages repeated runs of a cell', () => {
    const design = blockDesign({
      response: [1, 3, 5, 7, 9],
      factors: { task: ['a', 'a', 'a', 'b', 'b'], strategy: ['x', 'x', 'y', 'x', 'y'] },
      block: ['1', '1', '1', '2', '2'],
      levels: { strategy: ['y', 'x'] },
    });
    expect(design.within).toEqual([{ name: 'strategy', levels: ['y', 'x'] }]);
    expect(design.between.map((f) => f.name)).toEqual(['task']);
    expect([...design.groups[0].blocks[0].cells]).toEqual([5, 2]);
  });

  it('names what is wrong: one level, one block, a response that is not finite', () => {
    const factors = { strategy: ['x', 'y'] };
    const block = ['1', '1'];
    expect(() => blockDesign({ response: [1, 2], factors, block })).toThrow(/one block/);
    expect(() => blockDesign({ response: [1, NaN], factors, block })).toThrow(/row 2 is NaN/);
    expect(() => blockDesign({ response: [1, 2], factors: { strategy: ['x', 'x'] }, block })).toThrow(
      /"strategy" has one level \("x"\)/,
    );
  });
});

describeGolden('strataTable against R, aov with Error(block/(strategy*model))', (golden) => {
  it('every stratum, degree of freedom, F, p and eta squared of the default study', () => {
    const { anova, ss_error_total } = golden.json('nested1400.json') as {
      anova: (Record<'term' | 'stratum', string> &
        Record<'SS' | 'df' | 'F' | 'p' | 'logp' | 'SS_error' | 'df_error' | 'peta2' | 'ges', number>)[];
      ss_error_total: number;
    };
    const { score, task, strategy, model, block } = goldenColumns(goldenTable(golden, 'nested1400'));
    const design = blockDesign({ response: score, factors: { task, strategy, model }, block });
    const { terms, totalErrorSumOfSquares } = strataTable(design);
    expect(terms).toHaveLength(anova.length);
    expect(relativeError(totalErrorSumOfSquares, ss_error_total)).toBeLessThan(1e-10);
    for (const want of anova) {
      const got = terms.find((t) => t.term === want.term)!;
      expect(`Error: ${got.stratum}`).toBe(want.stratum);
      expect([got.df, got.errorDf]).toEqual([want.df, want.df_error]);
      expect(relativeError(got.sumOfSquares, want.SS)).toBeLessThan(1e-10);
      expect(relativeError(got.errorSumOfSquares, want.SS_error)).toBeLessThan(1e-10);
      expect(relativeError(got.f!, want.F)).toBeLessThan(1e-10);
      expect(relativeError(got.p!, want.p)).toBeLessThan(1e-9);
      expect(relativeError(got.logP!, want.logp)).toBeLessThan(1e-12);
      expect(relativeError(got.partialEtaSquared, want.peta2)).toBeLessThan(1e-10);
      expect(relativeError(got.generalizedEtaSquared, want.ges)).toBeLessThan(1e-10);
    }
  });

  it('with seeds crossed with tasks, strategy is tested against seed x strategy', () => {
    const { seed_strategy_error } = golden.json('golden2.json') as {
      seed_strategy_error: { table: { term: string; SS: number }[]; F: number; p: number };
    };
    const { score, task, strategy, model, seed } = goldenColumns(goldenTable(golden, 'balanced1400'));
    const design = blockDesign({ response: score, factors: { strategy, model, task }, block: seed });
    const row = strataTable(design).terms.find((t) => t.term === 'strategy')!;
    const squares = (term: string) => seed_strategy_error.table.find((t) => t.term === term)!.SS;
    expect([row.df, row.errorDf]).toEqual([4, 36]);
    expect(relativeError(row.sumOfSquares, squares('factor(strategy)'))).toBeLessThan(1e-10);
    expect(relativeError(row.errorSumOfSquares, squares('factor(strategy):factor(seed)'))).toBeLessThan(
      1e-10,
    );
    expect(relativeError(row.f!, seed_strategy_error.F)).toBeLessThan(1e-10);
    expect(relativeError(row.p!, seed_strategy_error.p)).toBeLessThan(1e-9);
  });

  it('takes what rounding leaves of equal differences for no error', () => {
    // .1 -> .3, .2 -> .4, ...: every difference is .2, and their floats differ in the last bit.
    const table = (rows: readonly (readonly [number, number])[]) =>
      strataTable(
        blockDesign({
          response: rows.flat(),
          factors: { strategy: rows.flatMap(() => ['none', 'team']) },
          block: rows.flatMap((_, i) => [`${i}`, `${i}`]),
        }),
      ).terms[0];
    const shifted = [1, 2, 3, 4, 5, 6, 7].map((i) => [i / 10, (i + 2) / 10] as const);
    expect(new Set(shifted.map(([a, b]) => b - a)).size).toBeGreaterThan(1);
    expect(table(shifted)).toMatchObject({ f: null, p: null, errorSumOfSquares: 0 });
    expect(table(shifted.map(() => [0, 1] as const))).toMatchObject({ f: null, p: null });
    // A spread that is small but real stays.
    expect(table([...shifted, [0.5, 0.7 + 1e-9] as const]).f).toBeGreaterThan(1e15);
  });
});
