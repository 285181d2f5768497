import { expect, it } from 'vitest';
import type { JudgeRequest } from '../../contracts/index.ts';
import { readVerdict, verdictOf } from './verdict.ts';

it.each([
  ['{"right": true}', true],
  ['It says "right": false first, but {"right":true}', true],
  ['{"right": false}', false],
  ['Yes.', true],
  ['**Incorrect**', false],
  ['Yes, but no.', undefined],
  ['{"right": "maybe"}', undefined],
  ['', undefined],
])('reads %j as %s', (text, verdict) => {
  expect(readVerdict(text)).toBe(verdict);
});

const about = { prefix: 'p', prompt: 'q', what: 'the question "two"' };
const says = (...texts: string[]) => {
  const asked: JudgeRequest[] = [];
  const ask = async (_: string, request: JudgeRequest) => {
    asked.push(request);
    return { text: texts[asked.length - 1], usage: {} };
  };
  return { asked, ask };
};

it('asks once more after nonsense, as another sample of the same question', async () => {
  const judge = says('Well…', '{"right": true}');
  expect(await verdictOf(judge, 'marker', about)).toBe(true);
  expect(judge.asked.map(({ sample = 0 }) => sample)).toEqual([0, 1]);
  expect(judge.asked[1].prompt).toBe(judge.asked[0].prompt);
});

it('takes nonsense twice for not judged, never for wrong', async () => {
  expect(await verdictOf(says('Hm.', '<think>'), 'marker', about)).toBeUndefined();
});
