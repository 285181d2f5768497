import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeGolden } from '../../test/golden/statistics.ts';
import { InputError } from '../core/index.ts';
import { adjustP, type AdjustMethod } from './adjust-p.ts';

describe('adjustP', () => {
  it('Holm by hand: the smallest times 3, then 2, then 1, never falling', () => {
    expect(adjustP([0.03, 0.01, 0.02], 'holm')).toEqual([0.04, 0.03, 0.04]);
  });

  it('leaves what is not estimable out of the count', () => {
    expect(adjustP([0.02, null, 0.04], 'bonferroni')).toEqual([0.04, null, 0.08]);
    expect(adjustP([null], 'bh')).toEqual([null]);
  });

  it('refuses 0, NaN and more than 1', () => {
    for (const bad of [0, NaN, 1.5]) expect(() => adjustP([0.5, bad], 'holm')).toThrow(InputError);
  });

  it('never lowers a p-value, keeps their order, and ranks the methods by caution', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 1e-12, max: 1, noNaN: true }), { minLength: 1 }), (ps) => {
        const by = (method: AdjustMethod) => adjustP(ps, method) as number[];
        const [bonferroni, holm, bh] = [by('bonferroni'), by('holm'), by('bh')];
        ps.forEach((p, i) => {
          expect(bh[i]).toBeGreaterThanOrEqual(p);
          expect(holm[i]).toBeGreaterThanOrEqual(bh[i] * (1 - 1e-12));
          expect(bonferroni[i]).toBeGreaterThanOrEqual(holm[i]);
          ps.forEach((q, j) => p < q && expect(holm[i]).toBeLessThanOrEqual(holm[j]));
        });
      }),
    );
  });
});

describeGolden('adjustP against R, p.adjust', (golden) => {
  it('every method', () => {
    const { padjust } = golden.json('golden2.json') as { padjust: Record<string, number[]> };
    for (const method of ['holm', 'hochberg', 'bonferroni', 'BH', 'BY']) {
      const got = adjustP(padjust.p, method.toLowerCase() as AdjustMethod);
      got.forEach((p, i) => expect(p).toBeCloseTo(padjust[method][i], 12));
    }
  });
});
