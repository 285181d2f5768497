import type { RandomStream } from '../core/index.ts';

/** The available action with the highest score in row `row`, the first of equals. */
export function greedyAction(
  scores: Float32Array,
  available: Float32Array,
  row: number,
  actions: number,
): number {
  let best = -1;
  for (let a = 0; a < actions; a++) {
    const k = row * actions + a;
    if (available[k] === 1 && (best < 0 || scores[k] > scores[row * actions + best])) best = a;
  }
  return best;
}

/** One of the row's available actions, uniformly. */
export function uniformAction(
  available: Float32Array,
  row: number,
  actions: number,
  stream: RandomStream,
): number {
  return stream.categorical(available.subarray(row * actions, (row + 1) * actions));
}

/** An available action with probability proportional to exp(score). */
export function softmaxAction(
  scores: Float32Array,
  available: Float32Array,
  row: number,
  actions: number,
  stream: RandomStream,
): number {
  const top = scores[row * actions + greedyAction(scores, available, row, actions)];
  const weights = new Float64Array(actions);
  for (let a = 0; a < actions; a++) {
    const k = row * actions + a;
    weights[a] = available[k] === 1 ? Math.exp(scores[k] - top) : 0;
  }
  return stream.categorical(weights);
}
