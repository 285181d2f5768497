import { describe, expect, it } from 'vitest';
import { analyzeTable } from './analyze-table.ts';
import { whatToUse } from './recommendations.ts';
import { renderResults } from './render-text.ts';
import { madeStudy, type MadeStudy } from '../../test/support/test-table.ts';
import type { PlaceVerdicts, Verdict } from './verdict-results.ts';

const request = {
  response: 'score',
  factors: ['strategy', 'model', 'task'],
  block: ['task', 'seed'],
  baselines: ['none', 'independent'],
  resamples: 99,
};

/** vdn gains 0.2 on dense tasks, where it costs twice the tokens; talking about it only harms. */
const study: MadeStudy = {
  strategies: ['none', 'independent', 'vdn'],
  models: ['m1', 'm2'],
  tasks: ['dense', 'talk'],
  seeds: 10,
  mean: (strategy, _model, task) => 0.5 + (strategy === 'vdn' ? (task === 'dense' ? 0.2 : -0.1) : 0),
};

/** Adds tokens and dollars per run: 100 for each letter of the strategy, a tenth of them output. */
function withUsage(csv: string): string {
  return csv
    .split('\n')
    .map((line, i) => {
      const tokens = 100 * line.split(',')[0].length;
      return i === 0 ? `${line},inputTokens,outputTokens` : `${line},${0.9 * tokens},${0.1 * tokens}`;
    })
    .join('\n');
}

const results = analyzeTable(withUsage(madeStudy(study)), 'made.csv', request);
const at = (place: object) =>
  results.recommendations.find((r) => JSON.stringify(r.at) === JSON.stringify(place))!;

describe('recommendations', () => {
  it('cover everything, each level of the other factors, and each pair', () => {
    expect(results.recommendations.map((r) => r.at)).toEqual([
      {},
      { model: 'm1' },
      { model: 'm2' },
      { task: 'dense' },
      { task: 'talk' },
      { model: 'm1', task: 'dense' },
      { model: 'm1', task: 'talk' },
      { model: 'm2', task: 'dense' },
      { model: 'm2', task: 'talk' },
    ]);
    // The pairs are the finest places here, so none is listed twice.
    expect(results.verdicts[0].places).toHaveLength(4);
  });

  it('use what has a gain that is shown, and keep the baseline elsewhere', () => {
    expect(at({ model: 'm1', task: 'dense' })).toMatchObject({
      use: 'vdn',
      because: 'gain shown',
      guess: 'vdn',
      role: 'verdicts',
      leftOut: [],
    });
    // vdn costs 0.1 on talk: it is no candidate there, whatever else is as good as none.
    const talk = at({ model: 'm1', task: 'talk' });
    expect(['none', 'independent']).toContain(talk.use);
    expect(talk.because).not.toBe('gain shown');
    expect(at({}).role).toBe('exploratory');
  });

  it('say how probable it is that a level is the best, where tasks can be pooled', () => {
    const share = (place: object, level: string) =>
      at(place).levels.find((own) => own.level === level)!.probabilityBest!;
    expect(share({ task: 'dense' }, 'vdn')).toBeGreaterThan(0.95);
    expect(share({ task: 'talk' }, 'vdn')).toBeLessThan(0.05);
    for (const { levels } of results.recommendations) {
      expect(levels.reduce((sum, { probabilityBest }) => sum + probabilityBest!, 0)).toBeCloseTo(1, 12);
    }
  });

  it('say no probability of a single task', () => {
    const alone = analyzeTable(madeStudy({ ...study, tasks: ['dense'], models: ['m1'] }), 'made.csv', {
      ...request,
      factors: ['strategy'],
    });
    const [only] = alone.recommendations;
    expect(only).toMatchObject({ at: {}, role: 'verdicts', use: 'vdn' });
    expect(only.levels.every(({ probabilityBest }) => probabilityBest === null)).toBe(true);
    expect(renderResults(alone)).not.toContain('P(best)');
  });

  it('leave out a level that has no run in some cell, by name', () => {
    const missing: MadeStudy['missing'] = (s, m, t) =>
      s === 'vdn' && m === 'm2' && t === 'dense' ? 'truncated' : undefined;
    const part = analyzeTable(madeStudy({ ...study, missing }), 'made.csv', request);
    const find = (place: object) =>
      part.recommendations.find((r) => JSON.stringify(r.at) === JSON.stringify(place))!;
    expect(find({ task: 'dense' })).toMatchObject({ leftOut: ['vdn'] });
    expect(find({ model: 'm1', task: 'dense' })).toMatchObject({ use: 'vdn', leftOut: [] });
  });

  it('survive a few missing runs, and say how many blocks a verdict rests on', () => {
    const missing: MadeStudy['missing'] = (s, m, _t, seed) =>
      s === 'vdn' && m === 'm2' && seed < 3 ? 'truncated' : undefined;
    const part = analyzeTable(madeStudy({ ...study, missing }), 'made.csv', request);
    const place = part.verdicts[0].places.find(({ at: own }) => own.model === 'm2' && own.task === 'dense')!;
    expect(place.verdicts.find(({ level }) => level === 'vdn')).toMatchObject({
      blocks: 7,
      plannedBlocks: 10,
    });
    expect(renderResults(part)).toMatch(/vdn - none +model m2, task dense.* 7 of 10 +gain shown/);
  });
});

describe('whatToUse: the order of the rule', () => {
  const line = (level: string, change: Partial<Verdict> = {}): Verdict => ({
    level,
    estimate: 0,
    low: -1,
    high: 1,
    p: 1,
    adjustedP: 1,
    shown: 'not shown',
    asGood: false,
    equivalenceP: 1,
    signFlipP: 1,
    blocks: 10,
    plannedBlocks: 10,
    ...change,
  });
  const place = (...verdicts: Verdict[]): PlaceVerdicts => ({
    at: {},
    margin: 0.1,
    allAsGood: false,
    verdicts,
  });
  const price = (prices: Record<string, number>) => (level: string) => prices[level] as number | undefined;
  const free = price({});

  it('a gain that is shown, the largest of several', () => {
    const verdicts = place(
      line('a', { shown: 'gain shown', estimate: 0.2, asGood: true }),
      line('b', { shown: 'gain shown', estimate: 0.3 }),
      line('c', { asGood: true }),
    );
    expect(whatToUse('none', verdicts, free)).toEqual({ use: 'b', because: 'gain shown' });
  });

  it('else the cheapest of those as good as the baseline, and the baseline itself among equals', () => {
    const verdicts = place(line('a', { asGood: true }), line('b', { asGood: true }), line('c'));
    const use = (prices: Record<string, number>) => whatToUse('none', verdicts, price(prices));
    expect(use({ none: 3, a: 2, b: 1, c: 0 })).toEqual({ use: 'b', because: 'as good as' });
    expect(use({ none: 1, a: 1, b: 1 })).toEqual({ use: 'none', because: 'as good as' });
    expect(use({ a: 0, b: 0 })).toEqual({ use: 'none', because: 'as good as' });
  });

  it('never what is shown to harm, however little', () => {
    const verdicts = place(line('a', { asGood: true, shown: 'harm shown', estimate: -0.02 }));
    expect(whatToUse('none', verdicts, price({ none: 9, a: 1 }))).toEqual({
      use: 'none',
      because: 'no gain is shown',
    });
  });

  it('else the baseline; nothing without a verdict or a baseline', () => {
    expect(whatToUse('none', place(line('a')), free)).toEqual({ use: 'none', because: 'no gain is shown' });
    const silent = place(line('a', { shown: null, reason: 'nobody could read it' }));
    expect(whatToUse('none', silent, free)).toMatchObject({
      use: null,
      reason: 'no verdict: nobody could read it',
    });
    expect(whatToUse(undefined, silent, free)).toMatchObject({ use: null, because: null });
  });
});

describe('cell means', () => {
  it('of every factor and pair, with intervals; those for comparisons are narrower', () => {
    expect(results.cellMeans.map(({ factors }) => factors.join(':'))).toEqual([
      'strategy',
      'model',
      'task',
      'strategy:model',
      'strategy:task',
      'model:task',
    ]);
    const cells = results.cellMeans.find(({ factors }) => factors.join() === 'strategy,task')!.cells;
    const cell = cells.find((c) => c.at.strategy === 'vdn' && c.at.task === 'dense')!;
    expect(Math.abs(cell.estimate! - 0.7)).toBeLessThan(0.15);
    // Blocks differ by 0.1, runs by 0.05 over two models: most of the mean's own interval is the blocks'.
    expect(cell.comparisonMargin!).toBeLessThan(0.6 * (cell.high! - cell.estimate!));
    const [task] = results.cellMeans[2].cells;
    expect(task.comparisonMargin).toBeNull();
  });
});

describe('costs', () => {
  it('tokens per run and the front: a dearer level stays on it only where it scores more', () => {
    const line = (level: string, task: string) =>
      results.costs.find((c) => c.level === level && JSON.stringify(c.at) === JSON.stringify({ task }))!;
    expect(line('vdn', 'dense')).toMatchObject({
      tokens: { estimate: 300 },
      onTokenFront: true,
      costUsd: null,
    });
    expect(line('independent', 'talk').tokens!.estimate).toBeCloseTo(1100, 9);
    expect(line('independent', 'dense').onTokenFront).toBe(false);
    expect(line('vdn', 'dense').onDollarFront).toBeNull();
    expect(line('vdn', 'dense').score!.estimate).toBeGreaterThan(0.5);
  });

  it('no usage, no lines; a usage that is no number is refused with its line', () => {
    expect(analyzeTable(madeStudy(study), 'made.csv', request).costs).toEqual([]);
    const wrong = withUsage(madeStudy(study)).replace(',270,', ',many,');
    expect(() => analyzeTable(wrong, 'made.csv', request)).toThrow(/made.csv:\d+.*"inputTokens" is "many"/);
  });

  it('the answer comes first in the text', () => {
    expect(renderResults(results)).toMatch(/^Data[^]*?Which strategy to use[^]*?dense +vdn/);
  });
});
