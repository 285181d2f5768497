import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { disarmed } from './formulas.ts';

describe('disarmed', () => {
  const before = [
    '',
    ' ',
    '  ',
    '\t',
    '\n',
    '\r\n',
    '\u00a0',
    '\u200b',
    '\ufeff',
    '\u2060',
    '\u3000',
    '\u00ad',
  ];
  const more = ['\u2028', '\u3164', '\u202e', '\u0000', '\u0085', '\u2800', '"', '""', '\u201c', ';', '; '];
  const signs = ['=', '+', '-', '@', '|', '%', '\uff1d', '\uff0b', '\uff0d', '\uff20', '\ufe66', '\uff5c'];

  it('puts an apostrophe first, whatever stands before the sign that a spreadsheet looks for', () => {
    for (const lead of [...before, ...more])
      for (const other of before)
        for (const sign of signs)
          expect(disarmed(`${lead}${other}${sign}1+1`), JSON.stringify([lead, other, sign])).toMatch(/^'/);
  });

  it.each([
    ['a;=1+1', "a;'=1+1"],
    ['a; \u200b=1+1', "a;' \u200b=1+1"],
    [';=1', "';'=1"],
    ['x\n=cmd|A0', "x\n'=cmd|A0"],
    ['x\r\n\r\n@y', "x\r\n\r\n'@y"],
    ['one;two;-3', "one;two;'-3"],
  ])('where ";" separates cells, a cell also begins inside a text: %j', (text, safe) => {
    expect(disarmed(text)).toBe(safe);
  });

  it.each([
    '',
    'a=1',
    'go north - then east',
    '5 - 3',
    "'=1",
    '[-1,"x"]',
    'a, =1',
    '1;2',
    'e-mail me@x',
    '\u22121',
  ])('leaves other text as it is: %j', (text) => {
    expect(disarmed(text)).toBe(text);
  });

  it('only ever adds apostrophes, and what is disarmed stays so', () => {
    const text = fc.string({ unit: fc.constantFrom('=', '-', ';', '\n', ' ', '"', 'a', '\u200b', ',') });
    fc.assert(
      fc.property(text, (t) => {
        expect(disarmed(t).replaceAll("'", '')).toBe(t);
        expect(disarmed(disarmed(t))).toBe(disarmed(t));
      }),
    );
  });

  it('takes time in proportion to the text', () => {
    // A quadratic search would take hours here.
    expect(disarmed(`${';'.repeat(1e6)}a`)).toHaveLength(1e6 + 1);
    expect(disarmed(`x;${' '.repeat(1e6)}a`)).toHaveLength(1e6 + 3);
  });
});
