import { describe, expect, it } from 'vitest';
import { randomStream } from '../../core/index.ts';
import { Tokeniser } from '../../nn/index.ts';
import { batchNumbers, encodeCorpus, rowsOf } from './corpus.ts';

const tokeniser = new Tokeniser({ phrases: ['a', 'b', 'c', 'yes', 'no'] });
const source = Array.from({ length: 100 }, (_, k) => ({
  prompt: Array.from({ length: 1 + (k % 20) }, (_, w) => 'abc'[(k + w) % 3]).join(' '),
  actions: ['yes', 'no'],
  answer: k % 2 ? 'yes' : 'no',
}));
const corpus = encodeCorpus('a b', source, 64, tokeniser);

describe('a corpus', () => {
  it('holds the first demonstrations as tokens', () => {
    expect(corpus.answers).toHaveLength(64);
    expect(corpus.prefix).toEqual(tokeniser.encode('a b'));
    for (const k of [0, 7, 63]) {
      const ids = [...corpus.tokens.slice(corpus.starts[k], corpus.starts[k + 1])];
      expect(tokeniser.decode(ids)).toBe(source[k].prompt);
      expect(tokeniser.decode([corpus.answers[k]])).toBe(source[k].answer);
    }
    expect(corpus.starts[64]).toBe(corpus.tokens.length);
    const [yes, no] = ['yes', 'no'].map((word) => tokeniser.encode(word)[0]);
    expect([...corpus.choices.slice(corpus.choiceStarts[63], corpus.choiceStarts[64])]).toEqual([yes, no]);
  });

  it('refuses answers that are not one token, and sources that run dry', () => {
    expect(() =>
      encodeCorpus('', [{ prompt: 'a', actions: ['perhaps'], answer: 'perhaps' }], 1, tokeniser),
    ).toThrow('The action "perhaps" is not one token of the vocabulary.');
    expect(() => encodeCorpus('', source, 101, tokeniser)).toThrow('100 of 101');
  });

  it('gives rows padded on the right', () => {
    const rows = rowsOf(corpus, [2, 9]);
    expect(rows.columns).toBe(16);
    expect([...rows.lengths]).toEqual([3, 10]);
    expect([...rows.ids.slice(0, 16)]).toEqual([
      ...tokeniser.encode(source[2].prompt),
      ...new Array<number>(13).fill(0),
    ]);
    expect([...rows.answers]).toEqual([corpus.answers[2], corpus.answers[9]]);
  });

  it('is gone through once before anything comes again, the same way each time', () => {
    const take = (count: number) => {
      const batches = batchNumbers(corpus, 8, randomStream('batches'));
      return Array.from({ length: count }, () => [...(batches.next().value as Uint32Array)]);
    };
    const seen = take(16);
    for (const epoch of [seen.slice(0, 8), seen.slice(8)]) {
      expect(epoch.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 64 }, (_, k) => k));
    }
    expect(seen.slice(0, 8)).not.toEqual(seen.slice(8));
    expect(take(16)).toEqual(seen);
  });

  it('brings prompts of similar length together', () => {
    const batches = batchNumbers(corpus, 8, randomStream('lengths'));
    let padding = 0;
    for (let k = 0; k < 8; k++) {
      const lengths = [...(batches.next().value as Uint32Array)].map(
        (n) => corpus.starts[n + 1] - corpus.starts[n],
      );
      padding += lengths.reduce((sum, n) => sum + Math.max(...lengths) - n, 0) / 64;
    }
    // Random batches of lengths 1 to 20 would waste about 8 tokens a row.
    expect(padding).toBeLessThan(2);
  });
});
