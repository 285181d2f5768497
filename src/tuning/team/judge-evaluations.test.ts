import { expect, it } from 'vitest';
import type { Evaluation } from './evaluate-team.ts';
import { judge } from './judge-evaluations.ts';

const at = (value: number, kept: number, elsewhere: readonly number[] = [1, 1]): Evaluation => ({
  ...{ return: value, standardError: 0.1, problems: 64, asked: [], example: [], elsewhere },
  measures: { kept, length: value },
});
const facts = {
  kept: { says: 'share of the facts that are kept', best: 'accuracy' },
  length: { says: 'long enough', rewarded: true },
} as const;
const judged = () => judge(['Ann', 'Bob'], at(1, 0.8), facts);

it('names an agent that adds nothing twice in a row, once', () => {
  const judging = judged();
  expect(judging.warnings(10, at(2, 0.8, [0.05, 1]))).toEqual([]);
  expect(judging.warnings(20, at(2, 0.8, [0.05, 1]))).toEqual([
    'Update 20: where Ann answers another problem the return loses 0.05. Ann adds next to nothing.',
  ]);
  expect(judging.warnings(30, at(2, 0.8, [0.05, 1]))).toEqual([]);
  const untrained = judged();
  for (const k of [0, 1, 2]) expect(untrained.warnings(k, at(1.1, 0.8, [0.01, 1]))).toEqual([]);
  const other = judged();
  for (const [k, lost] of [0, 1, 0, 1].entries())
    expect(other.warnings(k, at(2, 0.8, [lost, 1]))).toEqual([]);
});

it('names a reward that rises while what is not paid falls, and neither alone', () => {
  expect(judged().warnings(10, at(2, 0.7))).toEqual([
    'Update 10: the return has risen by 1.00, while what is not paid has fallen by 0.10: share of the facts that are kept. The reward may be hacked.',
  ]);
  expect(judged().warnings(10, at(1.2, 0.7))).toEqual([]);
  expect(judged().warnings(10, at(2, 0.78))).toEqual([]);
});
