import { randomStream, type NamePart } from '../../core/random.ts';

export type Labels = Uint16Array | Uint32Array;

/** State of a raw sfc32 generator (see core/random.ts), in an array so that inner loops can inline it. */
export type GeneratorState = Int32Array;

/** A generator for one block of resamples, addressed by name like every other random stream. */
export function blockGenerator(...name: readonly NamePart[]): GeneratorState {
  const stream = randomStream('permutation', ...name);
  return Int32Array.from({ length: 4 }, () => Math.floor(stream.next() * 2 ** 32) | 0);
}

/** Columns of values that are added up at once; loops write the six additions out. */
export const groupWidth = 6;

const two32 = 4294967296;
const inverse32 = 1 / two32;

/**
 * Shuffles labels in place, every order equally likely (Fisher-Yates), and in the same pass adds row i of
 * `values` to the sums of the label that ends up at i.
 *
 * Up to 65,536 rows two places are drawn from one 32-bit number; a draw that would favour some places is
 * thrown away (Lemire 2019; batched as in Brackett-Rozinsky & Lemire 2024). The generator and the
 * additions are written out, since calls would take half as long again.
 *
 * @param values [rows, 6]
 * @param sums [labels, 6], added to
 */
export function shuffleAndSum(
  labels: Labels,
  state: GeneratorState,
  values: Float64Array,
  sums: Float64Array,
): void {
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let counter = state[3];
  let i = labels.length - 1;
  let from: number;
  let to: number;
  for (; i >= 65536; i--) {
    const range = i + 1;
    let place: number;
    let low: number;
    do {
      const t = (((a + b) | 0) + counter) | 0;
      counter = (counter + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (c << 21) | (c >>> 11);
      c = (c + t) | 0;
      const scaled = (t >>> 0) * range;
      place = (scaled * inverse32) | 0;
      low = scaled - place * two32;
    } while (low < range && low < two32 % range);
    const label = labels[place];
    labels[place] = labels[i];
    labels[i] = label;
    from = i * 6;
    to = label * 6;
    sums[to] += values[from];
    sums[to + 1] += values[from + 1];
    sums[to + 2] += values[from + 2];
    sums[to + 3] += values[from + 3];
    sums[to + 4] += values[from + 4];
    sums[to + 5] += values[from + 5];
  }
  while (i > 0) {
    const range = i + 1;
    const product = range * i;
    let place: number;
    let other: number;
    let low: number;
    do {
      const t = (((a + b) | 0) + counter) | 0;
      counter = (counter + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (c << 21) | (c >>> 11);
      c = (c + t) | 0;
      const scaled = (t >>> 0) * range;
      place = (scaled * inverse32) | 0;
      const rest = (scaled - place * two32) * i;
      other = (rest * inverse32) | 0;
      low = rest - other * two32;
    } while (low < product && low < two32 % product);
    const label = labels[place];
    labels[place] = labels[i];
    labels[i] = label;
    from = i * 6;
    to = label * 6;
    sums[to] += values[from];
    sums[to + 1] += values[from + 1];
    sums[to + 2] += values[from + 2];
    sums[to + 3] += values[from + 3];
    sums[to + 4] += values[from + 4];
    sums[to + 5] += values[from + 5];
    i--;
    const next = labels[other];
    labels[other] = labels[i];
    labels[i] = next;
    from = i * 6;
    to = next * 6;
    sums[to] += values[from];
    sums[to + 1] += values[from + 1];
    sums[to + 2] += values[from + 2];
    sums[to + 3] += values[from + 3];
    sums[to + 4] += values[from + 4];
    sums[to + 5] += values[from + 5];
    i--;
  }
  if (i === 0) {
    to = labels[0] * 6;
    for (let column = 0; column < 6; column++) sums[to + column] += values[column];
  }
  state[0] = a;
  state[1] = b;
  state[2] = c;
  state[3] = counter;
}

/** Adds every row of `values` to its label's sums. */
export function sumByLabel(labels: Labels, values: Float64Array, sums: Float64Array): void {
  for (let i = 0; i < labels.length; i++) {
    const from = i * 6;
    const to = labels[i] * 6;
    sums[to] += values[from];
    sums[to + 1] += values[from + 1];
    sums[to + 2] += values[from + 2];
    sums[to + 3] += values[from + 3];
    sums[to + 4] += values[from + 4];
    sums[to + 5] += values[from + 5];
  }
}
