import type { Params } from './adam.ts';
import { nn, np, type Tensor, tree } from './engine.ts';
import {
  attention,
  causal,
  feedForward,
  keysAndValues,
  positionVectors,
  rmsNorm,
} from './transformer-layers.ts';
import type { TransformerShape } from './transformer-shape.ts';

/**
 * The transformer of `transformer-shape.ts` as one that writes: it reads a prompt once and continues it token by
 * token. Prompts are aligned on the right and count their positions down to 0, where the text begins; so a prompt reads
 * the same in any number of columns, and the keys and values of one prompt serve all the texts that continue it.
 *
 * What a text begins with is the prompt's last token: its own output is the first token of the text. Everything
 * consumes what it is given, as in all of the engine.
 */

/** Keys and values per layer, [prompts, heads, columns, width / heads], and which columns hold a token. */
export interface PromptMemory {
  readonly layers: { readonly keys: Tensor; readonly values: Tensor }[];
  /** Zeros and ones, [prompts, columns]. */
  readonly known: Tensor;
}

/** Vectors of tokens [rows, columns] as [rows, columns, width]: one-hot times embedding, which differentiates fast. */
function vectorsOf(params: Params, shape: TransformerShape, ids: Tensor): Tensor {
  const [rows, columns] = ids.shape;
  return np
    .matmul(nn.oneHot(ids.reshape([rows * columns]), shape.vocabulary), params.embedding.ref)
    .reshape([rows, columns, shape.width]);
}

/**
 * Reads prompts.
 * @param ids [prompts, columns], aligned on the right, without the last token of each
 * @param lengths tokens of each without its last, int32 [prompts]
 */
export function readPrompts(
  params: Params,
  shape: TransformerShape,
  ids: Tensor,
  lengths: Tensor,
): PromptMemory {
  const { layers } = shape;
  const [prompts, columns] = ids.shape;
  let x = vectorsOf(params, shape, ids).add(positionVectors(params, columns, -columns));
  const isKnown = np
    .arange(columns)
    .reshape([1, columns])
    .greaterEqual(lengths.reshape([prompts, 1]).mul(-1).add(columns));
  // Empty columns see themselves: attention over nothing is not a number.
  const itself = np.eye(columns).reshape([1, 1, columns, columns]).greater(0.5);
  const seen = np.logicalOr(isKnown.ref.reshape([prompts, 1, 1, columns]), itself);
  const visible = np.logicalAnd(causal(columns, columns), seen);
  const memory: PromptMemory['layers'] = [];
  for (let l = 0; l < layers; l++) {
    const normed = rmsNorm(x.ref);
    const [keys, values] = keysAndValues(params, shape, l, normed.ref);
    memory.push({ keys: keys.ref, values: values.ref });
    if (l === layers - 1) {
      for (const unused of [x, normed, keys, values]) unused.dispose();
      break;
    }
    x = x.add(attention(params, shape, l, normed, keys, values, visible.ref));
    x = x.ref.add(feedForward(params, shape, l, rmsNorm(x), undefined));
  }
  visible.dispose();
  return { layers: memory, known: isKnown.astype(np.float32) };
}

/**
 * The memory of each row's prompt.
 * @param owners which prompt each row continues, int32 [rows]
 */
export function memoryOf({ layers, known }: PromptMemory, owners: Tensor): PromptMemory {
  const [prompts, columns] = known.shape;
  const rows = owners.shape[0];
  // One-hot times memory: 1 x plus zeros is x to the bit.
  const pick = nn.oneHot(owners, prompts);
  const of = (memory: Tensor) => {
    const rest = memory.shape.slice(1);
    const flat = memory.reshape([prompts, rest.reduce((product, n) => product * n, 1)]);
    return np.matmul(pick.ref, flat).reshape([rows, ...rest]);
  };
  const picked = {
    layers: layers.map(({ keys, values }) => ({ keys: of(keys), values: of(values) })),
    known: of(known).reshape([rows, columns]),
  };
  pick.dispose();
  return picked;
}

/**
 * What comes after each column of a text: hidden states [rows * columns, width] before the head.
 * @param memory of each row
 * @param ids [rows, columns]: the prompt's last token, then the text without its last
 */
export function readTexts(
  params: Params,
  shape: TransformerShape,
  { layers: memory, known }: PromptMemory,
  ids: Tensor,
): Tensor {
  const { width, layers } = shape;
  const [rows, columns] = ids.shape;
  const before = known.shape[1];
  let x = vectorsOf(params, shape, ids).add(positionVectors(params, columns));
  const own = np.broadcastTo(causal(columns, columns), [rows, 1, columns, columns]);
  const prompt = np.broadcastTo(known.greater(0.5).reshape([rows, 1, 1, before]), [rows, 1, columns, before]);
  const visible = np.concatenate([prompt, own], 3);
  for (let l = 0; l < layers; l++) {
    const normed = rmsNorm(x.ref);
    const [keys, values] = keysAndValues(params, shape, l, normed.ref);
    const all = (y: Tensor, remembered: Tensor) => np.concatenate([remembered, y], 2);
    x = x.add(
      attention(
        params,
        shape,
        l,
        normed,
        all(keys, memory[l].keys),
        all(values, memory[l].values),
        visible.ref,
      ),
    );
    x = x.ref.add(feedForward(params, shape, l, rmsNorm(x), undefined));
  }
  visible.dispose();
  return rmsNorm(x).reshape([rows * columns, width]);
}

/** How many tokens a writer can write. */
export const writtenTokens = ({ vocabulary, written = vocabulary }: TransformerShape): number => written;

/** Scores of every token that can be written, [rows, written], of hidden states [rows, width]. */
function headLogits(params: Params, shape: TransformerShape, hidden: Tensor): Tensor {
  const head = params.embedding.ref.slice([0, writtenTokens(shape)]);
  return np.matmul(hidden, head.transpose());
}

/** One batch of texts to learn from. All int32 but for the weights. */
export type TextBatch = {
  /** [prompts, columns] and [prompts], as `readPrompts` takes them. */
  readonly prompts: Tensor;
  readonly lengths: Tensor;
  /** [rows]; absent where row k continues prompt k. */
  readonly owners?: Tensor;
  /** [rows, columns]: what is read, and what comes next. */
  readonly read: Tensor;
  readonly next: Tensor;
};

/** Log-probabilities of the tokens of texts, [rows, columns]; those after the end of a text mean nothing. */
export function textLogProbabilities(params: Params, shape: TransformerShape, batch: TextBatch): Tensor {
  const { prompts, lengths, owners, read, next } = batch;
  const [rows, columns] = read.shape;
  const all = readPrompts(params, shape, prompts, lengths);
  const memory = owners ? memoryOf(all, owners) : all;
  const logits = headLogits(params, shape, readTexts(params, shape, memory, read));
  const chosen = logits.ref.mul(nn.oneHot(next.reshape([rows * columns]), writtenTokens(shape))).sum(-1);
  return chosen.sub(nn.logsumexp(logits, -1)).reshape([rows, columns]);
}

/**
 * Sum over all tokens of weight times log-probability, negated, with the log-probabilities beside it. Consumes params.
 * @param weights [rows, columns]; 0 after the end of a text
 */
export function textLoss(
  params: Params,
  shape: TransformerShape,
  batch: TextBatch,
  weights: Tensor,
): [Tensor, Tensor] {
  const logs = textLogProbabilities(params, shape, batch);
  tree.dispose(params);
  return [logs.ref.mul(weights).sum().mul(-1), logs];
}

/** Keys and values per layer of prompts and of the texts so far, [rows, heads, columns + most, width / heads]. */
export type TextCache = { readonly keys: Tensor; readonly values: Tensor }[];

/** A cache with room for so many tokens of text. */
export function emptyCache({ layers }: Pick<PromptMemory, 'layers'>, most: number): TextCache {
  const room = (memory: Tensor) => {
    const [rows, heads, , width] = memory.shape;
    return np.concatenate([memory, np.zeros([rows, heads, most, width])], 2);
  };
  return layers.map(({ keys, values }) => ({ keys: room(keys), values: room(values) }));
}

/**
 * Reads one more token of each text.
 * @param known of the prompts, [rows, columns]
 * @param ids [rows]
 * @param at which token of the text it is, from 0; int32 [1]
 * @param features of that position, [1, width]
 * @returns scores of the next token [rows, written], and the cache with this one in it
 */
export function nextToken(
  params: Params,
  shape: TransformerShape,
  cache: TextCache,
  known: Tensor,
  ids: Tensor,
  at: Tensor,
  features: Tensor,
): [Tensor, TextCache] {
  const { width, layers } = shape;
  const rows = ids.shape[0];
  const before = known.shape[1];
  const total = cache[0].keys.shape[2];
  let x = vectorsOf(params, shape, ids.reshape([rows, 1])).add(
    np.matmul(features, params.positions.ref).reshape([1, 1, width]),
  );
  const place = np.arange(total).sub(before).reshape([1, 1, total, 1]);
  const now = at.reshape([1, 1, 1, 1]);
  const here = place.ref.equal(now.ref);
  const ofText = np.logicalAnd(place.ref.greaterEqual(0), place.lessEqual(now)).reshape([1, total]);
  const ofPrompt = np.concatenate([known, np.zeros([rows, total - before])], 1).greater(0.5);
  const visible = np.logicalOr(ofPrompt, ofText).reshape([rows, 1, 1, total]);
  const next: TextCache = [];
  for (let l = 0; l < layers; l++) {
    const normed = rmsNorm(x.ref);
    const [key, value] = keysAndValues(params, shape, l, normed.ref);
    const keys = np.where(here.ref, key, cache[l].keys);
    const values = np.where(here.ref, value, cache[l].values);
    next.push({ keys: keys.ref, values: values.ref });
    x = x.add(attention(params, shape, l, normed, keys, values, visible.ref));
    x = x.ref.add(feedForward(params, shape, l, rmsNorm(x), undefined));
  }
  here.dispose();
  visible.dispose();
  return [headLogits(params, shape, rmsNorm(x).reshape([rows, width])), next];
}
