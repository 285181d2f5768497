import { InputError } from '../../core/index.ts';
import { choleskyInPlace } from '../symmetric.ts';

/** One random intercept per label of each grouping, nested or crossed. */
export type Groupings = Readonly<Record<string, readonly string[]>>;

/** Groups beside those of the largest grouping: their matrix is dense. */
const mostDense = 800;

/**
 * The normal equations of random intercepts, A = T Z' W Z T + I, with T the standard deviation of each grouping.
 *
 * A row belongs to one group of each grouping, so the block of the largest grouping is diagonal. It is eliminated
 * first; what remains, S = C - E D^-1 E', has as many rows as all other groups together.
 */
export class RandomIntercepts {
  readonly names: readonly string[];
  readonly rows: number;
  /** Groups in all. */
  readonly size: number;
  /** Index of the group of each row, by grouping; the groups of the largest grouping come first. */
  readonly index: readonly Int32Array[];
  private readonly order: readonly number[];
  private readonly diagonal: number;
  private readonly d: Float64Array;
  private readonly e: Float64Array;
  private readonly s: Float64Array;

  /** @throws InputError when a grouping has one group, lengths differ, or there are too many groups */
  constructor(groupings: Groupings, rows: number) {
    this.rows = rows;
    this.names = Object.keys(groupings);
    if (this.names.length === 0) throw new InputError('A mixed model needs at least one random grouping.');
    const coded = this.names.map((name) => {
      const labels = groupings[name];
      if (labels.length !== rows) {
        throw new InputError(`The grouping "${name}" has ${labels.length} labels for ${rows} rows.`);
      }
      const levels = new Map<string, number>();
      const codes = Int32Array.from(labels, (label) => {
        const known = levels.get(label) ?? levels.size;
        levels.set(label, known);
        return known;
      });
      if (levels.size < 2) {
        throw new InputError(
          `The grouping "${name}" has one group, which says nothing of how groups differ. Leave it out.`,
        );
      }
      return { codes, count: levels.size };
    });
    const largest = coded.reduce((best, { count }, k) => (count > coded[best].count ? k : best), 0);
    this.order = [largest, ...coded.keys()].filter((k, i) => i === 0 || k !== largest);
    const offsets: number[] = [];
    let size = 0;
    for (const k of this.order) {
      offsets[k] = size;
      size += coded[k].count;
    }
    this.size = size;
    this.index = coded.map(({ codes }, k) => codes.map((code) => code + offsets[k]));
    this.diagonal = coded[largest].count;
    const dense = size - this.diagonal;
    if (dense > mostDense) {
      throw new InputError(
        `${dense} groups beside those of "${this.names[largest]}"; a mixed model here takes ${mostDense}. ` +
          'Leave a grouping out.',
      );
    }
    this.d = new Float64Array(this.diagonal);
    this.e = new Float64Array(dense * this.diagonal);
    this.s = new Float64Array(dense * dense);
  }

  /** Factors A for these weights and deviations. @returns log determinant of A; NaN when A is not positive definite */
  factor(weights: ArrayLike<number>, deviations: ArrayLike<number>): number {
    const { d, e, s, diagonal, order, index } = this;
    const dense = this.size - diagonal;
    d.fill(1);
    e.fill(0);
    s.fill(0);
    for (let g = 0; g < dense; g++) s[g * dense + g] = 1;
    const [first, ...others] = order;
    for (let row = 0; row < this.rows; row++) {
      const w = weights[row];
      const at = index[first][row];
      d[at] += w * deviations[first] ** 2;
      for (const k of others) {
        const i = index[k][row] - diagonal;
        const own = w * deviations[k];
        e[i * diagonal + at] += own * deviations[first];
        for (const l of others) {
          const j = index[l][row] - diagonal;
          if (j <= i) s[i * dense + j] += own * deviations[l];
        }
      }
    }
    for (let i = 0; i < dense; i++)
      for (let j = 0; j <= i; j++) {
        let sum = 0;
        for (let g = 0; g < diagonal; g++) sum += (e[i * diagonal + g] * e[j * diagonal + g]) / d[g];
        s[i * dense + j] -= sum;
      }
    if (!choleskyInPlace(s, dense)) return NaN;
    let log = 0;
    for (const pivot of d) log += Math.log(pivot);
    for (let g = 0; g < dense; g++) log += 2 * Math.log(s[g * dense + g]);
    return log;
  }

  /** Replaces a vector by A^-1 of it, after `factor`. */
  solve(vector: Float64Array): void {
    const { d, e, s, diagonal } = this;
    const dense = this.size - diagonal;
    const rest = vector.subarray(diagonal);
    for (let i = 0; i < dense; i++) {
      for (let g = 0; g < diagonal; g++) rest[i] -= (e[i * diagonal + g] * vector[g]) / d[g];
      for (let j = 0; j < i; j++) rest[i] -= s[i * dense + j] * rest[j];
      rest[i] /= s[i * dense + i];
    }
    for (let i = dense - 1; i >= 0; i--) {
      for (let j = i + 1; j < dense; j++) rest[i] -= s[j * dense + i] * rest[j];
      rest[i] /= s[i * dense + i];
    }
    for (let g = 0; g < diagonal; g++) {
      for (let i = 0; i < dense; i++) vector[g] -= e[i * diagonal + g] * rest[i];
      vector[g] /= d[g];
    }
  }

  /** T Z' of a vector of rows. */
  gather(values: ArrayLike<number>, deviations: ArrayLike<number>, into: Float64Array): void {
    into.fill(0);
    this.index.forEach((own, k) => {
      for (let row = 0; row < this.rows; row++) into[own[row]] += deviations[k] * values[row];
    });
  }

  /** Adds Z T of a vector of groups to a vector of rows. */
  spread(groups: ArrayLike<number>, deviations: ArrayLike<number>, onto: Float64Array): void {
    this.index.forEach((own, k) => {
      for (let row = 0; row < this.rows; row++) onto[row] += deviations[k] * groups[own[row]];
    });
  }
}
