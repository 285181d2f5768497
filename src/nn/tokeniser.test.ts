import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../core/index.ts';
import { Tokeniser } from './tokeniser.ts';
import { segmentsOf, unitsOf } from './units.ts';

const tokeniser = new Tokeniser({
  phrases: [
    'Beacon 1',
    'Beacon 1 is',
    'is',
    'is 1',
    '2 north',
    '1 east',
    'north',
    'east',
    'You',
    'You are',
    'set red',
  ],
});
const words = (text: string) => tokeniser.encode(text).map((id) => tokeniser.decode([id]));

describe('units of a text', () => {
  it.each([
    ['Beacon 1 is 3 north 2 east', ['Beacon 1', 'is', '3 north', '2 east']],
    ['Step 2 of 12', ['Step 2', 'of 12']],
    ['worth 8', ['worth 8']],
    ['start 1 or 4', ['start 1', 'or 4']],
    ['level 3 is 1 south', ['level 3', 'is', '1 south']],
    ['blue -2', ['blue -2']],
    ['7 by 7 grid', ['7', 'by', '7 grid']],
    ['1 2 3', ['1', '2', '3']],
  ])('%s', (text, units) => {
    expect(unitsOf(segmentsOf(text)[0]).map(({ phrase }) => phrase)).toEqual(units);
  });

  it('end at punctuation', () => {
    expect(segmentsOf('Ready: 3 red, 2 blue; (late). Choose!')).toEqual([
      ['Ready'],
      ['3', 'red'],
      ['2', 'blue'],
      ['late'],
      ['Choose'],
    ]);
    expect(segmentsOf(' \n . ')).toEqual([]);
  });
});

describe('the tokeniser', () => {
  it('takes the longest phrase, and never breaks a number from its word', () => {
    // "is 1" is a phrase, but here the 1 counts easts.
    expect(words('Beacon 1 is 2 north 1 east.')).toEqual(['Beacon 1 is', '2 north', '1 east']);
    expect(words('You are. You')).toEqual(['You are', 'You']);
    expect(words('You is 1 east')).toEqual(['You', 'is', '1 east']);
  });

  it('does not join phrases across punctuation', () => {
    expect(words('Beacon 1. is, 2 north')).toEqual(['Beacon 1', 'is', '2 north']);
  });

  it('spells words that it does not know, and reads them back', () => {
    const ids = tokeniser.encode('You Café-9x');
    expect(tokeniser.decode(ids)).toBe('You Café-9x');
    // <word>, <capital> c a f, é as two bytes of three tokens, - as three, 9 x.
    expect(ids.length).toBe(1 + 1 + 1 + 3 + 6 + 3 + 2);
    expect(ids.every((id) => id < tokeniser.size)).toBe(true);
  });

  it('closes an answer of several tokens with the end token', () => {
    expect(tokeniser.encodeAnswer('set red')).toEqual(tokeniser.encode('set red'));
    expect(tokeniser.encodeAnswer('north east')).toEqual([...tokeniser.encode('north east'), tokeniser.end]);
    expect(tokeniser.encodeAnswer('jump').at(-1)).toBe(tokeniser.end);
  });

  it('gives any text of plain words back', () => {
    const word = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 6 })
      .map((w) => w.replace(/[\s.,:;!?()"]/gu, 'x'));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (list) => {
        expect(tokeniser.decode(tokeniser.encode(list.join(' ')))).toBe(list.join(' '));
      }),
    );
  });

  it('is empty for a text without words', () => {
    expect(tokeniser.encode(' ... ')).toEqual([]);
    expect(tokeniser.decode([])).toBe('');
  });

  it.each([[['a', 'a']], [['a  b']], [['']], [['a, b']]])('refuses the vocabulary %j', (phrases) => {
    expect(() => new Tokeniser({ phrases })).toThrow(InputError);
  });
});
