import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../core/index.ts';
import {
  adviceCurve,
  divergenceFromUniform,
  meanDivergence,
  solveStrength,
  spreadOf,
  standardizedRows,
  strengthOnCurve,
} from './advice.ts';

describe('divergence from uniform', () => {
  // softmax(ln 3, 0) = (3/4, 1/4): KL = ln 2 + 3/4 ln 3/4 + 1/4 ln 1/4 = 0.130812.
  it('works by hand', () => {
    expect(divergenceFromUniform([Math.log(3), 0], 1)).toBeCloseTo(0.130812, 6);
  });
  it('is 0 without advice and tends to log n', () => {
    expect(divergenceFromUniform([5, 1, 3], 0)).toBeCloseTo(0, 12);
    expect(divergenceFromUniform([5, 1, 3], 1e6)).toBeCloseTo(Math.log(3), 12);
    expect(divergenceFromUniform([2, 2], 1e6)).toBeCloseTo(0, 12);
  });
});

describe('spread', () => {
  // Centred rows (1, -1) and (2, 0, -2): mean square (1 + 1 + 4 + 0 + 4) / 5 = 2.
  it('is one root mean square over all centred rows', () => {
    expect(spreadOf([[3, 1], [12, 10, 8]])).toBeCloseTo(Math.SQRT2, 12); // prettier-ignore
  });
  it('is 0 where nothing is preferred, and for no rows', () => {
    expect(spreadOf([[4, 4], [1, 1]])).toBe(0); // prettier-ignore
    expect(spreadOf([])).toBe(0);
  });
});

describe('the factor for a strength', () => {
  it('reaches the strength asked for, and grows with it', () => {
    const row = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 2, maxLength: 6 });
    const rows = fc.array(row, { minLength: 1, maxLength: 20 }).filter((all) => spreadOf(all) > 0.1);
    fc.assert(
      fc.property(rows, fc.double({ min: 0.01, max: 0.9, noNaN: true }), (all, share) => {
        const most = meanDivergence(all, 2 ** 20);
        const strength = share * most;
        const beta = solveStrength(all, strength);
        expect(meanDivergence(all, beta)).toBeCloseTo(strength, 6);
        expect(solveStrength(all, strength / 2)).toBeLessThan(beta);
      }),
      { seed: 5 },
    );
  });
  it('is 0 at strength 0', () => {
    expect(solveStrength([[1, 2]], 0)).toBe(0);
  });
  it('refuses what cannot be reached, with the most that can', () => {
    expect(() => solveStrength([[1, 2]], 0.7)).toThrow(InputError);
    expect(() => solveStrength([[1, 2]], 0.7)).toThrow(/comes to 0\.693 nats/);
    expect(() => solveStrength([[1, 1, 1]], 0.1)).toThrow(/cannot be reached/);
  });
});

describe('the curve of strengths', () => {
  it('gives a factor whose strength is off by less than 0.3%, after it was written and read', () => {
    const row = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 2, maxLength: 6 });
    const rows = fc.array(row, { minLength: 1, maxLength: 20 }).filter((all) => spreadOf(all) > 0.1);
    fc.assert(
      fc.property(rows, fc.double({ min: 0.02, max: 0.9, noNaN: true }), (all, share) => {
        const curve = JSON.parse(JSON.stringify(adviceCurve(all))) as ReturnType<typeof adviceCurve>;
        const advice = standardizedRows(all, curve.spread);
        const strength = share * meanDivergence(advice, 2 ** 6);
        const beta = strengthOnCurve(curve, strength)!;
        expect(Math.abs(meanDivergence(advice, beta) / strength - 1)).toBeLessThan(0.003);
      }),
      { seed: 6 },
    );
  });
  it('ends where it does not reach, and has no advice at strength 0', () => {
    const curve = adviceCurve([[1, 2]]);
    expect(strengthOnCurve(curve, 0)).toBe(0);
    expect(strengthOnCurve(curve, 0.7)).toBeUndefined();
    expect(strengthOnCurve(curve, 1e-9)).toBeUndefined();
    expect(strengthOnCurve(adviceCurve([[1, 1, 1]]), 0.1)).toBeUndefined();
  });
});
