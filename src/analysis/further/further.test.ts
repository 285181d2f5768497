import { describe, expect, it } from 'vitest';
import { randomStream } from '../../core/index.ts';
import { analyzeTable } from '../analyze-table.ts';
import { furtherStatistics } from './index.ts';

const request = {
  response: 'score',
  factors: ['strategy', 'task'],
  block: ['task', 'seed'],
  baselines: ['none'],
  resamples: 199,
};

/** Three strategies on two tasks: `a` gains .3 everywhere, `b` nothing. */
function table(draw: (mean: number) => number): string {
  const rows = ['a', 'b', 'none'].flatMap((strategy) =>
    ['x', 'y'].flatMap((task) =>
      Array.from(
        { length: 12 },
        (_, seed) => `${strategy},${task},${seed},${draw(strategy === 'a' ? 0.3 : 0)}`,
      ),
    ),
  );
  return ['strategy,task,seed,score', ...rows].join('\n');
}

function scores() {
  const stream = randomStream('further');
  return table((mean) => 0.4 + mean + 0.1 * stream.normal());
}

function furtherOf(text: string, options: object) {
  const { further = [] } = analyzeTable(text, 'table.csv', { ...request, ...options });
  const at = (id: string) => {
    const own = further.find((part) => part.id === id)!;
    const cell = (match: (row: readonly unknown[]) => boolean, column: string) =>
      own.rows.find(match)![own.columns.indexOf(column)] as number;
    return { ...own, cell };
  };
  return { further, at };
}

const isA = (row: readonly unknown[]) => row[0] === 'a';

describe('further statistics', () => {
  it('are there only where they were asked for, and all at once', () => {
    expect(analyzeTable(scores(), 'table.csv', request).further).toBeUndefined();
    const { further } = furtherOf(scores(), { also: ['all'] });
    expect(further.map(({ id }) => id)).toEqual(furtherStatistics.map(({ id }) => id));
    for (const { columns, rows } of further) {
      expect(rows.length).toBeGreaterThan(1);
      for (const row of rows) expect(row).toHaveLength(columns.length);
    }
    expect(() => furtherOf(scores(), { also: ['wilcoxn'] })).toThrow('Did you mean "wilcoxon"?');
  });

  it('find what is there, and not what is not', () => {
    const { at } = furtherOf(scores(), { also: ['all'] });
    expect(at('wilcoxon').cell(isA, 'p (Holm)')).toBeLessThan(0.01);
    expect(at('wilcoxon').cell((row) => row[0] === 'b', 'p')).toBeGreaterThan(0.01);
    expect(at('equivalence').cell(isA, 'p equivalent')).toBeGreaterThan(0.5);
    expect(at('equivalence').cell(isA, 'p not inferior')).toBeLessThan(1e-4);
    expect(at('effects').cell(isA, 'dz')).toBeGreaterThan(1);
    expect(at('effects').cell(isA, "Cliff's delta")).toBeGreaterThan(0.7);
    expect(at('improvement').cell((row) => row[0] === 'a' && row[1] === 'b', 'low')).toBeGreaterThan(0.7);
    expect(at('mixed').cell((row) => row[0] === 'strategy a', 'low')).toBeGreaterThan(0.1);
    expect(at('friedman').cell((row) => row[1] === 'a', 'mean rank')).toBeGreaterThan(2.5);
  });

  it('scores of 0 and 1 get a logistic model', () => {
    const stream = randomStream('0/1');
    const binary = table((mean) => +(stream.next() < 0.4 + mean));
    const { at } = furtherOf(binary, { also: ['mixed'] });
    const own = at('mixed');
    expect(own.notes[0]).toMatch(/^logistic/);
    expect(own.cell((row) => row[0] === 'strategy a', 'odds ratio')).toBeGreaterThan(1.5);
  });
});

describe('own contrasts', () => {
  it('of one level and the baseline is the paired t test of the verdict; a mean of two is between', () => {
    const { at } = furtherOf(scores(), { ownContrasts: ['a=1,none=-1', 'a=0.5,b=0.5,none=-1'] });
    const results = analyzeTable(scores(), 'table.csv', request);
    const place = results.verdicts[0].places.find((own) => own.at.task === 'x')!;
    const verdict = place.verdicts.find(({ level }) => level === 'a')!;
    const x = (row: readonly unknown[]) => row[0] === 'a=1,none=-1' && row[1] === 'task x';
    expect(at('contrasts').cell(x, 'estimate')).toBeCloseTo(verdict.estimate!, 12);
    expect(at('contrasts').cell(x, 'p')).toBeCloseTo(verdict.p!, 12);
    const mean = at('contrasts').cell(
      (row) => row[0] !== 'a=1,none=-1' && row[1] === 'everything',
      'estimate',
    );
    expect(mean).toBeGreaterThan(0.05);
    expect(mean).toBeLessThan(0.25);
  });

  it('are refused with the reason', () => {
    const fail = (text: string) => () => furtherOf(scores(), { ownContrasts: [text] });
    expect(fail('a=1,none=-0.5')).toThrow('sum to 0.5; they must sum to 0');
    expect(fail('aa=1,none=-1')).toThrow('no compared level');
    expect(fail('a,none=-1')).toThrow('Write level=weight');
  });
});

describe('one-sided verdicts', () => {
  it('spend all of the error on one side, and have no bound on the other', () => {
    const of = (alternative: 'two-sided' | 'greater' | 'less') =>
      analyzeTable(scores(), 'table.csv', { ...request, alternative }).verdicts[0].places[0].verdicts;
    const [two, greater, less] = [of('two-sided')[0], of('greater')[0], of('less')[0]];
    expect(greater.p).toBeCloseTo(two.p! / 2, 12);
    expect(greater).toMatchObject({ shown: 'gain shown', high: null });
    expect(greater.low!).toBeGreaterThan(two.low!);
    expect(less).toMatchObject({ shown: 'not shown', low: null });
  });

  it('need blocks', () => {
    expect(() =>
      analyzeTable(scores(), 'table.csv', { ...request, block: undefined, alternative: 'greater' }),
    ).toThrow('A one-sided alternative needs blocks');
  });
});
