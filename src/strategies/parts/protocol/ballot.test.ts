import { expect, it } from 'vitest';
import { actionNamed, agentsNamed, occurs } from './ballot.ts';

const words = ['vote red', 'vote blue', 'start 1', 'start 12', 'stay'];
const all = [0, 1, 2, 3, 4];

it.each([
  ['Vote red.', 0],
  ['I would vote blue, for the clues.', 1],
  ['start 12', 3],
  ['start 1', 2],
  ['Let us stay!', 4],
  ['vote red or vote blue', undefined],
  ['nothing', undefined],
  ['', undefined],
  ['staying', undefined],
])('%j names action %s', (text, action) => expect(actionNamed(text, all, words)).toBe(action));

it('names nothing that is not offered', () => expect(actionNamed('stay', [0, 1], words)).toBeUndefined());

it('takes a longer name for the one meant, not the shorter one in it', () => {
  expect(actionNamed('go far now', [0, 1], ['go', 'go far'])).toBe(1);
});

it('takes a letter for an answer where it is written as one', () => {
  const letters = ['A', 'B', 'C'];
  for (const text of ['b', 'B.', 'It is B, a sea.', 'I choose (B)', 'Answer: B'])
    expect(actionNamed(text, [0, 1, 2], letters), text).toBe(1);
  for (const text of ['a lake', 'B or C', 'be'])
    expect(actionNamed(text, [0, 1, 2], letters), text).toBeUndefined();
});

it('finds whole words, in any script, at any place', () => {
  expect(occurs('ann', 'anna and ann')).toBe(true);
  expect(occurs('ann', 'anna')).toBe(false);
  expect(occurs('ann', 'joann')).toBe(false);
  expect(occurs('рыба', 'вот рыба.')).toBe(true);
  expect(occurs('', 'anything')).toBe(false);
});

it('reads which agents a text names, as whole words and in the order of the team', () => {
  const names = ['Ann', 'Agent 1', 'Agent 12'];
  expect(agentsNamed('Best: agent 12, then ANN.', names)).toEqual([0, 2]);
  expect(agentsNamed('Anna was best', names)).toEqual([]);
});
