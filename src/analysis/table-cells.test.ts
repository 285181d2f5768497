import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { analyzeCells, analyzeTable } from './analyze-table.ts';
import { tableCells } from './table-cells.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const request = {
  response: 'score',
  factors: ['strategy'],
  block: ['seed'],
  baselines: ['none'],
  resamples: 99,
};
const rows = ['none', 'team'].flatMap((strategy, i) =>
  Array.from({ length: 6 }, (_, seed) => ({
    strategy,
    seed,
    score: 0.1 * seed + i * (0.2 + 0.01 * (seed % 3)),
  })),
);
const csv = ['strategy,seed,score', ...rows.map((r) => `${r.strategy},${r.seed},${r.score}`)].join('\n');
const wide = [
  'seed,none,team',
  ...rows.slice(0, 6).map((r, i) => `${r.seed},${r.score},${rows[6 + i].score}`),
];

describe('the same table in other files', () => {
  const expected = analyzeTable(csv, 't.csv', request);
  const analyzed = (text: string, file: string, own: object = {}) =>
    analyzeCells(tableCells(bytes(text), file), file, { ...request, ...own });

  it('says the same in JSON and JSON Lines', () => {
    expect(analyzed(JSON.stringify(rows), 't.json')).toEqual(expected);
    expect(analyzed(rows.map((row) => JSON.stringify(row)).join('\n'), 't.jsonl')).toEqual(expected);
  });

  it('says the same with a column per level, where each row is a block', () => {
    const own = { factors: [], block: undefined, wide: { factor: 'strategy', levels: ['none', 'team'] } };
    const results = analyzed(wide.join('\n'), 't.csv', own);
    expect(results.plan.block).toEqual(['row']);
    expect(results.verdicts).toEqual(expected.verdicts);
    const gap = [...wide.slice(0, 6), '5,0.5,'].join('\n');
    expect(analyzed(gap, 't.csv', own).missingness.kinds).toEqual({ missing: 1 });
  });

  it('reads Parquet', () => {
    const file = 'test/golden/tables/pyarrow-gzip.parquet';
    const { names, rows: read } = tableCells(readFileSync(file), file);
    expect(names).toContain('question');
    expect(read[0].cells).toHaveLength(names.length);
  });
});

describe('what is no table is refused with its place', () => {
  const read = (text: string, file: string) => () => tableCells(bytes(text), file);
  it.each([
    ['{"a": 1}', 't.json', 'This is no list'],
    ['[1]', 't.json', 'A row is no object'],
    ['{"a": 1}\n{"a":', 't.jsonl', 't.jsonl:2'],
    ['nonsense', 't.parquet', 'no whole Parquet file'],
  ])('%s', (text, file, message) => {
    expect(read(text, file)).toThrow(message);
  });

  const only =
    (text: string, own: object = {}) =>
    () =>
      analyzeTable(text, 't.csv', { ...request, ...own });
  it('only the baseline, one seed, one task, a column that is not there', () => {
    const lines = csv.split('\n');
    expect(only(lines.slice(0, 7).join('\n'))).toThrow('only the baseline "none" in "strategy"');
    const seed = lines.filter((line, i) => i === 0 || line.includes(',0,')).join('\n');
    expect(only(seed)).toThrow('at least two seeds are needed');
    const task = lines.map((line, i) => `${line},${i === 0 ? 'task' : 'x'}`).join('\n');
    expect(only(task, { factors: ['strategy', 'task'], block: ['task', 'seed'] })).toThrow(
      'The factor "task" has one level ("x"). Leave it out',
    );
    const levels = { factor: 'strategy', levels: ['none', 'teem'] };
    expect(only(wide.join('\n'), { factors: [], block: undefined, wide: levels })).toThrow(
      'no column "teem"',
    );
  });
});
