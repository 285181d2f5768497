import { expect, it } from 'vitest';
import { randomStream } from '../../core/index.ts';
import { signFlipCheck } from './flip-check.ts';

const check = (rows: readonly number[][]) => signFlipCheck(rows, randomStream('flips'));

it('counts sign vectors by hand', () => {
  // Three blocks, four sign patterns up to a common sign: sums of (1, 2, 3) are 6, 4, 2, 0 in size.
  expect(check([[1, 2, 3]])).toEqual([1 / 4]);
  expect(check([[1, -2, 3]])).toEqual([3 / 4]);
  expect(check([[0, 0, 0]])).toEqual([1]);
  // The blocks of both rows flip together, so the second row repeats the first.
  expect(check([[1, 2, 3], [1, 2, 3]])).toEqual([1 / 4, 1 / 4]); // prettier-ignore
  // Rows of unlike signs: (1, 1) reaches its top in one of two patterns, (1, -1) in the other.
  expect(check([[1, 1], [1, -1]])).toEqual([1, 1]); // prettier-ignore
});

it('leaves out blocks without a difference, and has exact p as small as 2^(1 - blocks)', () => {
  expect(check([[1, 2, NaN, 3]])).toEqual([1 / 4]);
  expect(check([new Array<number>(10).fill(1)])).toEqual([2 ** -9]);
  const [p] = check([new Array<number>(40).fill(1)]);
  expect(p).toBeCloseTo(1 / 4097, 6);
});
