import { expect, it } from 'vitest';
import { cosines, similarities } from './similarity.ts';

it('is the cosine of the counts of trigrams', () => {
  // ' ab ' has ' ab', 'ab '; ' abab ' has ' ab', 'aba', 'bab', 'ab ': 2 / (sqrt 2 * sqrt 4).
  const table = similarities(['ab', 'abab', 'xyz']);
  expect(table[0][1]).toBeCloseTo(2 / Math.sqrt(8), 12);
  expect(table[0][2]).toBe(0);
  expect(table.map((row, k) => row[k])).toEqual([1, 1, 1]);
  expect(table[1][0]).toBe(table[0][1]);
});

it('counts a trigram as often as it occurs', () => {
  // ' aaaa ': ' aa', 'aaa' twice, 'aa '; ' aa ': ' aa', 'aa '.
  expect(similarities(['aaaa', 'aa'])[0][1]).toBeCloseTo(2 / (Math.sqrt(6) * Math.sqrt(2)), 12);
});

it('does not see case, and takes any space for one', () => {
  expect(similarities(['Go  North\n', 'go north'])[0][1]).toBe(1);
});

it('takes an empty text for like another empty one, and like nothing else', () => {
  expect(similarities(['', ' ', 'a'])).toEqual([
    [1, 1, 0],
    [1, 1, 0],
    [0, 0, 1],
  ]);
});

it('of vectors is their cosine, whatever their length', () => {
  const table = cosines([
    Float32Array.of(3, 4),
    Float32Array.of(0, 2),
    Float32Array.of(-3, -4),
    Float32Array.of(0, 0),
  ]);
  expect(table[0][1]).toBeCloseTo(0.8, 12);
  expect(table[0][2]).toBe(-1);
  expect(table[3]).toEqual([0, 0, 0, 1]);
  expect(table[1][0]).toBe(table[0][1]);
});
