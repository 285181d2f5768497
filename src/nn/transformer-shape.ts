import type { RandomStream } from '../core/index.ts';
import type { Weights } from './weights.ts';

/**
 * A decoder-only transformer that reads a shared prefix once and many prompts after it.
 *
 * Pre-norm blocks (RMSNorm without gains, Zhang & Sennrich 2019, arXiv 1910.07467), causal attention, ReLU in
 * the feed-forward part, no biases, output tied to the embedding. Two things differ from the textbook, both for
 * speed:
 *
 * - The prefix ends in a few learned gist tokens (Mu et al. 2023, arXiv 2304.08467), and prompts attend to the
 *   keys and values of these alone. What the rules say reaches a prompt only through them.
 * - Positions are counted within the prefix and within the prompt, from 0 each, so that a prompt reads the same
 *   behind a longer prefix. They enter as fixed sinusoids (Vaswani et al. 2017, arXiv 1706.03762) through a
 *   learned matrix.
 *
 * The last layer computes keys and values everywhere, but queries only where an answer is wanted. Rows are
 * padded on the right, where causal attention never looks.
 *
 * With `experts`, the feed-forward part is a mixture: a router picks `chosen` experts per token and weighs them
 * by a softmax over their scores (Shazeer et al. 2017, arXiv 1701.06538).
 */
export interface TransformerShape {
  readonly vocabulary: number;
  /** Length of a token's vector. */
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  /** Units of the feed-forward part; of each expert in a mixture. */
  readonly hidden: number;
  /**
   * The same in the last layer, default `hidden`. There they cost next to nothing, because they are computed only
   * where an answer is wanted: a large model is cheaper with most of its units there.
   */
  readonly lastHidden?: number;
  /** Number of gist tokens that stand for a prefix; 0 of a model that writes, which reads its prompt itself. */
  readonly gists: number;
  /** Of a model that writes: it writes the first so many tokens of the vocabulary, and reads them all. */
  readonly written?: number;
  readonly experts?: number;
  /** Experts at work for one token; default 2. */
  readonly chosen?: number;
}

/** Sines and cosines that encode a position. */
export const positionFeatures = 32;

/** Units of a layer's feed-forward part, of one expert in a mixture. */
export function hiddenUnits({ layers, hidden, lastHidden }: TransformerShape, layer: number): number {
  return layer === layers - 1 ? (lastHidden ?? hidden) : hidden;
}

/** The shapes of all weights, by name. */
export function transformerShapes(shape: TransformerShape): Record<string, readonly number[]> {
  const { vocabulary, width, layers, gists, experts } = shape;
  const shapes: Record<string, readonly number[]> = {
    embedding: [vocabulary, width],
    positions: [positionFeatures, width],
    ...(gists > 0 && { gists: [gists, width] }),
  };
  for (let l = 0; l < layers; l++) {
    shapes[`layers.${l}.query`] = [width, width];
    shapes[`layers.${l}.keyValue`] = [width, 2 * width];
    shapes[`layers.${l}.output`] = [width, width];
    const units = hiddenUnits(shape, l) * (experts ?? 1);
    if (experts) shapes[`layers.${l}.router`] = [width, experts];
    shapes[`layers.${l}.up`] = [width, units];
    shapes[`layers.${l}.down`] = [units, width];
  }
  return shapes;
}

/** Fresh weights, drawn from the stream. */
export function transformerWeights(shape: TransformerShape, stream: RandomStream): Weights {
  const { width, layers } = shape;
  const inward = width ** -0.5;
  // Branches that add to the residual stream start smaller the more of them there are.
  const outward = (inputs: number) => (2 * layers * inputs) ** -0.5;
  const scaleOf = (name: string) => {
    if (name === 'positions') return (positionFeatures / 2) ** -0.5 * inward;
    if (name.endsWith('.output')) return outward(width);
    const layer = Number(name.split('.')[1]);
    return name.endsWith('.down') ? outward(hiddenUnits(shape, layer)) : inward;
  };
  return Object.fromEntries(
    Object.entries(transformerShapes(shape)).map(([name, dims]) => {
      const data = new Float32Array(dims.reduce((product, n) => product * n, 1));
      for (let k = 0; k < data.length; k++) data[k] = scaleOf(name) * stream.normal();
      return [name, { shape: dims, data }];
    }),
  );
}

/** Parameters in all, and those at work for one token: of a mixture's experts, only the chosen ones. */
export function parameterCounts(shape: TransformerShape): {
  readonly total: number;
  readonly active: number;
} {
  const { width, layers, experts, chosen = 2 } = shape;
  const total = Object.values(transformerShapes(shape)).reduce((sum, [a, b]) => sum + a * b, 0);
  const units = Array.from({ length: layers }, (_, l) => hiddenUnits(shape, l)).reduce(
    (sum, n) => sum + n,
    0,
  );
  const idle = experts ? (experts - chosen) * 2 * width * units : 0;
  return { total, active: total - idle };
}

/**
 * The vectors of tokens, [ids, width], looked up outside the engine: its own gather is slow to differentiate.
 *
 * @param embedding the weights of that name
 */
export function tokenVectors(embedding: Float32Array, width: number, ids: ArrayLike<number>): Float32Array {
  const out = new Float32Array(ids.length * width);
  for (let k = 0; k < ids.length; k++) {
    const from = ids[k] * width;
    out.set(embedding.subarray(from, from + width), k * width);
  }
  return out;
}

/** The other way round: adds each token's share of a gradient to its row of the embedding's gradient. */
export function addTokenGradients(
  gradient: Float32Array,
  width: number,
  ids: ArrayLike<number>,
  vectors: Float32Array,
): void {
  for (let k = 0, p = 0; k < ids.length; k++) {
    const row = ids[k] * width;
    for (let d = 0; d < width; d++) gradient[row + d] += vectors[p++];
  }
}
