import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillStore, syntheticStudy } from '../../../test/support/synthetic-study.ts';
import type { RunFilter, RunOrder, RunRow, StudyReader, StudyWriter } from '../../contracts/index.ts';
import { systemClock } from '../../core/index.ts';
import { DamagedStoreError, openStore, readStore, storeFileName } from '../index.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'agentmesh-browse-'));
let writer: StudyWriter;
let reader: StudyReader;
let all: RunRow[];

beforeAll(async () => {
  // The writer stays open: browsing works beside it.
  writer = await openStore(folder, { clock: systemClock });
  const synthetic = syntheticStudy({ seeds: 2, models: 2, failing: 0.1, unplayed: 0.2, price: 1 });
  const runs = synthetic.study.runs.map((run, k) => ({ ...run, factors: { temperature: k % 2 ? 1 : 0.5 } }));
  await fillStore(writer, { ...synthetic, study: { ...synthetic.study, runs } });
  reader = await readStore(folder);
  all = [];
  for await (const row of writer.outcomes()) all.push(row);
});
afterAll(async () => {
  await reader.close();
  await writer.close();
  rmSync(folder, { recursive: true });
});

const page = (filter: RunFilter, order: RunOrder = 'design', descending = false, offset = 0, limit = 1_000) =>
  reader.runs({ filter, order, descending, offset, limit });

describe('a page of runs', () => {
  it.each<[string, RunFilter, (row: RunRow) => boolean]>([
    ['everything', {}, () => true],
    ['a task', { task: 'coverage' }, ({ run }) => run.task === 'coverage'],
    ['model and seed', { model: 'tiny-8b', seed: 1 }, ({ run }) => run.model === 'tiny-8b' && run.seed === 1],
    ['what is to come', { status: 'pending' }, ({ outcome }) => outcome === undefined],
    [
      'any failure',
      { status: 'failed' },
      ({ outcome }) => outcome !== undefined && outcome.status !== 'done',
    ],
    [
      'one status',
      { status: 'done', strategy: 'vdn' },
      ({ run, outcome }) => run.strategy === 'vdn' && outcome?.status === 'done',
    ],
    ['a further factor', { factors: { temperature: '0.5' } }, ({ run }) => run.factors.temperature === 0.5],
    ['a level of another type', { factors: { temperature: '"0.5"' } }, () => false],
    ['quotes in a name', { factors: { 'a"b': '1' } }, () => false],
    ['quotes in a value', { task: "x' or 1=1 --" }, () => false],
  ])('holds what passes the filter: %s', async (_, filter, passes) => {
    const expected = all.filter(passes);
    expect(await page(filter)).toEqual({ total: expected.length, rows: expected });
  });

  it('is a window on the whole', async () => {
    expect(await page({}, 'design', false, 10, 5)).toEqual({ total: all.length, rows: all.slice(10, 15) });
    expect((await page({}, 'design', false, 1e6, 5)).rows).toEqual([]);
  });

  it.each<[RunOrder, (row: RunRow) => number | undefined]>([
    ['score', ({ outcome }) => outcome?.score],
    ['seed', ({ run }) => run.seed],
    [
      'tokens',
      ({ outcome }) => outcome && (outcome.usage.inputTokens ?? 0) + (outcome.usage.outputTokens ?? 0),
    ],
    ['cost', ({ outcome }) => outcome?.usage.costUsd],
  ])('is ordered by %s, runs without a value last either way', async (order, value) => {
    for (const descending of [false, true]) {
      const values = (await page({}, order, descending)).rows.map(value);
      const known = values.filter((x) => x !== undefined);
      const sorted = [...known].sort((a, b) => (descending ? b - a : a - b));
      expect(values).toEqual([
        ...sorted,
        ...new Array<undefined>(values.length - known.length).fill(undefined),
      ]);
    }
  });
});

it('counts what a walk over all outcomes counts', async () => {
  const progress = await reader.progress();
  const outcomes = all.flatMap(({ outcome }) => outcome ?? []);
  expect(progress.planned).toBe(all.length);
  expect(progress.statuses.done).toBe(outcomes.filter(({ status }) => status === 'done').length);
  expect(progress.decisions).toBe(outcomes.reduce((sum, { decisions }) => sum + decisions, 0));
  expect(progress.usage.inputTokens).toBe(
    outcomes.reduce((sum, { usage }) => sum + (usage.inputTokens ?? 0), 0),
  );
  expect(progress.usage.costUsd).toBeCloseTo(
    outcomes.reduce((sum, { usage }) => sum + (usage.costUsd ?? 0), 0),
    9,
  );
  const failed = outcomes.length - progress.statuses.done;
  expect(progress.faults).toEqual([
    { message: 'The service answered 503 five times.', status: 'provider-failure', count: failed },
  ]);
  expect(progress.recent).toBeUndefined();
});

it('finds a run by its hash', async () => {
  expect(await page({ hash: all[7].run.hash })).toEqual({ total: 1, rows: [all[7]] });
  expect(await page({ hash: 'no such' })).toEqual({ total: 0, rows: [] });
});

it('notices what another connection writes, and the pace of the last episodes', async () => {
  const before = await reader.version();
  expect(await reader.version()).toBe(before);
  for (const [episode, startedAt] of ['2001-01-01T00:00:00.000Z', '2001-01-01T00:00:08.000Z'].entries()) {
    const references = { high: 1, low: 0, lowStandardError: 0 };
    const record = {
      run: all[0].run.hash,
      episode,
      instance: null,
      references,
      return: 0,
      score: 0,
      prefix: '',
      steps: [],
    };
    await writer.saveEpisode(record, { startedAt, wallMs: 2_000 });
  }
  expect(await reader.version()).not.toBe(before);
  expect(await reader.episodes(all[0].run.hash)).toHaveLength(2);
  // The ends lie 8 s apart, so one episode every 8 s.
  expect((await reader.progress()).recent).toEqual({
    episodes: 1,
    overMs: 8_000,
    until: '2001-01-01T00:00:10.000Z',
  });
});

it('says so when the file is damaged', async () => {
  const broken = mkdtempSync(path.join(tmpdir(), 'agentmesh-broken-'));
  writeFileSync(path.join(broken, storeFileName), 'this is no database');
  await expect(readStore(broken)).rejects.toThrow(DamagedStoreError);
  rmSync(broken, { recursive: true });
});
