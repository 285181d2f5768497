import { adamStep, type Params } from './adam.ts';
import { jit, np, type Tensor, tree, valueAndGrad } from './engine.ts';
import type { TransformerShape } from './transformer-shape.ts';
import {
  emptyCache,
  memoryOf,
  nextToken,
  readPrompts,
  readTexts,
  type TextBatch,
  type TextCache,
  textLogProbabilities,
  textLoss,
} from './writer.ts';

/** How writers are trained, wherever they are. */
export const writerAdam = { beta2: 0.98, clipNorm: 1 } as const;

/** The compiled functions of a writer. The engine compiles each again for every new shape of its inputs. */
export interface WriterKernels {
  /** Loss, gradient and log-probabilities [rows, columns] of a batch with weights [rows, columns]. */
  gradient(params: Params, batch: TextBatch, weights: Tensor): [Tensor, Params, Tensor];
  add(left: Params, right: Params): Params;
  /** Of all parameters together. */
  norm(gradient: Params): Tensor;
  /** Parameters and moments after one step. */
  update(
    params: Params,
    gradient: Params,
    first: Params,
    second: Params,
    rate: Tensor,
  ): [Params, Params, Params];
  /** Log-probabilities [rows, columns]. */
  score(params: Params, batch: TextBatch): Tensor;
  /** The last hidden state of each row's prompt, [rows, width]; ids are the prompts' last tokens, [rows, 1]. */
  state(params: Params, prompts: Tensor, lengths: Tensor, owners: Tensor, ids: Tensor): Tensor;
  /** Prompts read for the rows that continue them, and which of their columns are known. */
  begin(params: Params, prompts: Tensor, lengths: Tensor, owners: Tensor): [TextCache, Tensor];
  /** As `nextToken`. */
  next(
    params: Params,
    cache: TextCache,
    known: Tensor,
    ids: Tensor,
    at: Tensor,
    features: Tensor,
  ): [Tensor, TextCache];
}

const made = new Map<string, WriterKernels>();

/**
 * One set per shape of network, so that agents of one size share what was compiled.
 * @param most tokens of a text
 */
export function writerKernels(shape: TransformerShape, most: number): WriterKernels {
  const key = JSON.stringify([shape, most]);
  let kernels = made.get(key);
  if (!kernels) made.set(key, (kernels = compiled(shape, most)));
  return kernels;
}

function compiled(shape: TransformerShape, most: number): WriterKernels {
  const loss = (params: Params, batch: TextBatch, weights: Tensor) => textLoss(params, shape, batch, weights);
  const slopes = valueAndGrad(loss, { hasAux: true });
  const gradient: WriterKernels['gradient'] = (params, batch, weights) => {
    const [[value, logs], own] = slopes(params, batch, weights);
    return [value, own, logs];
  };
  const add: WriterKernels['add'] = (left, right) =>
    Object.fromEntries(Object.keys(left).map((name) => [name, left[name].add(right[name])]));
  const norm: WriterKernels['norm'] = (own) => {
    const squares = Object.values(own).map((g) => np.square(g).sum());
    return np.sqrt(squares.reduce((sum, square) => sum.add(square)));
  };
  const update: WriterKernels['update'] = (params, own, first, second, rate) => {
    const next = adamStep(params, own, { first, second }, rate, writerAdam);
    return [next.params, next.moments.first, next.moments.second];
  };
  const score: WriterKernels['score'] = (params, batch) => {
    const logs = textLogProbabilities(params, shape, batch);
    tree.dispose(params);
    return logs;
  };
  const state: WriterKernels['state'] = (params, prompts, lengths, owners, ids) => {
    const memory = memoryOf(readPrompts(params, shape, prompts, lengths), owners);
    const hidden = readTexts(params, shape, memory, ids);
    tree.dispose(params);
    return hidden;
  };
  const begin: WriterKernels['begin'] = (params, prompts, lengths, owners) => {
    const { layers, known } = memoryOf(readPrompts(params, shape, prompts, lengths), owners);
    tree.dispose(params);
    return [emptyCache({ layers }, most), known];
  };
  const next: WriterKernels['next'] = (params, cache, known, ids, at, features) => {
    const out = nextToken(params, shape, cache, known, ids, at, features);
    tree.dispose(params);
    return out;
  };
  const jitted = <F>(f: F): F => jit(f as never) as unknown as F;
  return {
    gradient: jitted(gradient),
    add: jitted(add),
    norm: jitted(norm),
    update: jitted(update),
    score: jitted(score),
    state: jitted(state),
    begin: jitted(begin),
    next: jitted(next),
  };
}
