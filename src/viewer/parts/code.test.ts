import { describe, expect, it } from 'vitest';
import { partsOf, tokensOf } from './code.tsx';

describe('code in colours', () => {
  it.each([
    'function main(xs) { return xs.map(x => x * 2); } // twice',
    'const s = "a \\" b"; /* never ends',
    'def main(xs):  # keeps\n    return [x for x in xs if x is not None]',
    '`${"nested"}` \'open',
    '<script>alert(1)</script> & "quotes"',
    '',
  ])('is the text that was written, in its order: %s', (code) => {
    const tokens = tokensOf(code);
    expect(tokens.map(({ text }) => text).join('')).toBe(code);
  });

  it('tells what is what', () => {
    const kinds = tokensOf('return "return" + 12; // return').filter(({ kind }) => kind !== 'plain');
    expect(kinds).toEqual([
      { kind: 'keyword', text: 'return' },
      { kind: 'string', text: '"return"' },
      { kind: 'number', text: '12' },
      { kind: 'comment', text: '// return' },
    ]);
  });

  it('takes time in proportion to its length', () => {
    const hostile = ['"'.repeat(20_000), '/*'.repeat(20_000), "'\\".repeat(20_000), '1_'.repeat(20_000)];
    const start = performance.now();
    for (const code of hostile) tokensOf(code);
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});

it('finds the code of a text in its fences, or takes all of it for code where that was asked for', () => {
  expect(partsOf('Here:\n```js\nf()\n```\nIt works.', false)).toEqual([
    { code: false, text: 'Here:' },
    { code: true, text: 'f()' },
    { code: false, text: 'It works.' },
  ]);
  expect(partsOf('```\nf()', true)).toEqual([{ code: true, text: 'f()' }]);
  expect(partsOf('f()', true)).toEqual([{ code: true, text: 'f()' }]);
  expect(partsOf('f()', false)).toEqual([{ code: false, text: 'f()' }]);
});
