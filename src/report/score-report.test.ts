import { expect, it } from 'vitest';
import type { ScoreTable } from '../analysis/index.ts';
import { scoreReport } from './score-report.ts';

const hostile = '<script>alert(1)</script>"\'&';
const cell = {
  factors: {},
  n: 3,
  mean: 0.5,
  low: 0.4,
  high: 0.6,
  planned: 3,
  missing: {},
  unparsable: 0,
  decisions: 9,
};

function report(table: ScoreTable): string {
  return scoreReport({
    study: { name: hostile, definition: { seeds: [0, 1, 2], episodes: 1, note: hostile }, runs: [] },
    table,
    completed: 3,
    failed: 0,
    command: hostile,
    version: '0.0.0',
  });
}

it('shows every cell with its interval, and says what is missing instead of a number', () => {
  const html = report({
    tasks: ['coverage', 'foraging'],
    cells: [
      { ...cell, model: 'm', strategy: 'none', task: 'coverage' },
      {
        ...cell,
        model: 'm',
        strategy: 'none',
        task: 'foraging',
        n: 0,
        missing: { 'provider-failure': 2 },
        mean: undefined,
        low: undefined,
        high: undefined,
      },
    ],
  });
  expect(html).toContain('<td>0.50 [0.40, 0.60]</td>');
  expect(html).toContain('<td>not estimable (2 of 3 runs so far, 2 could not finish)</td>');
});

it('writes names, options and commands as text, never as markup', () => {
  const html = report({
    tasks: [hostile],
    cells: [{ ...cell, model: hostile, strategy: hostile, task: hostile }],
  });
  expect(html).not.toContain('<script');
  expect(html.match(/&lt;script&gt;/g)?.length).toBeGreaterThanOrEqual(6);
});

it('loads nothing from anywhere', () => {
  const html = report({ tasks: [], cells: [] });
  expect(html).not.toMatch(/\b(?:src|href)=/);
  expect(html).toContain("default-src 'none'");
});
