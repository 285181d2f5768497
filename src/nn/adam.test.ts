import { beforeAll, expect, it } from 'vitest';
import { adamRate, adamStep, type Moments, type Params, zeroMoments } from './adam.ts';
import { floats, np, startEngine } from './engine.ts';

beforeAll(() => startEngine());

/** Adam by the book, in float64, with the bias corrections where Kingma and Ba put them. */
function slowAdam(p: number[], gradients: number[][], rate: number, clip = Infinity) {
  const m = p.map(() => 0);
  const v = p.map(() => 0);
  let x = [...p];
  gradients.forEach((raw, k) => {
    const norm = Math.hypot(...raw);
    const g = raw.map((y) => (norm > clip ? (y * clip) / norm : y));
    const t = k + 1;
    x = x.map((y, i) => {
      m[i] = 0.9 * m[i] + 0.1 * g[i];
      v[i] = 0.99 * v[i] + 0.01 * g[i] * g[i];
      return y - (rate * (m[i] / (1 - 0.9 ** t))) / Math.sqrt(v[i] / (1 - 0.99 ** t));
    });
  });
  return x;
}

function run(p: number[], gradients: number[][], rate: number, clipNorm?: number): number[] {
  // The parameters are split over two arrays, so that the clipping must look at both.
  const split = (x: number[]): Params => ({ a: np.array(x.slice(0, 2)), b: np.array(x.slice(2)) });
  let params = split(p);
  let moments: Moments = zeroMoments(params);
  gradients.forEach((g, k) => {
    const options = { epsilon: 1e-12, clipNorm };
    ({ params, moments } = adamStep(params, split(g), moments, np.array(adamRate(rate, k + 1)), options));
  });
  return [...floats(params.a), ...floats(params.b)];
}

const start = [1, -2, 0.5];
const gradients = [
  [0.3, -4, 0.01],
  [1, 2, 3],
  [-20, 0.1, 0.5],
];

it('takes the steps of the published rule', () => {
  const expected = slowAdam(start, gradients, 0.1);
  run(start, gradients, 0.1).forEach((x, k) => expect(x).toBeCloseTo(expected[k], 5));
});

it('clips by the norm over all parameters', () => {
  const expected = slowAdam(start, gradients, 0.1, 2);
  run(start, gradients, 0.1, 2).forEach((x, k) => expect(x).toBeCloseTo(expected[k], 5));
  // Without clipping the steps differ, so the comparison means something.
  expect(Math.abs(slowAdam(start, gradients, 0.1)[1] - expected[1])).toBeGreaterThan(1e-3);
});

it('moves by the learning rate at first, whatever the size of the gradient', () => {
  run(start, [[1e-3, 5, -7]], 0.01).forEach((x, k) =>
    expect(x).toBeCloseTo(start[k] - 0.01 * [1, 1, -1][k], 5),
  );
});
