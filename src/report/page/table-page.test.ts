import { expect, it } from 'vitest';
import { analyzeTable } from '../../analysis/index.ts';
import { tablePage } from './table-page.ts';

const hostile = '<img src=x onerror=alert(1)>';

function page(block?: readonly string[]): string {
  const rows = ['none', hostile].flatMap((strategy, i) =>
    ['x', 'y'].flatMap((task) =>
      [1, 2, 3, 4].map((seed) => `${strategy},${task},${seed},${i + 0.1 * seed * (i + 1)}`),
    ),
  );
  const results = analyzeTable(['strategy,task,seed,score', ...rows].join('\n'), 'mine.csv', {
    response: 'score',
    factors: ['strategy', 'task'],
    baselines: ['none'],
    resamples: 99,
    ...(block && { block, also: ['effects', 'mixed'] }),
  });
  return tablePage({ name: 'mine.csv', results, version: '0' });
}

it('has the figures, what was asked for, and everything as text, and runs nothing', () => {
  const own = page(['task', 'seed']);
  expect(own.match(/<svg/g)!.length).toBeGreaterThanOrEqual(3);
  for (const title of [
    'Verdicts against none',
    'score by task',
    'Standardised effects',
    'Mixed model',
    'All tests',
  ]) {
    expect(own).toContain(title);
  }
  expect(own).not.toContain('<img');
  expect(own).not.toContain('<script');
  expect(own).toContain('&lt;img');
});

it('shows the contrasts of a table without blocks', () => {
  const own = page();
  expect(own).toContain('strategy against none');
  expect(own).toContain('<svg');
});
