import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  analyzeStudyFolder,
  renderMeasures,
  reportStudy,
  run,
  type StudyAnalysis,
} from '../src/api/index.ts';
import { coder } from './support/coder.ts';

// What tasks measure, from the episodes to analysis, terminal and report.

const folder = mkdtempSync(path.join(tmpdir(), 'agentmesh-measures-'));
afterAll(() => rmSync(folder, { recursive: true }));

const cellOf = ({ measures }: StudyAnalysis, strategy: string, model: string) =>
  measures!.cells.find((cell) => cell.strategy === strategy && cell.model === model)!;

describe('a study of programs', () => {
  let analysis: StudyAnalysis;
  let directory: string;
  beforeAll(async () => {
    const played = await run(
      {
        name: 'programs',
        models: [
          { id: coder, label: 'team' },
          { id: coder, label: 'lazy', lazy: true, mistakes: 0 },
        ],
        strategies: ['none', 'debate'],
        tasks: ['pair-programming'],
        seeds: 3,
        episodes: 25,
      },
      { dataDirectory: folder },
    );
    directory = played.directory!;
    analysis = await analyzeStudyFolder(directory);
  });

  it('asks pass@k over problems, each the mean of what its attempts say', () => {
    const cell = cellOf(analysis, 'none', 'team');
    expect(cell.episodes).toBe(75);
    expect(cell.items).toBeGreaterThan(40);
    const [once, twice] = cell.best.filter(({ name }) => name === 'pass');
    // Helper and author are each right in 7 of 10: both in about half.
    expect(once.value.estimate).toBeGreaterThan(0.3);
    expect(once.value.estimate).toBeLessThan(0.75);
    expect(twice.leftOut).toBe(cell.items - twice.value.items);
    expect(twice.value.low).toBeLessThan(twice.value.estimate);
  });

  it('tells schemes: all filter by the helper, and who is lazy uses none', () => {
    const shares = (model: string) =>
      Object.fromEntries(
        cellOf(analysis, 'none', model).kinds[0].shares.map(({ kind, value }) => [kind, value.estimate]),
      );
    expect(shares('team')).toMatchObject({ 'strategy filter': 1, unused: 0 });
    expect(shares('lazy')).toMatchObject({ 'strategy filter': 0, unused: 1 });
    expect(cellOf(analysis, 'none', 'team').kinds[0].seeds).toHaveLength(3);
  });

  it('plays steps once more to see what an agent adds, and says who adds little', () => {
    const worth = (model: string) =>
      Object.fromEntries(
        cellOf(analysis, 'none', model).contributions.map(({ agent, overStub }) => [agent, overStub]),
      );
    expect(worth('team').Ann.low).toBeGreaterThan(0);
    expect(worth('lazy').Ann).toMatchObject({ estimate: expect.closeTo(0, 12) as number });
    expect(worth('lazy').Bob.low).toBeGreaterThan(0);
    const said = analysis.measures!.alarms.filter(({ monitor }) => monitor === 'lazy agent');
    expect(said.map(({ text }) => text)).toEqual([
      // Without a helper that knows the predicate, what Bob writes earns little, too.
      expect.stringMatching(/^none on pair-programming, lazy: Ann adds little: /),
      expect.stringMatching(/^none on pair-programming, lazy: Bob adds little: /),
      expect.stringMatching(/^debate on pair-programming, lazy: Ann adds little: /),
      expect.stringMatching(/^debate on pair-programming, lazy: Bob adds little: /),
    ]);
  });

  it('says it in the terminal and in the report', async () => {
    const text = renderMeasures(analysis.measures!);
    expect(text).toMatch(/team +none +pair-programming +pass@1 +solved +0\.\d+ \[0\.\d+, 0\.\d+\]/);
    expect(text).toContain('lazy agent: none on pair-programming, lazy: Ann adds little');
    const page = readFileSync(await reportStudy(directory), 'utf8');
    expect(page).toContain('What was measured');
    expect(page).toContain('pass@2 (solved)');
    expect(page).toContain('Ann adds little');
  });
});
