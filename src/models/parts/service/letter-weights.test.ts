import { describe, expect, it } from 'vitest';
import { isBlankToken, letterLogWeights, tempered } from './letter-weights.ts';

const letters = ['A', 'B', 'C'];
const of = (...pairs: [token: string, p: number][]) =>
  letterLogWeights(
    pairs.map(([token, p]) => ({ token, logprob: Math.log(p) })),
    letters,
  ).map(Math.exp);

describe('log-probabilities of letters', () => {
  it.each([
    'A',
    ' A',
    'A ',
    'ĠA',
    '▁A',
    'ĊA',
    '"A',
    "'A'",
    'A.',
    '**A',
    '(A)',
    'A:',
    'a',
    'Ａ',
    '<0x41>',
    '`A',
  ])('are those of the token %j', (token) => {
    expect(of([token, 0.75], ['B', 0.25])).toEqual(
      [0.75, 0.25, 0].map((p) => expect.closeTo(p, 12) as number),
    );
  });

  it.each(['AB', 'AA', 'A1', 'Action', 'Д', 'ĠAnn'])('are not those of the token %j', (token) => {
    expect(of([token, 0.75], ['B', 0.25])[0]).toBe(0);
  });

  it('add up over the tokens of a letter', () => {
    const [a, b, c] = of(['A', 0.3], ['ĠA', 0.2], ['a', 0.1], ['B', 0.15], ['"B', 0.05]);
    expect([a, b, c]).toEqual([expect.closeTo(0.6, 12), expect.closeTo(0.2, 12), 0]);
  });

  it('leave out candidates without a number', () => {
    const candidates = [
      { token: 'A', logprob: null as unknown as number },
      { token: 'A', logprob: Number.NaN },
      { token: 'B', logprob: -1 },
      { token: 'C', logprob: -9999 },
    ];
    expect(letterLogWeights(candidates, letters)).toEqual([-Infinity, -1, -9999]);
  });

  it('are compared even where their probabilities are too small for a number', () => {
    expect(tempered([-2000, -2000, -Infinity], 1)).toEqual([0.5, 0.5, 0]);
    expect(tempered([-Infinity, -Infinity], 1)).toBeUndefined();
  });

  it('are raised to 1/T', () => {
    // 0.8^2 : 0.2^2 = 16 : 1.
    expect(tempered([Math.log(0.8), Math.log(0.2)], 0.5)).toEqual([
      expect.closeTo(16 / 17),
      expect.closeTo(1 / 17),
    ]);
  });

  it('are behind tokens that say nothing', () => {
    expect([' ', 'Ġ', '▁', '"', '```', '\n', ''].every(isBlankToken)).toBe(true);
    expect(['A', 'ĠA', 'north'].some(isBlankToken)).toBe(false);
  });
});
