import type { RandomStream } from '../core/index.ts';
import type { Params } from './adam.ts';
import { nn, np, type Tensor } from './engine.ts';
import type { Weights } from './weights.ts';

/**
 * Dense layers, y = x W + b with W [inputs, outputs], and stacks of them with ReLU in between. Layer k of a
 * stack keeps its weights under `<name>.<k>.w` and `<name>.<k>.b`.
 */

/**
 * Adds a layer: W normal with standard deviation gain / sqrt(inputs), b zero.
 * @param gain sqrt(2) keeps the variance through a ReLU; small values start a head near zero
 */
export function addDense(
  weights: Weights,
  name: string,
  inputs: number,
  outputs: number,
  stream: RandomStream,
  gain = 1,
): void {
  const w = new Float32Array(inputs * outputs);
  const scale = gain / Math.sqrt(inputs);
  for (let k = 0; k < w.length; k++) w[k] = scale * stream.normal();
  weights[`${name}.w`] = { shape: [inputs, outputs], data: w };
  weights[`${name}.b`] = { shape: [outputs], data: new Float32Array(outputs) };
}

/** Adds a stack of layers through `sizes` (inputs, hidden sizes, outputs); `gain` is that of the last one. */
export function addMlp(
  weights: Weights,
  name: string,
  sizes: readonly number[],
  stream: RandomStream,
  gain = 1,
): void {
  for (let k = 0; k + 1 < sizes.length; k++) {
    const last = k + 2 === sizes.length;
    addDense(weights, `${name}.${k}`, sizes[k], sizes[k + 1], stream, last ? gain : Math.SQRT2);
  }
}

/** x W + b for rows x [rows, inputs]. Consumes x and the layer's parameters. */
export function dense(params: Params, name: string, x: Tensor): Tensor {
  return np.matmul(x, params[`${name}.w`]).add(params[`${name}.b`]);
}

/** The stack's output [rows, outputs], no activation after the last layer. Consumes x and the parameters. */
export function mlp(params: Params, name: string, x: Tensor): Tensor {
  let y = x;
  for (let k = 0; `${name}.${k}.w` in params; k++)
    y = dense(params, `${name}.${k}`, k === 0 ? y : nn.relu(y));
  return y;
}

/** A forward pass of one row in plain arrays: reads from `input` at `offset`, writes to `out` at `outOffset`. */
export type RowFunction = (input: Float32Array, offset: number, out: Float32Array, outOffset: number) => void;

/**
 * The same layer for one row, in plain arrays: for a few rows far faster than a call of the engine. It reads the
 * weights' arrays themselves, so weights copied out later take effect at once.
 */
export function denseRow(weights: Weights, name: string): RowFunction {
  const { data: w, shape } = weights[`${name}.w`];
  const { data: b } = weights[`${name}.b`];
  const [inputs, outputs] = shape;
  const sum = new Float32Array(outputs);
  const used = new Int32Array(inputs);
  return (input, offset, out, outOffset) => {
    sum.set(b);
    // Zeros are frequent (ReLU, one-hot features); four inputs at a time halve the reads and writes of sums.
    let count = 0;
    for (let i = 0; i < inputs; i++) if (input[offset + i] !== 0) used[count++] = i;
    let k = 0;
    for (; k + 4 <= count; k += 4) {
      const [i0, i1, i2, i3] = [used[k], used[k + 1], used[k + 2], used[k + 3]];
      const x0 = input[offset + i0];
      const x1 = input[offset + i1];
      const x2 = input[offset + i2];
      const x3 = input[offset + i3];
      const [r0, r1, r2, r3] = [i0 * outputs, i1 * outputs, i2 * outputs, i3 * outputs];
      for (let o = 0; o < outputs; o++)
        sum[o] += x0 * w[r0 + o] + x1 * w[r1 + o] + x2 * w[r2 + o] + x3 * w[r3 + o];
    }
    for (; k < count; k++) {
      const x = input[offset + used[k]];
      const row = used[k] * outputs;
      for (let o = 0; o < outputs; o++) sum[o] += x * w[row + o];
    }
    out.set(sum, outOffset);
  };
}

/** The same stack for one row, in plain arrays. */
export function mlpRow(weights: Weights, name: string): RowFunction {
  const layers: RowFunction[] = [];
  const buffers: Float32Array[] = [];
  for (let k = 0; `${name}.${k}.w` in weights; k++) {
    layers.push(denseRow(weights, `${name}.${k}`));
    buffers.push(new Float32Array(weights[`${name}.${k}.b`].data.length));
  }
  const last = layers.length - 1;
  return (input, offset, out, outOffset) => {
    let x = input;
    let at = offset;
    for (let k = 0; k < last; k++) {
      const hidden = buffers[k];
      layers[k](x, at, hidden, 0);
      for (let h = 0; h < hidden.length; h++) if (hidden[h] < 0) hidden[h] = 0;
      x = hidden;
      at = 0;
    }
    layers[last](x, at, out, outOffset);
  };
}
