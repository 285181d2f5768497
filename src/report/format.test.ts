import { describe, expect, it } from 'vitest';
import {
  count,
  dollars,
  fixed,
  list,
  plural,
  pText,
  range,
  share,
  short,
  signed,
  withRange,
} from './format.ts';

describe('numbers in words', () => {
  it('writes signs that line up, and no negative zero', () => {
    expect([fixed(0.625), fixed(-0.054), fixed(-0.001), fixed(null), fixed(NaN)]).toEqual([
      '0.63',
      '−0.05',
      '0.00',
      'not estimable',
      'not estimable',
    ]);
    expect([signed(0.12), signed(-0.12), signed(0.001), signed(0)]).toEqual([
      '+0.12',
      '−0.12',
      '0.00',
      '0.00',
    ]);
  });

  it('writes intervals only with both ends', () => {
    expect(withRange(0.5, 0.4, 0.6)).toBe('0.50 [0.40, 0.60]');
    expect(withRange(0.5, null, 0.6)).toBe('0.50');
    expect(range(-0.2, 0.1, 2, signed)).toBe('[−0.20, +0.10]');
  });

  it('says "at most" where resamples can give no smaller p', () => {
    expect(pText(1 / 10_001, 1 / 10_001)).toBe('p ≤ 0.0001');
    expect(pText(2 / 10_001, 1 / 10_001)).toBe('p = 0.0002');
    expect([pText(0.5), pText(0.0312), pText(1e-12), pText(null)]).toEqual([
      'p = 0.50',
      'p = 0.031',
      'p < 0.0001',
      'p not estimable',
    ]);
  });

  it('never rounds a share to certainty', () => {
    expect([share(0.999), share(1), share(0.001), share(0), share(0.724)]).toEqual([
      '> 99%',
      '100%',
      '< 1%',
      '0%',
      '72%',
    ]);
  });

  it('groups digits and shortens sizes', () => {
    expect([count(5412), count(999), count(1_234_567)]).toEqual(['5,412', '999', '1.23 million']);
    expect([short(8e9), short(32_000), short(1e12), short(12)]).toEqual(['8B', '32k', '1T', '12']);
    expect([dollars(0.00314), dollars(12.4), dollars(0)]).toEqual(['$0.0031', '$12.40', '$0']);
    expect([plural(1, 'run'), plural(1200, 'run'), list(['a', 'b', 'c'])]).toEqual([
      '1 run',
      '1,200 runs',
      'a, b and c',
    ]);
  });
});
