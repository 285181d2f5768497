import { InputError } from '../../core/index.ts';
import { tQuantile, tTwoSided } from '../distributions/index.ts';
import { normalQuantile } from '../distributions/index.ts';
import { choleskyInPlace } from '../symmetric.ts';

/** A fixed effect: one number per row. */
export interface FixedColumn {
  readonly name: string;
  readonly values: ArrayLike<number>;
}

export interface MixedCoefficient {
  readonly name: string;
  readonly estimate: number;
  readonly standardError: number;
  /** Infinity where the normal distribution is meant. */
  readonly df: number;
  readonly p: number;
  readonly low: number;
  readonly high: number;
}

export function mixedCoefficient(
  name: string,
  estimate: number,
  standardError: number,
  df: number,
  confidence: number,
): MixedCoefficient {
  const share = 0.5 + confidence / 2;
  const half = (df === Infinity ? normalQuantile(share) : tQuantile(share, df)) * standardError;
  const { p } = tTwoSided(estimate / standardError, df);
  return { name, estimate, standardError, df, p, low: estimate - half, high: estimate + half };
}

/** Refuses columns of another length, and values that are no numbers. */
export function requireColumns(columns: readonly FixedColumn[], rows: number): void {
  for (const { name, values } of columns) {
    if (values.length !== rows) {
      throw new InputError(`The column "${name}" has ${values.length} values for ${rows} rows.`);
    }
    for (let row = 0; row < rows; row++) {
      if (!Number.isFinite(values[row])) {
        throw new InputError(
          `The column "${name}" is ${values[row]} in row ${row + 1}; give a finite number.`,
        );
      }
    }
  }
}

/**
 * The inverse of a positive definite matrix, [size, size], and the logarithm of its determinant.
 *
 * @throws InputError when it is none
 */
export function inverseOf(
  matrix: Float64Array,
  size: number,
  what: string,
): { readonly inverse: Float64Array; readonly logDeterminant: number } {
  const factor = Float64Array.from(matrix);
  if (!choleskyInPlace(factor, size)) {
    throw new InputError(
      `${what} cannot be estimated: some fixed effects say the same, or an outcome never varies with one of them.`,
    );
  }
  const inverse = new Float64Array(size * size);
  for (let column = 0; column < size; column++) {
    const x = new Float64Array(size);
    x[column] = 1;
    for (let i = 0; i < size; i++) {
      for (let k = 0; k < i; k++) x[i] -= factor[i * size + k] * x[k];
      x[i] /= factor[i * size + i];
    }
    for (let i = size - 1; i >= 0; i--) {
      for (let k = i + 1; k < size; k++) x[i] -= factor[k * size + i] * x[k];
      x[i] /= factor[i * size + i];
    }
    for (let i = 0; i < size; i++) inverse[i * size + column] = x[i];
  }
  let logDeterminant = 0;
  for (let i = 0; i < size; i++) logDeterminant += 2 * Math.log(factor[i * size + i]);
  return { inverse, logDeterminant };
}
