import { describe, expect, it } from 'vitest';
import { analyzeTable } from './analyze-table.ts';
import { renderResults } from './render-text.ts';
import { madeStudy, type MadeStudy } from './test-table.test-helper.ts';

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
  });

  it('find the best where there is one, with its gain over both baselines', () => {
    const dense = at({ task: 'dense' });
    expect(dense).toMatchObject({ recommended: 'vdn', evidence: 'gain shown', leftOut: [] });
    expect(dense.gains.map(({ baseline }) => baseline)).toEqual(['none', 'independent']);
    // Noise 0.05 over 2 models and 10 seeds: standard error sqrt(2) 0.05 / sqrt(20) = 0.016.
    for (const gain of dense.gains) expect(Math.abs(gain.estimate! - 0.2)).toBeLessThan(0.06);
    expect(dense.levels.find(({ level }) => level === 'vdn')!.probabilityBest).toBe(1);
  });

  it('say so where a baseline is best, and leave open which of two equal ones', () => {
    const talk = at({ task: 'talk' });
    expect(talk).toMatchObject(
      talk.recommended === 'none' ? { evidence: 'a baseline is best' } : { recommended: 'independent' },
    );
    const share = (level: string) => talk.levels.find((l) => l.level === level)!.probabilityBest;
    expect(share('vdn')).toBe(0);
    expect(share('none') + share('independent')).toBeCloseTo(1, 12);
  });

  it('take another baseline than the first only where its gain over the first is shown', () => {
    const made = (gain: number) =>
      analyzeTable(
        madeStudy({
          ...study,
          strategies: ['none', 'independent'],
          models: ['m1'],
          tasks: ['dense'],
          mean: (strategy) => 0.5 + (strategy === 'independent' ? gain : 0),
        }),
        'made.csv',
        { ...request, factors: ['strategy'] },
      ).recommendations[0];
    // Noise 0.05: a difference over 10 seeds has a standard error of 0.022, so 0.2 shows and 0.04 does not.
    expect(made(0.2)).toMatchObject({ recommended: 'independent', evidence: 'a baseline is best' });
    const chance = made(0.04);
    expect(chance.gains[0].low).toBeLessThan(0);
    expect(chance).toMatchObject({ recommended: 'independent', evidence: 'gain not shown' });
    expect(made(-0.2)).toMatchObject({ recommended: 'none', evidence: 'a baseline is best' });
  });

  it('leave out a level that has no run in some cell, by name', () => {
    const missing: MadeStudy['missing'] = (s, m, t) =>
      s === 'vdn' && m === 'm2' && t === 'dense' ? 'truncated' : undefined;
    const part = analyzeTable(madeStudy({ ...study, missing }), 'made.csv', request);
    const find = (place: object) =>
      part.recommendations.find((r) => JSON.stringify(r.at) === JSON.stringify(place))!;
    expect(find({ task: 'dense' })).toMatchObject({ leftOut: ['vdn'] });
    expect(find({ model: 'm1', task: 'dense' })).toMatchObject({ recommended: 'vdn', leftOut: [] });
  });

  it('survive a few missing runs with all seeds', () => {
    const missing: MadeStudy['missing'] = (s, m, _t, seed) =>
      s === 'vdn' && m === 'm2' && seed < 3 ? 'truncated' : undefined;
    const part = analyzeTable(madeStudy({ ...study, missing }), 'made.csv', request);
    expect(part.recommendations[0].gains[0].folds).toBe(10);
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
