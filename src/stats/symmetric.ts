/** Small symmetric matrices, row-major in a Float64Array: what Wald statistics and robust covariances need. */

/**
 * Cholesky factor L of a symmetric matrix, A = L L', in place in the lower triangle.
 *
 * @param matrix [size, size] row-major; only the lower triangle is read
 * @param tolerance a pivot at or below this share of its own diagonal entry counts as zero
 * @returns false when the matrix is not positive definite to within the tolerance; the content is then spoilt
 */
export function choleskyInPlace(matrix: Float64Array, size: number, tolerance = 1e-12): boolean {
  for (let j = 0; j < size; j++) {
    const row = j * size;
    const diagonal = matrix[row + j];
    let pivot = diagonal;
    for (let k = 0; k < j; k++) pivot -= matrix[row + k] ** 2;
    if (!(pivot > tolerance * diagonal)) return false;
    const root = Math.sqrt(pivot);
    matrix[row + j] = root;
    for (let i = j + 1; i < size; i++) {
      const other = i * size;
      let sum = matrix[other + j];
      for (let k = 0; k < j; k++) sum -= matrix[other + k] * matrix[row + k];
      matrix[other + j] = sum / root;
    }
  }
  return true;
}

/**
 * v' A^{-1} v, from A's lower triangle; both arrays are used as work space.
 *
 * @returns NaN when A is not positive definite
 */
export function inverseQuadraticForm(matrix: Float64Array, vector: Float64Array, size: number): number {
  if (!choleskyInPlace(matrix, size)) return NaN;
  let total = 0;
  for (let i = 0; i < size; i++) {
    let sum = vector[i];
    for (let k = 0; k < i; k++) sum -= matrix[i * size + k] * vector[k];
    const x = sum / matrix[i * size + i];
    vector[i] = x;
    total += x * x;
  }
  return total;
}

export interface Eigen {
  /** In decreasing order. */
  readonly values: Float64Array;
  /** Row i is the unit vector of value i; [size, size]. */
  readonly vectors: Float64Array;
}

/**
 * Eigenvalues and vectors of a symmetric matrix by cyclic Jacobi rotations (Golub & Van Loan, 4th ed., section
 * 8.5): slow for large matrices, exact to rounding for the sizes here (tens).
 */
export function symmetricEigen(matrix: Float64Array, size: number): Eigen {
  const a = Float64Array.from(matrix);
  const v = new Float64Array(size * size);
  for (let i = 0; i < size; i++) v[i * size + i] = 1;
  let scale = 0;
  for (const x of a) scale += x * x;
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    for (let p = 0; p < size; p++) for (let q = 0; q < p; q++) off += a[p * size + q] ** 2;
    if (off <= 1e-30 * scale) break;
    for (let p = 1; p < size; p++) for (let q = 0; q < p; q++) rotate(a, v, size, p, q);
  }
  const order = Array.from({ length: size }, (_, i) => i).sort((i, j) => a[j * size + j] - a[i * size + i]);
  const vectors = new Float64Array(size * size);
  order.forEach((from, to) => vectors.set(v.subarray(from * size, (from + 1) * size), to * size));
  return { values: Float64Array.from(order, (i) => a[i * size + i]), vectors };
}

function rotate(a: Float64Array, v: Float64Array, size: number, p: number, q: number): void {
  const apq = a[p * size + q];
  if (apq === 0) return;
  const theta = (a[q * size + q] - a[p * size + p]) / (2 * apq);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  for (let k = 0; k < size; k++) {
    const kp = a[k * size + p];
    const kq = a[k * size + q];
    a[k * size + p] = c * kp - s * kq;
    a[k * size + q] = s * kp + c * kq;
  }
  for (let k = 0; k < size; k++) {
    const pk = a[p * size + k];
    const qk = a[q * size + k];
    a[p * size + k] = c * pk - s * qk;
    a[q * size + k] = s * pk + c * qk;
    const vp = v[p * size + k];
    const vq = v[q * size + k];
    v[p * size + k] = c * vp - s * vq;
    v[q * size + k] = s * vp + c * vq;
  }
}

/**
 * A^power for a symmetric positive semi-definite matrix, on its range: eigenvalues below
 * `tolerance` x the largest count as zero. Power -1 is the Moore-Penrose inverse, -1/2 the inverse square root.
 *
 * @returns the matrix and its rank
 */
export function symmetricPower(
  matrix: Float64Array,
  size: number,
  power: number,
  tolerance = 1e-10,
): { readonly matrix: Float64Array; readonly rank: number } {
  const { values, vectors } = symmetricEigen(matrix, size);
  const out = new Float64Array(size * size);
  let rank = 0;
  for (let k = 0; k < size; k++) {
    if (!(values[k] > tolerance * values[0])) continue;
    rank++;
    const factor = values[k] ** power;
    for (let i = 0; i < size; i++) {
      const x = factor * vectors[k * size + i];
      for (let j = 0; j < size; j++) out[i * size + j] += x * vectors[k * size + j];
    }
  }
  return { matrix: out, rank };
}
