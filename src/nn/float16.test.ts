import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { float16Bits, float16Value, roundToFloat16 } from './float16.ts';

describe('float16', () => {
  // From the definition of the format (IEEE 754-2008, binary16).
  it.each([
    [0, 0x0000],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [0.333251953125, 0x3555],
    [65504, 0x7bff],
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [1023 * 2 ** -24, 0x03ff],
    [Infinity, 0x7c00],
    [-Infinity, 0xfc00],
  ])('%d is %d', (value, half) => {
    expect(float16Bits(value)).toBe(half);
    expect(float16Value(half)).toBe(value);
  });

  it('rounds to the nearest, ties to even', () => {
    // Around 2048 neighbours are 2 apart: 2049 lies halfway between 2048 and 2050, 2051 between 2050 and 2052.
    expect(float16Value(float16Bits(2049))).toBe(2048);
    expect(float16Value(float16Bits(2051))).toBe(2052);
    expect(float16Value(float16Bits(2050.9))).toBe(2050);
    expect(float16Bits(65519.9)).toBe(0x7bff);
    expect(float16Bits(65520)).toBe(0x7c00);
    // Half of the smallest subnormal ties to 0; anything above goes up.
    expect(float16Bits(2 ** -25)).toBe(0);
    expect(float16Bits(1.001 * 2 ** -25)).toBe(1);
    // The largest subnormal rounds up into the smallest normal number.
    expect(float16Bits(1023.75 * 2 ** -24)).toBe(0x0400);
    expect(float16Bits(NaN) & 0x7fff).toBe(0x7e00);
  });

  it('gives every half-precision number back', () => {
    for (let half = 0; half < 0x10000; half++) {
      const value = float16Value(half);
      if (Number.isNaN(value)) expect(Number.isNaN(float16Value(float16Bits(value)))).toBe(true);
      else if (float16Bits(value) !== half) expect(float16Bits(value)).toBe(half);
    }
  });

  it('is never further away than either neighbour', () => {
    fc.assert(
      fc.property(fc.float({ min: -65000, max: 65000, noNaN: true }), (x) => {
        const half = float16Bits(x);
        const error = Math.abs(float16Value(half) - x);
        for (const other of [half - 1, half + 1]) {
          if ((other & 0x8000) !== (half & 0x8000) || other < 0) continue;
          expect(error).toBeLessThanOrEqual(Math.abs(float16Value(other) - x));
        }
      }),
    );
  });

  it('rounds arrays, and rounding twice changes nothing', () => {
    const once = roundToFloat16(new Float32Array([0.1, -3.3, 1e-7, 12345.678]));
    expect(roundToFloat16(once)).toEqual(once);
    expect(once[3]).toBe(12344);
  });
});
