import { describe, expect, it } from 'vitest';
import { InputError } from '../core/index.ts';
import { paretoFront } from './pareto-front.ts';

describe('paretoFront', () => {
  it('keeps what no other option beats on both sides', () => {
    expect(paretoFront([0.5, 0.6, 0.4, 0.6], [10, 20, 30, 25])).toEqual([true, true, false, false]);
  });

  it('keeps twins, and drops the dearer of two equals', () => {
    expect(paretoFront([1, 1], [2, 2])).toEqual([true, true]);
    expect(paretoFront([1, 1], [2, 3])).toEqual([true, false]);
  });

  it('refuses NaN and unpaired costs', () => {
    expect(() => paretoFront([NaN], [1])).toThrow(InputError);
    expect(() => paretoFront([1, 2], [1])).toThrow(InputError);
  });
});
