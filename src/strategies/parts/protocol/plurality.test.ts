import { expect, it } from 'vitest';
import { randomStream } from '../../../core/index.ts';
import { answerKey, plurality, textPlurality } from './plurality.ts';

const untouched = () => {
  throw new Error('there was no tie to decide');
};
const draw = (name: string, seed: number) => {
  const stream = randomStream(name, seed);
  return (tied: readonly string[]) => stream.pick(tied);
};

it('takes the most frequent, without a draw', () => {
  expect(plurality(['b', 'a', 'a'], (x) => x, untouched)).toBe('a');
  const [first, second] = [{ pick: 1 }, { pick: 1 }];
  expect(plurality([first, second], ({ pick }) => pick, untouched)).toBe(first);
});

it('draws ties evenly, whoever came first, and again the same from the same stream', () => {
  const drawn = Array.from({ length: 600 }, (_, k) =>
    plurality(['a', 'b', 'c', 'a', 'b'], (x) => x, draw('tie', k)),
  );
  expect(new Set(drawn)).toEqual(new Set(['a', 'b']));
  // 300 expected, standard deviation 12.2.
  expect(Math.abs(drawn.filter((x) => x === 'a').length - 300)).toBeLessThan(5 * 12.3);
  expect(plurality(['a', 'b'], (x) => x, draw('tie', 7))).toBe(
    plurality(['a', 'b'], (x) => x, draw('tie', 7)),
  );
});

it('takes equal texts for one, whatever their case, spaces and quotation marks', () => {
  expect(answerKey(' "Go  North."\n')).toBe('go north');
  expect(answerKey('-5')).not.toBe(answerKey('5'));
  expect(textPlurality(['far away', 'Yes.', 'yes'], (x) => x, untouched)).toBe('Yes.');
});

it('of texts that all differ takes the one in the middle', () => {
  const texts = ['zzzz qqqq', 'we go north now', 'we go north', 'let us go north'];
  expect(textPlurality(texts, (x) => x, untouched)).toBe('we go north');
});

it('draws between texts that are as near', () => {
  const drawn = new Set(
    Array.from({ length: 50 }, (_, k) => textPlurality(['ab', 'xy'], (x) => x, draw('tie', k))),
  );
  expect(drawn).toEqual(new Set(['ab', 'xy']));
});
