/** A pivot at or below this share of its own diagonal entry counts as zero. */
const tolerance = 1e-12;

/**
 * v' A^{-1} v for four symmetric matrices and vectors side by side, by Cholesky in place.
 *
 * @param matrices packed lower triangles row after row, [size (size + 1) / 2, 4]; spoilt, and the four results
 *   are left in its first four elements, NaN where a matrix is not positive definite
 * @param vectors [.., 4]; spoilt from `first` on
 */
export function quadraticForms(
  matrices: Float64Array,
  vectors: Float64Array,
  first: number,
  size: number,
): void {
  const a = matrices;
  let r0 = 0;
  let r1 = 0;
  let r2 = 0;
  let r3 = 0;
  for (let i = 0; i < size; i++) {
    const row = i * (i + 1) * 2;
    const v = first + i * 4;
    for (let j = 0; j <= i; j++) {
      const other = j * (j + 1) * 2;
      const at = row + j * 4;
      let s0 = a[at];
      let s1 = a[at + 1];
      let s2 = a[at + 2];
      let s3 = a[at + 3];
      const d0 = s0;
      const d1 = s1;
      const d2 = s2;
      const d3 = s3;
      for (let k = 0; k < j * 4; k += 4) {
        s0 -= a[row + k] * a[other + k];
        s1 -= a[row + k + 1] * a[other + k + 1];
        s2 -= a[row + k + 2] * a[other + k + 2];
        s3 -= a[row + k + 3] * a[other + k + 3];
      }
      if (j === i) {
        // The inverse root is kept: rows below and the vector divide by it.
        a[at] = s0 > tolerance * d0 ? 1 / Math.sqrt(s0) : NaN;
        a[at + 1] = s1 > tolerance * d1 ? 1 / Math.sqrt(s1) : NaN;
        a[at + 2] = s2 > tolerance * d2 ? 1 / Math.sqrt(s2) : NaN;
        a[at + 3] = s3 > tolerance * d3 ? 1 / Math.sqrt(s3) : NaN;
      } else {
        const diagonal = other + j * 4;
        a[at] = s0 * a[diagonal];
        a[at + 1] = s1 * a[diagonal + 1];
        a[at + 2] = s2 * a[diagonal + 2];
        a[at + 3] = s3 * a[diagonal + 3];
      }
    }
    let x0 = vectors[v];
    let x1 = vectors[v + 1];
    let x2 = vectors[v + 2];
    let x3 = vectors[v + 3];
    for (let k = 0; k < i * 4; k += 4) {
      x0 -= a[row + k] * vectors[first + k];
      x1 -= a[row + k + 1] * vectors[first + k + 1];
      x2 -= a[row + k + 2] * vectors[first + k + 2];
      x3 -= a[row + k + 3] * vectors[first + k + 3];
    }
    const diagonal = row + i * 4;
    vectors[v] = x0 *= a[diagonal];
    vectors[v + 1] = x1 *= a[diagonal + 1];
    vectors[v + 2] = x2 *= a[diagonal + 2];
    vectors[v + 3] = x3 *= a[diagonal + 3];
    r0 += x0 * x0;
    r1 += x1 * x1;
    r2 += x2 * x2;
    r3 += x3 * x3;
  }
  a[0] = r0;
  a[1] = r1;
  a[2] = r2;
  a[3] = r3;
}
