import { beforeAll, describe, expect, it } from 'vitest';
import { randomStream } from '../core/index.ts';
import { floats, jit, nn, np, startEngine, type Tensor, tree, valueAndGrad } from './engine.ts';
import type { Params } from './adam.ts';
import { promptLogits, readPrefix } from './transformer.ts';
import {
  addTokenGradients,
  parameterCounts,
  tokenVectors,
  type TransformerShape,
  transformerShapes,
  transformerWeights,
} from './transformer-shape.ts';
import { paramsFrom, type Weights } from './weights.ts';

beforeAll(startEngine);

const dense: TransformerShape = { vocabulary: 11, width: 8, layers: 2, heads: 2, hidden: 12, gists: 4 };
const mixture: TransformerShape = { ...dense, hidden: 6, experts: 4 };
const shapes = {
  dense,
  mixture,
  'one layer': { ...dense, layers: 1 },
  'three layers': { ...dense, layers: 3 },
  'more units in the last layer': { ...dense, layers: 3, hidden: 4, lastHidden: 20 },
  'more units in the last layer of a mixture': { ...mixture, lastHidden: 10 },
};

const prefix = [3, 1, 4, 1, 5];
const prompts = [
  [2, 7, 1, 8, 2],
  [9, 0, 4],
  [6, 6, 6, 6, 6, 6, 10],
];

/** Logits of each prompt's last token, in the engine. */
function engineLogits(shape: TransformerShape, weights: Weights, columns = 8, prefixColumns = 8): number[][] {
  const params = paramsFrom(weights);
  const memory = memoryOf(shape, params, weights, prefixColumns);
  const ids = new Int32Array(prompts.length * columns);
  prompts.forEach((prompt, r) => ids.set(prompt, r * columns));
  const logits = floats(
    jit((p: Params, vectors: Tensor, places: Tensor, ...kv: Tensor[]) => {
      const out = promptLogits(p, shape, unflat(kv), vectors, places);
      tree.dispose(p);
      return out;
    })(params, vectors(shape, weights, ids, prompts.length), lastPlaces(), ...flat(memory)),
  );
  return prompts.map((_, r) => [...logits.slice(r * shape.vocabulary, (r + 1) * shape.vocabulary)]);
}

const flat = (memory: { keys: Tensor; values: Tensor }[]) =>
  memory.flatMap(({ keys, values }) => [keys, values]);
const unflat = (kv: Tensor[]) =>
  Array.from({ length: kv.length / 2 }, (_, l) => ({ keys: kv[2 * l], values: kv[2 * l + 1] }));
const lastPlaces = () => np.array(Int32Array.from(prompts, (p) => p.length - 1)).reshape([prompts.length, 1]);
const vectors = (shape: TransformerShape, weights: Weights, ids: Int32Array, rows: number) =>
  np
    .array(tokenVectors(weights.embedding.data, shape.width, ids))
    .reshape([rows, ids.length / rows, shape.width]);

function memoryOf(shape: TransformerShape, params: Params, weights: Weights, columns: number) {
  const ids = new Int32Array(columns);
  ids.set(prefix);
  const length = np.array(new Int32Array([prefix.length]));
  return readPrefix(tree.ref(params), shape, vectors(shape, weights, ids, 1), length);
}

// ---- The same model one number at a time, in doubles, as the docstring describes it.

type Vector = number[];
const dot = (a: Vector, b: Vector) => a.reduce((sum, x, k) => sum + x * b[k], 0);
const plus = (a: Vector, b: Vector) => a.map((x, k) => x + b[k]);
const norm = (x: Vector) => x.map((v) => v / Math.sqrt(dot(x, x) / x.length + 1e-5));
const softmax = (x: Vector) => {
  const e = x.map((v) => Math.exp(v - Math.max(...x)));
  const total = e.reduce((a, b) => a + b);
  return e.map((v) => v / total);
};

function slowLogits(shape: TransformerShape, weights: Weights): number[][] {
  const { width, heads, layers, hidden, lastHidden = hidden, gists, vocabulary, experts, chosen = 2 } = shape;
  const matrix = (name: string) => {
    const { shape: dims, data } = weights[name];
    return (x: Vector, from = 0, to = dims[1]) =>
      Array.from({ length: to - from }, (_, c) =>
        x.reduce((sum, v, r) => sum + v * data[r * dims[1] + from + c], 0),
      );
  };
  const row = (name: string, r: number): Vector => [...weights[name].data.slice(r * width, (r + 1) * width)];
  const position = (t: number) => {
    const features = Array.from({ length: 16 }, (_, f) => (2 * Math.PI * t) / (4 * 128 ** (f / 15)));
    return matrix('positions')(features.flatMap((angle) => [Math.sin(angle), Math.cos(angle)]));
  };
  const words = (ids: number[]) => ids.map((id, t) => plus(row('embedding', id), position(t)));

  /** Runs tokens through the layers; `seen[l]` are keys and values that come before them. */
  const run = (start: Vector[], seen: { k: Vector; v: Vector }[][]) => {
    let x = start;
    const memory: { k: Vector; v: Vector }[][] = [];
    for (let l = 0; l < layers; l++) {
      const normed = x.map(norm);
      const own = normed.map((h) => ({
        k: matrix(`layers.${l}.keyValue`)(h, 0, width),
        v: matrix(`layers.${l}.keyValue`)(h, width, 2 * width),
      }));
      memory.push(own);
      x = x.map((residual, t) => {
        const q = matrix(`layers.${l}.query`)(normed[t]);
        const past = [...(seen[l] ?? []), ...own.slice(0, t + 1)];
        const size = width / heads;
        const mixed = Array.from({ length: heads }, (_, h) => {
          const part = (y: Vector) => y.slice(h * size, (h + 1) * size);
          const shares = softmax(past.map(({ k }) => dot(part(q), part(k)) / Math.sqrt(size)));
          return past.reduce<Vector>(
            (sum, { v }, s) =>
              plus(
                sum,
                part(v).map((y) => y * shares[s]),
              ),
            new Array<number>(size).fill(0),
          );
        }).flat();
        const after = plus(residual, matrix(`layers.${l}.output`)(mixed));
        return plus(after, feed(norm(after), l));
      });
    }
    return { x, memory };
  };
  const feed = (h: Vector, l: number): Vector => {
    const up = matrix(`layers.${l}.up`)(h).map((u) => Math.max(0, u));
    if (!experts) return matrix(`layers.${l}.down`)(up);
    const scores = matrix(`layers.${l}.router`)(h);
    const threshold = [...scores].sort((a, b) => b - a)[chosen - 1];
    const shares = softmax(scores.map((s) => (s >= threshold ? s : -Infinity)));
    return matrix(`layers.${l}.down`)(
      up.map((u, k) => u * shares[Math.floor(k / (l === layers - 1 ? lastHidden : hidden))]),
    );
  };

  const gistTokens = Array.from({ length: gists }, (_, g) => row('gists', g));
  const { memory } = run([...words(prefix), ...gistTokens], []);
  const seen = memory.map((tokens) => tokens.slice(-gists));
  return prompts.map((prompt) => {
    const out = norm(run(words(prompt), seen).x.at(-1) ?? []);
    return Array.from({ length: vocabulary }, (_, id) => dot(out, row('embedding', id)));
  });
}

function largestDifference(a: number[][], b: number[][]): number {
  return Math.max(...a.flatMap((x, r) => x.map((v, k) => Math.abs(v - b[r][k]))));
}

describe('the transformer', () => {
  it.each(Object.entries(shapes))('equals a slow one written from its description: %s', (_, shape) => {
    const weights = transformerWeights(shape, randomStream('transformer', shape.layers));
    const slow = slowLogits(shape, weights);
    expect(largestDifference(engineLogits(shape, weights), slow)).toBeLessThan(2e-5);
    // The logits are not all alike, or the comparison would mean little.
    expect(Math.max(...slow[0]) - Math.min(...slow[0])).toBeGreaterThan(0.5);
  });

  it('does not depend on how far its rows are padded', () => {
    const weights = transformerWeights(dense, randomStream('padding'));
    expect(
      largestDifference(engineLogits(dense, weights, 8, 8), engineLogits(dense, weights, 24, 16)),
    ).toBeLessThan(1e-6);
  });

  it('has the gradient that finite differences of the slow one have', () => {
    for (const shape of [dense, mixture]) {
      const weights = transformerWeights(shape, randomStream('gradient'));
      const { loss, gradients } = lossAndGradients(shape, weights);
      const slowLoss = () => {
        const logits = slowLogits(shape, weights);
        return logits.reduce((sum, x, r) => sum - Math.log(softmax(x)[targets[r]]) / logits.length, 0);
      };
      expect(loss).toBeCloseTo(slowLoss(), 5);
      const stream = randomStream('entries');
      for (const [name, { data }] of Object.entries(weights)) {
        for (let trial = 0; trial < 4; trial++) {
          const k = stream.integer(0, data.length - 1);
          const [before, h] = [data[k], 2e-5];
          // float32 rounds the shifted weight, so the distance is taken as it came out.
          data[k] = before + h;
          const [up, high] = [slowLoss(), data[k]];
          data[k] = before - h;
          const [down, low] = [slowLoss(), data[k]];
          data[k] = before;
          expect(gradients[name].data[k], `${name}[${k}]`).toBeCloseTo((up - down) / (high - low), 4);
        }
      }
    }
  });

  it('counts its parameters, of a mixture also those at work', () => {
    for (const shape of Object.values(shapes)) {
      const weights = transformerWeights(shape, randomStream('count'));
      const total = Object.values(weights).reduce((sum, { data }) => sum + data.length, 0);
      expect(parameterCounts(shape).total).toBe(total);
      expect(Object.keys(weights)).toEqual(Object.keys(transformerShapes(shape)));
    }
    expect(parameterCounts(dense).active).toBe(parameterCounts(dense).total);
    // Two of four experts rest: 2 layers * 2 experts * (8 * 6 up + 6 * 8 down).
    expect(parameterCounts(mixture).total - parameterCounts(mixture).active).toBe(2 * 2 * 96);
    // The same in the first layer, and 8 * 10 up and down in the last.
    const last = parameterCounts({ ...mixture, lastHidden: 10 });
    expect(last.total - last.active).toBe(2 * 96 + 2 * 160);
  });
});

const targets = [1, 10, 5];

function lossAndGradients(shape: TransformerShape, weights: Weights) {
  const columns = 8;
  const ids = new Int32Array(prompts.length * columns);
  prompts.forEach((prompt, r) => ids.set(prompt, r * columns));
  const prefixIds = new Int32Array(8);
  prefixIds.set(prefix);
  const loss = (p: Params, before: Tensor, rows: Tensor) => {
    const memory = readPrefix(p, shape, before, np.array(new Int32Array([prefix.length])));
    const logits = promptLogits(p, shape, memory, rows, lastPlaces()).reshape([
      prompts.length,
      shape.vocabulary,
    ]);
    tree.dispose(p);
    const picked = logits.ref.mul(nn.oneHot(np.array(Int32Array.from(targets)), shape.vocabulary)).sum(-1);
    return nn.logsumexp(logits, -1).sub(picked).mean();
  };
  const [value, [own, ofPrefix, ofPrompts]] = valueAndGrad(loss, { argnums: [0, 1, 2] })(
    paramsFrom(weights),
    vectors(shape, weights, prefixIds, 1),
    vectors(shape, weights, ids, prompts.length),
  );
  const gradients: Weights = Object.fromEntries(
    Object.entries(weights).map(([name, w]) => [name, { ...w, data: floats(own[name]).slice() }]),
  );
  addTokenGradients(gradients.embedding.data, shape.width, prefixIds, floats(ofPrefix));
  addTokenGradients(gradients.embedding.data, shape.width, ids, floats(ofPrompts));
  return { loss: value.item(), gradients };
}
