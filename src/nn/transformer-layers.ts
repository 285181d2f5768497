import type { Params } from './adam.ts';
import { lax, nn, np, type Tensor } from './engine.ts';
import { hiddenUnits, positionFeatures, type TransformerShape } from './transformer-shape.ts';

/** The parts of a block, as `transformer-shape.ts` describes it. All consume what they are given, but for params. */

const scoreCap = 60;

/**
 * [1, columns, width]
 * @param first what the first column is called; a text that others read before theirs counts down to 0
 */
export function positionVectors(params: Params, columns: number, first = 0): Tensor {
  const sinusoids = np.array(positionTable(columns, first)).reshape([columns, positionFeatures]);
  return np.matmul(sinusoids, params.positions.ref).reshape([1, columns, params.positions.shape[1]]);
}

/** Sines and cosines of positions, [columns, positionFeatures]. */
export function positionTable(columns: number, first = 0): Float32Array {
  const half = positionFeatures / 2;
  const table = new Float32Array(columns * positionFeatures);
  for (let t = 0; t < columns; t++) {
    for (let f = 0; f < half; f++) {
      // Periods from 4 to 512 tokens in geometric order.
      const angle = (2 * Math.PI * (first + t)) / (4 * 128 ** (f / (half - 1)));
      table[t * positionFeatures + 2 * f] = Math.sin(angle);
      table[t * positionFeatures + 2 * f + 1] = Math.cos(angle);
    }
  }
  return table;
}

/** Which key (last axis) each query may see: none later than itself; [1, 1, queries, keys]. */
export function causal(queries: number, keys: number): Tensor {
  const query = np.arange(queries).reshape([1, 1, queries, 1]);
  return query.greaterEqual(np.arange(keys).reshape([1, 1, 1, keys]));
}

export function rmsNorm(x: Tensor): Tensor {
  const meanSquare = np.square(x.ref).mean(-1, { keepdims: true });
  return x.mul(np.reciprocal(np.sqrt(meanSquare.add(1e-5))));
}

/** Both [rows, heads, columns, width / heads]. */
export function keysAndValues(
  params: Params,
  shape: TransformerShape,
  layer: number,
  x: Tensor,
): [Tensor, Tensor] {
  const { width, heads } = shape;
  const [rows, columns] = x.shape;
  const both = np
    .matmul(x.reshape([rows * columns, width]), params[`layers.${layer}.keyValue`].ref)
    .reshape([rows, columns, 2, heads, width / heads])
    .transpose([2, 0, 3, 1, 4]);
  return [both.ref.slice(0), both.slice(1)];
}

/** Multi-head attention of the queries at x [rows, queries, width] over the given keys and values. */
export function attention(
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

export function feedForward(
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
