import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstDifference } from './first-difference.ts';

describe('the first difference of two texts', () => {
  it('is counted from 1 and shown with its surroundings', () => {
    expect(firstDifference('step 1 of 9', 'step 2 of 9')).toEqual({
      at: 6,
      recorded: 'step 1 of 9',
      now: 'step 2 of 9',
    });
    const long = 'x'.repeat(100);
    expect(firstDifference(`${long}a${long}`, `${long}b${long}`)?.now).toBe(
      `...${'x'.repeat(40)}b${'x'.repeat(39)}...`,
    );
  });

  it('is there exactly when the texts differ, and before it they agree', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 6 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        const difference = firstDifference(a, b);
        expect(difference === undefined).toBe(a === b);
        if (!difference) return;
        const before = difference.at - 1;
        expect(a.slice(0, before)).toBe(b.slice(0, before));
        expect(a[before]).not.toBe(b[before]);
      }),
    );
  });
});
