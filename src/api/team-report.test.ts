import { expect, it } from 'vitest';
import type { Evaluation, UpdateLine } from '../tuning/team/index.ts';
import { teamReport, verdictOf } from './team-report.ts';
import type { TrainedWriters } from './trained-writers.ts';

const at = (value: number, solved: number, example: string): Evaluation => ({
  ...{ return: value, standardError: 0.1, problems: 200, measures: { solved } },
  ...{ asked: ['You write aux.'], example: [example] },
});
const first = at(1.5, 0.04, 'before');
const best = at(3.5, 0.9, '# not a heading\n\u202egnp');
const trained = {
  ...{ strategy: 'magrpo', task: 'pair-programming', seed: 2, agents: [{ name: 'Ann' }] },
  ...{ first, best: { update: 20, return: 3.4 }, test: { first, last: best, best } },
  contributions: [{ agent: 'Ann', silent: 1.25, elsewhere: 0.5 }],
} as unknown as TrainedWriters;
const health = { entropy: [1], distinct: [1], flat: 0, gradientNorm: [1], samplerGap: 0 };
const line = (update: number, validation?: Evaluation): UpdateLine => ({
  ...{ update, return: 2, jointEvaluations: 128 * update, tokens: 2000 * update, health, warnings: [] },
  ...(validation && { validation }),
});

it('says in one sentence what training was worth', () => {
  expect(verdictOf(trained, ['solved'])).toBe(
    'Training raised the mean return on 200 problems of the split `test`: 1.50 before, 3.50 with the version of update 20 (difference 2.00, standard error 0.14); `solved` from 0.04 to 0.90.',
  );
  const same = { ...trained, test: { first, last: first, best: at(1.6, 0, '') } };
  expect(verdictOf(same, [])).toContain('made no sure difference to the mean return');
});

it('draws the curve over joint answers and processor seconds, and shows texts that are no markup', () => {
  const lines = [line(10), line(20, at(3.4, 0.8, ''))];
  const report = teamReport(trained, lines, [{ update: 20, cpuSeconds: 31.4 }], ['solved']);
  expect(report).toContain('| 0 | 0 | 0 |  | 1.50 (0.10) |  | 0.04 |');
  expect(report).toContain('| 20 | 2560 | 40000 | 31.4 | 3.40 (0.10) | ████████████████████ | 0.80 |');
  expect(report).not.toContain('| 10 |');
  expect(report).toContain(
    'Without the text of Ann the return falls by 1.25; with its text about another problem, by 0.50.',
  );
  expect(report).toContain('    # not a heading\n    ⟨U+202E⟩gnp');
  expect(report.split('\n').filter((text) => text.startsWith('#'))).toHaveLength(4);
});
