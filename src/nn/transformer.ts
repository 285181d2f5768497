import type { Params } from './adam.ts';
import { nn, np, type Tensor } from './engine.ts';
import {
  attention,
  causal,
  feedForward,
  keysAndValues,
  positionVectors,
  rmsNorm,
} from './transformer-layers.ts';
import type { TransformerShape } from './transformer-shape.ts';

/** Keys and values of a prefix's gist tokens, per layer; each tensor is [1, heads, gists, width / heads]. */
export type PrefixMemory = { keys: Tensor; values: Tensor }[];

/**
 * Reads a prefix. Consumes params and inputs, as everything in the engine does.
 *
 * @param vectors of the prefix's tokens, [1, columns, width], padded on the right
 * @param length number of tokens, int32 [1]
 */
export function readPrefix(
  params: Params,
  shape: TransformerShape,
  vectors: Tensor,
  length: Tensor,
): PrefixMemory {
  const { width, gists, layers, heads } = shape;
  const columns = vectors.shape[1];
  const total = columns + gists;
  const words = vectors.add(positionVectors(params, columns));
  let x = np.concatenate([words, params.gists.ref.reshape([1, gists, width])], 1);
  // Gist tokens come after the padding, so this mask is needed in spite of causality.
  const key = np.arange(total).reshape([1, 1, 1, total]);
  const known = np.logicalOr(key.ref.less(length.reshape([1, 1, 1, 1])), key.greaterEqual(columns));
  const visible = np.logicalAnd(causal(total, total), known);
  const memory: PrefixMemory = [];
  for (let l = 0; l < layers; l++) {
    const normed = rmsNorm(x.ref);
    const [keys, values] = keysAndValues(params, shape, l, normed.ref);
    const tail = (y: Tensor) => y.slice([], [], [columns, total]).reshape([1, heads, gists, width / heads]);
    memory.push({ keys: tail(keys.ref), values: tail(values.ref) });
    if (l === layers - 1) {
      for (const unused of [x, normed, keys, values]) unused.dispose();
      break;
    }
    x = x.add(attention(params, shape, l, normed, keys, values, visible.ref));
    x = x.ref.add(feedForward(params, shape, l, rmsNorm(x), undefined));
  }
  visible.dispose();
  return memory;
}

/**
 * Scores of every token of the vocabulary where an answer is wanted: logits before the softmax. Consumes params,
 * memory and inputs.
 *
 * @param vectors of the prompts' tokens, [rows, columns, width], padded on the right
 * @param places which columns an answer follows, int32 [rows, answers]
 * @param balance collects each mixture's load-balancing term, 1 when the load is even
 * @returns [rows, answers, vocabulary]
 */
export function promptLogits(
  params: Params,
  shape: TransformerShape,
  memory: PrefixMemory,
  vectors: Tensor,
  places: Tensor,
  balance?: Tensor[],
): Tensor {
  const { width, heads, layers, gists, vocabulary } = shape;
  const [rows, columns] = vectors.shape;
  const answers = places.shape[1];
  let x = vectors.add(positionVectors(params, columns));
  const picked = places.reshape([rows, answers, 1]);
  const pick = nn.oneHot(picked.ref.reshape([rows, answers]), columns);
  // Keys are the gist tokens, then the prompt's own.
  const key = np.arange(gists + columns).sub(gists);
  const before = np
    .arange(columns)
    .reshape([1, 1, columns, 1])
    .greaterEqual(key.ref.reshape([1, 1, 1, gists + columns]));
  const beforePlaces = picked
    .reshape([rows, 1, answers, 1])
    .greaterEqual(key.reshape([1, 1, 1, gists + columns]));
  const behind = (y: Tensor, gist: Tensor) =>
    np.concatenate([np.broadcastTo(gist, [rows, heads, gists, width / heads]), y], 2);
  for (let l = 0; l < layers; l++) {
    const last = l === layers - 1;
    let normed = rmsNorm(x.ref);
    const [keys, values] = keysAndValues(params, shape, l, normed.ref);
    if (last) {
      x = np.matmul(pick.ref, x);
      normed.dispose();
      normed = rmsNorm(x.ref);
    }
    x = x.add(
      attention(
        params,
        shape,
        l,
        normed,
        behind(keys, memory[l].keys),
        behind(values, memory[l].values),
        last ? beforePlaces.ref : before.ref,
      ),
    );
    x = x.ref.add(feedForward(params, shape, l, rmsNorm(x), balance));
  }
  for (const unused of [pick, before, beforePlaces]) unused.dispose();
  const out = rmsNorm(x).reshape([rows * answers, width]);
  return np.matmul(out, params.embedding.ref.transpose()).reshape([rows, answers, vocabulary]);
}
