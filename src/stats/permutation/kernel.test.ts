import { describe, expect, it } from 'vitest';
import { assembleKernel } from '../../../scripts/build-kernel.ts';
import { randomStream } from '../../core/random.ts';
import { inverseQuadraticForm } from '../symmetric.ts';
import { blockGenerator } from './generator.ts';
import { kernelBinary } from './kernel-binary.ts';
import { createKernel } from './kernel.ts';
import { quadraticForms } from './quadratic-forms.ts';

it('the committed binary is the assembled source', async () => {
  expect(await assembleKernel()).toBe(kernelBinary);
});

/** The kernel's shuffle in plain words, with exact integers. */
function slowShuffle(labels: number[], state: Int32Array): void {
  let [a, b, c, counter] = state;
  const draw = () => {
    const t = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + t) | 0;
    return BigInt(t >>> 0);
  };
  const two32 = 2n ** 32n;
  /** Uniform places below each of the ranges, from as few draws as it takes. */
  const places = (ranges: readonly number[]): number[] => {
    const product = ranges.reduce((p, range) => p * BigInt(range), 1n);
    for (;;) {
      let rest = draw();
      const found = ranges.map((range) => {
        const wide = rest * BigInt(range);
        rest = wide % two32;
        return Number(wide / two32);
      });
      if (rest >= product || rest >= two32 % product) return found;
    }
  };
  const swap = (i: number, j: number) => ([labels[i], labels[j]] = [labels[j], labels[i]]);
  let i = labels.length - 1;
  for (; i >= 65536; i--) swap(i, places([i + 1])[0]);
  for (; i > 0; i -= 2) {
    const [first, second] = places([i + 1, i]);
    swap(i, first);
    swap(i - 1, second);
  }
}

describe('shuffling and summing', () => {
  it.each([1, 2, 7, 1000, 70_001])(
    '%i rows: as the slow shuffle, every row added to its new label',
    (rows) => {
      const kernel = createKernel(rows * 60 + 10_000);
      const labels = kernel.labels(Uint16Array.from({ length: rows }, (_, i) => i % 5));
      const values = kernel.copy(Float64Array.from({ length: rows * 6 }, (_, k) => k % 11));
      const sums = kernel.doubles(30);
      const again = kernel.doubles(30);
      const state = kernel.integers(blockGenerator('kernel', rows));
      const expected = [...labels.values];
      slowShuffle(expected, state.values);
      kernel.run.shuffleAndSum(labels.at, rows, values.at, sums.at, state.at);
      expect([...labels.values]).toEqual(expected);
      const wanted = new Float64Array(30);
      expected.forEach((label, i) => {
        for (let t = 0; t < 6; t++) wanted[label * 6 + t] += values.values[i * 6 + t];
      });
      expect(sums.values).toEqual(wanted);
      kernel.run.sumByLabel(labels.at, rows, values.at, again.at);
      expect(again.values).toEqual(wanted);
    },
  );

  it('every order of four rows is equally likely', () => {
    const kernel = createKernel(1000);
    const labels = kernel.labels(Uint16Array.from([0, 1, 2, 3]));
    const values = kernel.doubles(24);
    const sums = kernel.doubles(24);
    const state = kernel.integers(blockGenerator('uniform', 1));
    const counts = new Map<string, number>();
    const draws = 48_000;
    for (let k = 0; k < draws; k++) {
      labels.values.set([0, 1, 2, 3]);
      kernel.run.shuffleAndSum(labels.at, 4, values.at, sums.at, state.at);
      const key = labels.values.join('');
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    let chiSquare = 0;
    for (const count of counts.values()) chiSquare += (count - draws / 24) ** 2 / (draws / 24);
    expect(counts.size).toBe(24);
    // 0.9999 quantile of chi-square with 23 degrees of freedom.
    expect(chiSquare).toBeLessThan(57.1);
  });
});

it('quadratic forms of four matrices at once are those of one at a time', () => {
  const stream = randomStream('quadratic-forms');
  const size = 5;
  const matrices = [0, 1, 2, 3].map((lane) => {
    const root = Array.from({ length: size }, () => Array.from({ length: size }, () => stream.normal()));
    // The last matrix is singular: its form is NaN, as for the slow one.
    if (lane === 3) root[4] = root[3];
    return root.map((a) => root.map((b) => a.reduce((s, x, k) => s + x * b[k], 0)));
  });
  const vectors = matrices.map(() => Array.from({ length: size }, () => stream.normal()));
  const packed = new Float64Array(((size * (size + 1)) / 2) * 4);
  const side = new Float64Array((size + 2) * 4);
  for (let lane = 0; lane < 4; lane++) {
    for (let i = 0; i < size; i++) {
      side[(i + 2) * 4 + lane] = vectors[lane][i];
      for (let j = 0; j <= i; j++) packed[((i * (i + 1)) / 2 + j) * 4 + lane] = matrices[lane][i][j];
    }
  }
  quadraticForms(packed, side, 8, size);
  for (let lane = 0; lane < 3; lane++) {
    const slow = inverseQuadraticForm(
      Float64Array.from(matrices[lane].flat()),
      Float64Array.from(vectors[lane]),
      size,
    );
    expect(Math.abs(packed[lane] / slow - 1)).toBeLessThan(1e-10);
  }
  expect(packed[3]).toBeNaN();
});
