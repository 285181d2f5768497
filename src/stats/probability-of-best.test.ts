import { describe, expect, it } from 'vitest';
import { InputError, randomStream } from '../core/index.ts';
import { probabilityOfBest } from './probability-of-best.ts';

const stream = () => randomStream('test', 'best');

describe('probabilityOfBest', () => {
  it('two blocks that disagree: the odds of drawing one of them twice, ties shared', () => {
    // Draws of two: block 1 twice (1/4) -> a, block 2 twice (1/4) -> b, one each (1/2) -> a tie.
    // So a and b get 1/4 + 1/4 each. 20,000 resamples: standard error 0.0025 at most.
    const [a, b] = probabilityOfBest([[[1, 0], [0, 1]]], { stream: stream(), resamples: 20_000 }); // prettier-ignore
    expect(Math.abs(a - 0.5)).toBeLessThan(0.015);
    expect(a + b).toBeCloseTo(1, 12);
  });

  it('three blocks, one against two: by the binomial', () => {
    // Level b wins when block 3 (worth 3 to b) is drawn at least once, else a: 1 - (2/3)^3 = 19/27.
    const blocks = [[1, 0], [1, 0], [0, 3]]; // prettier-ignore
    const [, b] = probabilityOfBest([blocks], { stream: stream(), resamples: 20_000 });
    expect(Math.abs(b - 19 / 27)).toBeLessThan(0.015);
  });

  it('weighs groups equally, whatever their number of blocks', () => {
    const group = (n: number, row: number[]) => Array.from({ length: n }, () => row);
    expect(probabilityOfBest([group(50, [1, 0]), group(2, [0, 1.1])], { stream: stream() })).toEqual([0, 1]);
  });

  it('refuses nothing, unequal rows and what is not finite', () => {
    expect(() => probabilityOfBest([], { stream: stream() })).toThrow(InputError);
    expect(() => probabilityOfBest([[[1, 2], [1]]], { stream: stream() })).toThrow(
      /1 scores, the first has 2/,
    );
    expect(() => probabilityOfBest([[[1, NaN]]], { stream: stream() })).toThrow(/NaN/);
    expect(() => probabilityOfBest([[[1, 2]], []], { stream: stream() })).toThrow(/group 2/);
  });
});
