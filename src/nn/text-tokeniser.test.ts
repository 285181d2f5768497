import { expect, it } from 'vitest';
import { piecesOf, TextTokeniser, textVocabulary } from './text-tokeniser.ts';

const programs = ['function aux(x) { return x % 2 === 0; }', 'function aux(x) { return x > 10; }'];
const prompts = ['You write aux. Which are even?\nNow.', 'You write aux. Which are odd?\nNow.'];
const vocabulary = textVocabulary({ texts: programs, merges: 6 }, { texts: prompts, merges: 8 });
const tokeniser = new TextTokeniser(vocabulary);

it.each([...programs, ...prompts, 'x=>x*x', 'Ünknown', '  two\n\n', ''])(
  'gives %j back, but for strange letters',
  (text) => {
    expect(tokeniser.decode(tokeniser.encode(text))).toBe(text.replace('Ü', '\ufffd'));
  },
);

it('joins what stands together often, and writes with its own tokens alone', () => {
  expect(tokeniser.encode(programs[0]).length).toBeLessThan(piecesOf(programs[0]).length);
  const written = tokeniser.encodeWritten(programs[1])!;
  expect(tokeniser.decode(written)).toBe(programs[1]);
  expect(Math.max(...written)).toBeLessThan(vocabulary.written);
  // "You" is only read.
  expect(tokeniser.encodeWritten('You write')).toBeUndefined();
});

it('writes as it learned to, whatever merges came later for reading', () => {
  const later = textVocabulary({ texts: programs, merges: 2 }, { texts: programs, merges: 30 });
  const own = new TextTokeniser(later);
  expect(own.encode(programs[0]).length).toBeLessThan(own.encodeWritten(programs[0])!.length);
});

it('ends where the end is', () => {
  expect(tokeniser.decode([...tokeniser.encode('x'), tokeniser.end, ...tokeniser.encode('y')])).toBe('x');
});

it('refuses merges of tokens that it does not have', () => {
  expect(() => new TextTokeniser({ tokens: ['a'], written: 4, merges: [['a', 'b']] })).toThrow('has not all');
});

// Fault 9 of the reference: a pad token that is the end token too cuts prompts where a template uses it.
it('never reads what fills up, or the end, in a text', () => {
  expect(tokeniser.padding).not.toBe(tokeniser.end);
  for (const id of tokeniser.encode('<pad> <end> <unknown>')) expect(id).toBeGreaterThan(2);
});
