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

  it('loses nothing of what is hostile and long', () => {
    for (const piece of ['"', '/*', "'\\", '1_']) {
      const code = piece.repeat(200_000);
      const parts = tokensOf(code).map(({ text }) => text);
      expect(parts.join('') === code).toBe(true);
    }
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
