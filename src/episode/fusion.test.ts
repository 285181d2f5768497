import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuse } from './fusion.ts';

const distributions = fc
  .array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 2, maxLength: 6 })
  .map((w) => w.map((x) => x / w.reduce((a, b) => a + b, 0)));

describe('fuse', () => {
  it('multiplies odds by exp(advice)', () => {
    // p = (1/2, 1/2), advice (ln 3, 0): odds 3 to 1.
    const fused = fuse([0.5, 0.5], [Math.log(3), 0]);
    expect(fused[0]).toBeCloseTo(0.75, 12);
    expect(fused[1]).toBeCloseTo(0.25, 12);
  });

  it('returns the very distribution when there is no advice', () => {
    const p = [0.1, 0.9];
    expect(fuse(p, undefined)).toBe(p);
    expect(fuse(p, [0, 0])).toBe(p);
  });

  it('does not overflow, and cannot revive an impossible action', () => {
    expect(fuse([0.5, 0.5], [5000, 0])).toEqual([1, 0]);
    expect(fuse([0, 0.4, 0.6], [5000, 0, 0])[0]).toBe(0);
  });

  it('maximises E[advice] - KL(pi || p): no other policy does better', () => {
    const objective = (policy: readonly number[], p: readonly number[], advice: readonly number[]) =>
      policy.reduce((sum, x, a) => sum + (x > 0 ? x * (advice[a] - Math.log(x / p[a])) : 0), 0);
    fc.assert(
      fc.property(
        distributions,
        fc.infiniteStream(fc.double({ min: -3, max: 3, noNaN: true })),
        distributions,
        (p, numbers, rival) => {
          const advice = p.map(() => numbers.next().value as number);
          const best = objective(fuse(p, advice), p, advice);
          const other = p.map((_, a) => rival[a % rival.length]);
          const total = other.reduce((a, b) => a + b, 0);
          expect(
            objective(
              other.map((x) => x / total),
              p,
              advice,
            ),
          ).toBeLessThanOrEqual(best + 1e-9);
        },
      ),
    );
  });

  it('refuses advice for another number of actions', () => {
    expect(() => fuse([0.5, 0.5], [1, 2, 3])).toThrow(RangeError);
  });
});
