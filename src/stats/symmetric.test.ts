import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choleskyInPlace, inverseQuadraticForm, symmetricEigen, symmetricPower } from './symmetric.ts';

function multiply(a: Float64Array, b: Float64Array, size: number): Float64Array {
  const out = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++)
      for (let k = 0; k < size; k++) out[i * size + j] += a[i * size + k] * b[k * size + j];
  return out;
}

const gram = fc.integer({ min: 1, max: 8 }).chain((size) =>
  fc.tuple(
    fc.constant(size),
    fc.array(fc.double({ min: -3, max: 3, noNaN: true }), {
      minLength: size * (size + 3),
      maxLength: size * (size + 3),
    }),
  ),
);

/** X'X of a random (size + 3) x size matrix. */
function gramOf([size, entries]: [number, number[]]): { a: Float64Array; size: number } {
  const a = new Float64Array(size * size);
  for (let r = 0; r < size + 3; r++)
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++) a[i * size + j] += entries[r * size + i] * entries[r * size + j];
  return { a, size };
}

describe('small symmetric matrices', () => {
  it('Cholesky and the quadratic form agree with a hand-computed 2 x 2', () => {
    // A = [[4, 2], [2, 3]], A^-1 = [[3, -2], [-2, 4]] / 8, v = (1, 1): (3 - 2 - 2 + 4) / 8 = 3/8.
    expect(inverseQuadraticForm(Float64Array.of(4, 2, 2, 3), Float64Array.of(1, 1), 2)).toBeCloseTo(
      3 / 8,
      14,
    );
    const l = Float64Array.of(4, 2, 2, 3);
    expect(choleskyInPlace(l, 2)).toBe(true);
    expect([l[0], l[2], l[3]]).toEqual([2, 1, Math.SQRT2]);
  });

  it('reports a singular matrix instead of a number', () => {
    expect(inverseQuadraticForm(Float64Array.of(1, 1, 1, 1), Float64Array.of(1, 0), 2)).toBeNaN();
    expect(inverseQuadraticForm(Float64Array.of(0), Float64Array.of(1), 1)).toBeNaN();
  });

  it('eigenvectors are orthonormal and rebuild the matrix', () => {
    fc.assert(
      fc.property(gram, (input) => {
        const { a, size } = gramOf(input);
        const { values, vectors } = symmetricEigen(a, size);
        const scale = Math.max(1, ...a.map(Math.abs));
        for (let i = 0; i < size; i++)
          for (let j = 0; j < size; j++) {
            let dot = 0;
            let entry = 0;
            for (let k = 0; k < size; k++) {
              dot += vectors[i * size + k] * vectors[j * size + k];
              entry += values[k] * vectors[k * size + i] * vectors[k * size + j];
            }
            expect(dot).toBeCloseTo(i === j ? 1 : 0, 10);
            expect(Math.abs(entry - a[i * size + j]) / scale).toBeLessThan(1e-11);
          }
      }),
      { numRuns: 60 },
    );
  });

  it('the power -1/2 squared is the inverse on the range', () => {
    // Centring matrix of 3: eigenvalues 1, 1, 0; every power of it is itself.
    const third = 1 / 3;
    const c = Float64Array.from({ length: 9 }, (_, i) => (i % 4 === 0 ? 1 : 0) - third);
    const { matrix, rank } = symmetricPower(c, 3, -0.5);
    expect(rank).toBe(2);
    matrix.forEach((x, i) => expect(x).toBeCloseTo(c[i], 12));
    const a = Float64Array.of(2, 1, 1, 2);
    const half = symmetricPower(a, 2, -0.5).matrix;
    const identity = multiply(multiply(half, half, 2), a, 2);
    expect([...identity].map((x) => Math.round(x * 1e12) / 1e12)).toEqual([1, 0, 0, 1]);
  });
});
