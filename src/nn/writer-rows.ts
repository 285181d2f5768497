import type { RandomStream } from '../core/index.ts';
import { np, type Tensor } from './engine.ts';

/** A draw at a temperature, with its log-probability at 1, in float64. Padding, token 0, is never drawn. */
export function drawToken(scores: Float32Array, temperature: number, stream: RandomStream) {
  let top = 1;
  for (let k = 2; k < scores.length; k++) if (scores[k] > scores[top]) top = k;
  let total = Math.exp(scores[0] - scores[top]);
  for (let k = 1; k < scores.length; k++) total += Math.exp(scores[k] - scores[top]);
  let token = top;
  if (temperature > 0) {
    const powers = Float64Array.from(scores, (x, k) =>
      k === 0 ? 0 : Math.exp((x - scores[top]) / temperature),
    );
    token = stream.categorical(powers);
  }
  return { token, log: scores[token] - scores[top] - Math.log(total) };
}

/** The prompts of rows, each once, and which of them each row continues. */
export function promptTensors(
  texts: readonly { readonly prompt: readonly number[] }[],
  size: number,
  columns: number,
  sizes: readonly number[],
): { readonly prompts: Tensor; readonly lengths: Tensor; readonly owners: Tensor } {
  const places = new Map<string, number>();
  const unique: (readonly number[])[] = [];
  const owners = new Int32Array(size);
  texts.forEach(({ prompt }, r) => {
    const key = prompt.join();
    let place = places.get(key);
    if (place === undefined) {
      places.set(key, (place = unique.length));
      unique.push(prompt);
    }
    owners[r] = place;
  });
  const count = sizes.find((n) => n >= unique.length)!;
  const ids = new Int32Array(count * columns);
  const lengths = new Int32Array(count);
  unique.forEach((prompt, k) => {
    lengths[k] = prompt.length - 1;
    ids.set(prompt.slice(0, -1), (k + 1) * columns - lengths[k]);
  });
  return {
    prompts: np.array(ids).reshape([count, columns]),
    lengths: np.array(lengths),
    owners: np.array(owners),
  };
}

export function columnsFor(length: number, sizes: readonly number[]): number {
  const found = sizes.find((n) => n >= length);
  if (found === undefined) throw new RangeError(`${length} tokens are more than ${sizes.at(-1)}.`);
  return found;
}

/** Numbers of items by a key, in the order of their first. */
export function grouped<T>(items: readonly T[], keyOf: (item: T) => number): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  items.forEach((item, k) => {
    const key = keyOf(item);
    const found = groups.get(key);
    if (found) found.push(k);
    else groups.set(key, [k]);
  });
  return groups;
}

/** Rows cut into batches of fixed sizes, so that few shapes are compiled; the last one is filled up. */
export function* chunks(rows: readonly number[], sizes: readonly number[]) {
  for (let at = 0; at < rows.length;) {
    const left = rows.length - at;
    const size = sizes.find((n) => n >= left) ?? sizes[sizes.length - 1];
    yield { rows: rows.slice(at, at + size), size };
    at += size;
  }
}
