import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { randomStream } from '../core/index.ts';
import { addMlp, mlp, mlpRow } from './dense.ts';
import { floats, np, startEngine } from './engine.ts';
import { paramsFrom, type Weights } from './weights.ts';

beforeAll(() => startEngine());

it('computes a stack of layers by hand', () => {
  // x = (1, 2): hidden relu(1*1 + 2*(-1) + 0.5, 1*2 + 2*1 + 0) = relu(-0.5, 4) = (0, 4); out 4*3 + 1 = 13.
  const weights: Weights = {
    'n.0.w': { shape: [2, 2], data: Float32Array.of(1, 2, -1, 1) },
    'n.0.b': { shape: [2], data: Float32Array.of(0.5, 0) },
    'n.1.w': { shape: [2, 1], data: Float32Array.of(7, 3) },
    'n.1.b': { shape: [1], data: Float32Array.of(1) },
  };
  const out = new Float32Array(3);
  mlpRow(weights, 'n')(Float32Array.of(9, 1, 2), 1, out, 1);
  expect([...out]).toEqual([0, 13, 0]);
  expect([...floats(mlp(paramsFrom(weights), 'n', np.array([[1, 2]])))]).toEqual([13]);
});

it('gives the same values in plain arrays as in the engine', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 2, maxLength: 4 }),
      (seed, sizes) => {
        const stream = randomStream('dense', seed);
        const weights: Weights = {};
        addMlp(weights, 'net', sizes, stream);
        const x = Float32Array.from({ length: sizes[0] }, () => (stream.next() < 0.3 ? 0 : stream.normal()));
        const plain = new Float32Array(sizes[sizes.length - 1]);
        mlpRow(weights, 'net')(x, 0, plain, 0);
        const engine = floats(mlp(paramsFrom(weights), 'net', np.array(x).reshape([1, sizes[0]])));
        plain.forEach((y, k) => expect(Math.abs(y - engine[k])).toBeLessThan(1e-5 * (1 + Math.abs(y))));
      },
    ),
    { numRuns: 20, seed: 1 },
  );
});
