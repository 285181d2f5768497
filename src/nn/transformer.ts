import type { Params } from './adam.ts';
import { lax, nn, np, type Tensor } from './engine.ts';
import { hiddenUnits, positionFeatures, type TransformerShape } from './transformer-shape.ts';

const scoreCap = 60;

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

/** [1, columns, width] */
function positionVectors(params: Params, columns: number): Tensor {
  const half = positionFeatures / 2;
  const table = new Float32Array(columns * positionFeatures);
  for (let t = 0; t < columns; t++) {
    for (let f = 0; f < half; f++) {
      // Periods from 4 to 512 tokens in geometric order.
      const angle = (2 * Math.PI * t) / (4 * 128 ** (f / (half - 1)));
      table[t * positionFeatures + 2 * f] = Math.sin(angle);
      table[t * positionFeatures + 2 * f + 1] = Math.cos(angle);
    }
  }
  const sinusoids = np.array(table).reshape([columns, positionFeatures]);
  return np.matmul(sinusoids, params.positions.ref).reshape([1, columns, params.positions.shape[1]]);
}

/** Which key (last axis) each query may see: none later than itself; [1, 1, queries, keys]. */
function causal(queries: number, keys: number): Tensor {
  const query = np.arange(queries).reshape([1, 1, queries, 1]);
  return query.greaterEqual(np.arange(keys).reshape([1, 1, 1, keys]));
}

function rmsNorm(x: Tensor): Tensor {
  const meanSquare = np.square(x.ref).mean(-1, { keepdims: true });
  return x.mul(np.reciprocal(np.sqrt(meanSquare.add(1e-5))));
}

/** Both [rows, heads, columns, width / heads]. */
function keysAndValues(params: Params, shape: TransformerShape, layer: number, x: Tensor): [Tensor, Tensor] {
  const { width, heads } = shape;
  const [rows, columns] = x.shape;
  const both = np
    .matmul(x.reshape([rows * columns, width]), params[`layers.${layer}.keyValue`].ref)
    .reshape([rows, columns, 2, heads, width / heads])
    .transpose([2, 0, 3, 1, 4]);
  return [both.ref.slice(0), both.slice(1)];
}

/** Multi-head attention of the queries at x [rows, queries, width] over the given keys and values. */
function attention(
  params: Params,
  shape: TransformerShape,
  layer: number,
  x: Tensor,
  keys: Tensor,
  values: Tensor,
  visible: Tensor,
): Tensor {
  const { width, heads } = shape;
  const [rows, queries] = x.shape;
  const headWidth = width / heads;
  const query = np
    .matmul(x.reshape([rows * queries, width]), params[`layers.${layer}.query`].ref)
    .reshape([rows, queries, heads, headWidth])
    .transpose([0, 2, 1, 3]);
  const scores = np.matmul(query, keys.transpose([0, 1, 3, 2])).mul(headWidth ** -0.5);
  // A softmax without the usual subtraction of the maximum, which costs as much as the exponential: scores beyond
  // the cap would overflow, and none of a trained model's comes near it.
  const powers = np.exp(np.minimum(np.where(visible, scores, -1e9), scoreCap));
  const total = powers.ref.sum(-1, { keepdims: true });
  const mixed = np
    .matmul(powers, values)
    .div(total)
    .transpose([0, 2, 1, 3])
    .reshape([rows * queries, width]);
  return np.matmul(mixed, params[`layers.${layer}.output`].ref).reshape([rows, queries, width]);
}

function feedForward(
  params: Params,
  shape: TransformerShape,
  layer: number,
  x: Tensor,
  balance: Tensor[] | undefined,
): Tensor {
  const { width, experts, chosen = 2 } = shape;
  const hidden = hiddenUnits(shape, layer);
  const at = `layers.${layer}`;
  const [rows, columns] = x.shape;
  const flat = x.reshape([rows * columns, width]);
  let share: Tensor | undefined;
  if (experts) {
    const scores = np.matmul(flat.ref, params[`${at}.router`].ref);
    const [top, places] = lax.topK(lax.stopGradient(scores.ref), chosen);
    places.dispose();
    const kept = scores.ref.greaterEqual(top.slice([], [chosen - 1, chosen]));
    if (balance) {
      // Load times mean probability per expert (Fedus et al. 2021, arXiv 2101.03961, equation 4), per chosen one.
      const load = lax.stopGradient(kept.ref.astype(np.float32)).mean(0);
      const probability = nn.softmax(scores.ref, -1).mean(0);
      balance.push(
        load
          .mul(probability)
          .sum()
          .mul(experts / chosen),
      );
    }
    share = nn.softmax(np.where(kept, scores, -1e9), -1);
  }
  let units = nn.relu(np.matmul(flat, params[`${at}.up`].ref));
  if (experts && share) {
    units = units
      .reshape([rows * columns, experts, hidden])
      .mul(share.reshape([rows * columns, experts, 1]))
      .reshape([rows * columns, experts * hidden]);
  }
  return np.matmul(units, params[`${at}.down`].ref).reshape([rows, columns, width]);
}
