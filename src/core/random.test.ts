import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type NamePart, randomStream } from './index.ts';

/** sfc32 and the hashing of names in whole numbers of any size, reduced after every operation: slow and plain. */
function referenceStream(name: readonly NamePart[]): () => number {
  const word = (x: bigint) => BigInt.asUintN(32, x);
  const times = (x: bigint, y: bigint) => word(x * y);
  let [a, b, c, d] = [0x9e3779b9n, 0x243f6a88n, 0xb7e15162n, 0xdeadbeefn];
  const absorb = (code: bigint) => {
    a = times(a ^ code, 0x85ebca6bn);
    b = times(b ^ code ^ (a >> 13n), 0xc2b2ae35n);
    c = times(c ^ code ^ (b >> 16n), 0x27d4eb2fn);
    d = times(d ^ code ^ (c >> 15n), 0x165667b1n);
    a ^= d >> 11n;
  };
  for (const part of name) {
    absorb(typeof part === 'number' ? 0x10001n : 0x10002n);
    const text = String(part);
    for (let k = 0; k < text.length; k++) absorb(BigInt(text.charCodeAt(k)));
    absorb(0x10000n + BigInt(text.length));
  }
  for (let round = 0n; round < 4n; round++) absorb(0x20000n + round);
  const next = () => {
    const t = word(a + b + d);
    d = word(d + 1n);
    a = b ^ (b >> 9n);
    b = word(c + (c << 3n));
    c = word((word(c << 21n) | (c >> 11n)) + t);
    return Number(t) / 2 ** 32;
  };
  for (let k = 0; k < 12; k++) next();
  return next;
}

const names = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.double()), { maxLength: 4 });

describe('randomStream', () => {
  it('is sfc32 from a hashed name', () => {
    fc.assert(
      fc.property(names, (name) => {
        const stream = randomStream(...name);
        const reference = referenceStream(name);
        for (let k = 0; k < 20; k++) expect(stream.next()).toBe(reference());
      }),
    );
  });

  it('keeps names apart, however they are split', () => {
    const first = [['a', 'b'], ['ab'], ['a', 'b', ''], [1], ['1'], ['b', 'a'], []].map((name) =>
      randomStream(...name).next(),
    );
    expect(new Set(first).size).toBe(first.length);
  });

  it('draws every value of a range equally often, and nothing else', () => {
    const stream = randomStream('uniform');
    const counts = new Array<number>(6).fill(0);
    for (let k = 0; k < 60_000; k++) counts[stream.integer(3, 8) - 3]++;
    // Chi-squared with 5 degrees of freedom: above 25.7 once in 10,000 times.
    const chi2 = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(counts).toHaveLength(6);
    expect(chi2).toBeLessThan(25.7);
  });

  it('draws categories in proportion to their weights, never one of weight 0', () => {
    const stream = randomStream('categorical');
    const counts = [0, 0, 0, 0];
    for (let k = 0; k < 40_000; k++) counts[stream.categorical([1, 0, 3, 0])]++;
    expect([counts[1], counts[3]]).toEqual([0, 0]);
    // 10,000 expected, standard deviation 87.
    expect(Math.abs(counts[0] - 10_000)).toBeLessThan(350);
    expect(() => stream.categorical([0, 0])).toThrow(RangeError);
    expect(() => stream.categorical([1, Number.NaN])).toThrow(RangeError);
  });
});
