/**
 * IEEE 754 half precision, for weights on disk: 1 sign bit, 5 exponent bits, 10 fraction bits. Node 20 has no
 * Float16Array, so the conversions are written out.
 */

const bits = new DataView(new ArrayBuffer(4));

/**
 * The nearest half-precision number, ties to even, as its 16 bits. Beyond 65504 it is infinite, below about
 * 6e-8 it is 0; NaN stays NaN.
 */
export function float16Bits(x: number): number {
  bits.setFloat32(0, x);
  const word = bits.getUint32(0);
  const sign = (word >>> 16) & 0x8000;
  const exponent = (word >>> 23) & 0xff;
  const fraction = word & 0x7fffff;
  if (exponent === 0xff) return sign | 0x7c00 | (fraction ? 0x200 : 0);
  const scale = exponent - 112;
  if (scale >= 31) return sign | 0x7c00;
  if (scale <= 0) {
    // Subnormal: the implicit leading bit moves into the fraction. float32 subnormals are far below range.
    if (scale < -10 || exponent === 0) return sign;
    return sign | roundedShift(fraction | 0x800000, 14 - scale);
  }
  // A carry out of the fraction runs into the exponent, which is what rounding up means there.
  return sign | ((scale << 10) + roundedShift(fraction, 13));
}

/** The value of a half-precision number given as its 16 bits; exact. */
export function float16Value(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Every value rounded to half precision: what a model reads back from disk. */
export function roundToFloat16(values: Float32Array): Float32Array {
  return values.map((x) => float16Value(float16Bits(x)));
}

/** value / 2^shift, rounded to the nearest integer, ties to even. */
function roundedShift(value: number, shift: number): number {
  const quotient = value >>> shift;
  const rest = value - quotient * 2 ** shift;
  const half = 2 ** (shift - 1);
  return quotient + (rest > half || (rest === half && (quotient & 1) === 1) ? 1 : 0);
}
