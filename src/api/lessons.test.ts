import { expect, it } from 'vitest';
import { coverage, pairProgramming } from '../tasks/index.ts';
import { lessonsOf } from './lessons.ts';

it('are the task in one turn, in two, and so on, and there are none of a task that has one', () => {
  const options = pairProgramming.optionsSchema.parse({ turns: 3 });
  expect(lessonsOf(pairProgramming, options).map(({ horizon }) => horizon)).toEqual([1, 2, 3]);
  expect(() => lessonsOf(pairProgramming, { ...options, turns: 1 })).toThrow(
    'the task "pair-programming" has one turn here. Give it more: `--param turns=2`.',
  );
  expect(() => lessonsOf(coverage, coverage.optionsSchema.parse({}))).toThrow('has no option `turns`');
});
