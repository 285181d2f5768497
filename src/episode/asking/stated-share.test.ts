import { describe, expect, it } from 'vitest';
import { statedShare } from './stated-share.ts';

describe('a stated share is', () => {
  it.each<[text: unknown, share: number]>([
    ['0.9', 0.9],
    ['.9', 0.9],
    ['0,9', 0.9],
    [',9', 0.9],
    ['1.000', 1],
    ['1.', 1],
    ['0', 0],
    ['9/10', 0.9],
    ['9 / 10', 0.9],
    ['0.9/1', 0.9],
    ['9 out of 10', 0.9],
    ['9 of 10 times', 0.9],
    ['½', 0.5],
    ['90%', 0.9],
    ['90 %', 0.9],
    ['90\u202f%', 0.9],
    ['90 percent', 0.9],
    ['95,5 %', 0.955],
    ['95.125', 0.95125],
    ['1 %', 0.01],
    ['0.9%', 0.009],
    ['90', 0.9],
    ['100', 1],
    ['1e-7', 1e-7],
    ['1E−7', 1e-7],
    ['3.5e-1', 0.35],
    ['+0.9', 0.9],
    ['"0.9"', 0.9],
    ['**0.9**', 0.9],
    ['~0.9', 0.9],
    ['0.9.', 0.9],
    ['0,9}', 0.9],
    ['0.9 (high)', 0.9],
    ['0.9, because Beacon 1 is near', 0.9],
    ['0.7 (on a scale from 0 to 1)', 0.7],
    ['about 0.7', 0.7],
    ['I am 70% sure', 0.7],
    ['low (0.2)', 0.2],
    ['٠٫٩', 0.9],
    ['٩٠٪', 0.9],
    ['०.९', 0.9],
    ['０．９', 0.9],
    ['９０％', 0.9],
    ['𝟘.𝟡', 0.9],
    [0.3, 0.3],
    [1e-7, 1e-7],
    [85, 0.85],
  ])('%j read as %d', (text, share) => {
    expect(statedShare(text)).toBeCloseTo(share, 12);
  });

  it.each<[text: unknown]>([
    [''],
    ['high'],
    ['low'],
    ['nine tenths'],
    ['三成'],
    ['NaN'],
    ['Infinity'],
    ['-'],
    ['-0.5'],
    ['-0'],
    ['250'],
    ['11/10'],
    ['9/0'],
    ['7'],
    ['1.5'],
    ['1,000'],
    ['1 000'],
    ['0, 9'],
    ['0.9.5'],
    ['1/2/3'],
    ['0.8-0.9'],
    ['0.8 to 0.9'],
    ['0.8 – 0.9'],
    ['0.8 ± 0.1'],
    ['0.9 0.1'],
    ['1 × 10^-7'],
    ['1x10-7'],
    ['0x1'],
    ['0.9f'],
    ['1_0'],
    ['> 0.9'],
    ['at least 0.9'],
    ['less than 0.5'],
    ['between 0.5 and 0.6'],
    ['agent1'],
    ['1e400'],
    [-0.5],
    [-0],
    [Number.NaN],
    [true],
    [null],
    [['0.9']],
  ])('not read from %j', (text) => {
    expect(statedShare(text)).toBeUndefined();
  });

  it('read in the digits of every script that Unicode has', () => {
    let before = 0;
    for (let code = 0; code <= 0x10ffff; code++) {
      const digit = String.fromCodePoint(code);
      if (!/\p{Nd}/u.test(digit)) continue;
      // Unicode lists ten digits of each script, one after the other.
      expect(statedShare(`0.${digit}`), code.toString(16)).toBe((before++ % 10) / 10);
    }
    expect(before).toBeGreaterThan(600);
  });
});
