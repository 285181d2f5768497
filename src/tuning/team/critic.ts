import type { NamedWeights } from '../../contracts/index.ts';

/** Questions of so many updates are remembered: older ones are of a model that has moved on. */
const remembered = 20;
/** Weight of small slopes, in questions whose states vary by 1. */
const ridge = 1;

/**
 * What a question is worth, linear in what the model makes of it: ridge regression on the questions of the last updates.
 * The model itself is not moved by it. Deviates from actors and critics that share their layers: it has no learning rate.
 */
export class Critic {
  #taught: { readonly states: readonly Float32Array[]; readonly returns: Float32Array }[] = [];
  #fit: { readonly level: number; readonly centre: Float64Array; readonly slopes: Float64Array } | undefined;

  /** 0 before it was taught. */
  value(state: Float32Array): number {
    if (!this.#fit) return 0;
    const { level, centre, slopes } = this.#fit;
    return slopes.reduce((sum, slope, j) => sum + slope * (state[j] - centre[j]), level);
  }

  teach(states: readonly Float32Array[], returns: readonly number[]): void {
    this.#taught = [...this.#taught, { states, returns: Float32Array.from(returns) }].slice(-remembered);
    this.#refit();
  }

  #refit() {
    const rows = this.#taught.flatMap(({ states }) => states);
    const returns = this.#taught.flatMap(({ returns: own }) => [...own]);
    if (rows.length === 0) return;
    const level = returns.reduce((sum, r) => sum + r, 0) / rows.length;
    const centre = Float64Array.from(
      rows[0],
      (_, j) => rows.reduce((sum, row) => sum + row[j], 0) / rows.length,
    );
    const centred = rows.map((row) => Float64Array.from(row, (x, j) => x - centre[j]));
    const products = Array.from(centre, (_, i) =>
      Float64Array.from(centre, (__, j) =>
        centred.reduce((sum, row) => sum + row[i] * row[j], i === j ? ridge : 0),
      ),
    );
    const sums = Float64Array.from(centre, (_, j) =>
      centred.reduce((sum, row, k) => sum + row[j] * (returns[k] - level), 0),
    );
    this.#fit = { level, centre, slopes: solved(products, sums) };
  }

  snapshot(): NamedWeights {
    return Object.fromEntries(
      this.#taught.flatMap(({ states, returns }, k) => [
        [`${k}.states`, { shape: [states.length, states[0].length], data: joined(states) }],
        [`${k}.returns`, { shape: [returns.length], data: returns }],
      ]),
    );
  }

  restore(snapshot: NamedWeights): void {
    this.#taught = Array.from({ length: Object.keys(snapshot).length / 2 }, (_, k) => {
      const { shape, data } = snapshot[`${k}.states`];
      const [count, width] = shape;
      const states = Array.from({ length: count }, (__, n) => data.slice(n * width, (n + 1) * width));
      return { states, returns: snapshot[`${k}.returns`].data };
    });
    this.#refit();
  }
}

/** Solves a symmetric positive definite system in place, by Cholesky's decomposition. */
function solved(matrix: readonly Float64Array[], right: Float64Array): Float64Array {
  const n = right.length;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i][j];
      for (let k = 0; k < j; k++) sum -= matrix[i][k] * matrix[j][k];
      matrix[i][j] = i === j ? Math.sqrt(sum) : sum / matrix[j][j];
    }
    for (let k = 0; k < i; k++) right[i] -= matrix[i][k] * right[k];
    right[i] /= matrix[i][i];
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) right[i] -= matrix[k][i] * right[k];
    right[i] /= matrix[i][i];
  }
  return right;
}

export function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
