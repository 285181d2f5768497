import { InputError } from '../../core/errors.ts';

/** lambda with R_ij = lambda_i lambda_j off the diagonal, or undefined where no such vector exists. */
export function productFactors(correlation: readonly (readonly number[])[]): number[] | undefined {
  const k = correlation.length;
  if (k === 1) return [0];
  let lambdas: number[] | undefined;
  if (k === 2) {
    const root = Math.sqrt(Math.abs(correlation[0][1]));
    lambdas = [root, Math.sign(correlation[0][1]) * root];
  } else {
    lambdas = factorsFromTriples(correlation);
  }
  if (lambdas?.some((x) => !(Math.abs(x) < 1 - 1e-9))) return undefined;
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < i; j++) {
      if (!lambdas || Math.abs(correlation[i][j] - lambdas[i] * lambdas[j]) > 1e-10) return undefined;
    }
  }
  return lambdas;
}

/** From the first row that correlates with two others: lambda_i^2 = R_ij R_ik / R_jk. */
function factorsFromTriples(correlation: readonly (readonly number[])[]): number[] | undefined {
  const k = correlation.length;
  for (let i = 0; i < k; i++) {
    const partners = correlation[i].map((r, j) => ({ r, j })).filter(({ r, j }) => j !== i && r !== 0);
    if (partners.length < 2) continue;
    const [first, second] = partners;
    const square = (first.r * second.r) / correlation[first.j][second.j];
    if (!(square > 0)) return undefined;
    const own = Math.sqrt(square);
    return correlation[i].map((r, j) => (j === i ? own : r / own));
  }
  return correlation.every((row, i) => row.every((r, j) => i === j || r === 0))
    ? new Array<number>(k).fill(0)
    : undefined;
}

/** @throws InputError when the matrix is empty, not square, not symmetric, or without a unit diagonal */
export function checkCorrelation(correlation: readonly (readonly number[])[]): void {
  const k = correlation.length;
  if (k === 0) throw new InputError('The correlation matrix is empty; it needs at least one statistic.');
  for (let i = 0; i < k; i++) {
    if (correlation[i].length !== k) {
      throw new InputError(
        `Row ${i + 1} of the correlation matrix has ${correlation[i].length} of ${k} entries.`,
      );
    }
    for (let j = 0; j < k; j++) {
      const r = correlation[i][j];
      const good = i === j ? Math.abs(r - 1) < 1e-9 : Math.abs(r) <= 1 + 1e-9;
      if (!good || Math.abs(r - correlation[j][i]) > 1e-9) {
        throw new InputError(
          `Entry (${i + 1}, ${j + 1}) is ${r}; a correlation matrix is symmetric with 1 on its diagonal.`,
        );
      }
    }
  }
}

/** Lower triangular factor; a pivot that is 0 marks a statistic that the earlier ones determine. */
export function choleskyRows(correlation: readonly (readonly number[])[]): Float64Array[] {
  const k = correlation.length;
  const rows = correlation.map(() => new Float64Array(k));
  for (let i = 0; i < k; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = correlation[i][j];
      for (let q = 0; q < j; q++) rest -= rows[i][q] * rows[j][q];
      if (i !== j) {
        rows[i][j] = rows[j][j] === 0 ? 0 : rest / rows[j][j];
      } else if (rest < -1e-8) {
        throw new InputError('The correlation matrix is not positive semi-definite.');
      } else {
        rows[i][i] = rest < 1e-10 ? 0 : Math.sqrt(rest);
      }
    }
  }
  return rows;
}
