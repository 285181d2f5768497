import assert from 'node:assert/strict';
import type { RunQuery, StudyWriter } from '../contracts/index.ts';
import { collect, doneOutcome, failedOutcome, plan, sample, study, timing } from './store-samples.ts';

// The checks of a store's conformance suite that concern its pages and its progress.

export async function checkPages(store: StudyWriter) {
  const runs = ['c', 'a', 'd', 'b'].map((hash, seed) => ({ ...plan(hash, seed % 2), factors: { x: seed } }));
  await store.saveStudy({ ...study, runs });
  await store.saveEpisode(sample('a'), timing, { ...doneOutcome('a', sample('a')), score: 0.5 });
  await store.saveEpisode(sample('b'), timing, { ...doneOutcome('b', sample('b')), score: -1 });
  await store.saveOutcome(failedOutcome('d'));
  const all = await collect(store.outcomes());
  const every: RunQuery = { filter: {}, order: 'design', descending: false, offset: 0, limit: 10 };
  const page = async (query: Partial<RunQuery>) => {
    const { total, rows } = await store.runs({ ...every, ...query });
    return [total, ...rows.map(({ run }) => run.hash)];
  };
  assert.deepEqual(await store.runs(every), { total: 4, rows: all });
  assert.deepEqual(await page({ offset: 1, limit: 2 }), [4, 'a', 'd']);
  assert.deepEqual(await page({ descending: true }), [4, 'b', 'd', 'a', 'c']);
  assert.deepEqual(await page({ filter: { seed: 1 } }), [2, 'a', 'b']);
  assert.deepEqual(await page({ filter: { seed: 1, strategy: 's, "b"', model: 'm', task: 't' } }), [1, 'b']);
  assert.deepEqual(await page({ filter: { hash: 'd' } }), [1, 'd']);
  assert.deepEqual(await page({ filter: { status: 'pending' } }), [1, 'c']);
  assert.deepEqual(await page({ filter: { status: 'failed' } }), [1, 'd']);
  assert.deepEqual(await page({ filter: { status: 'done', factors: { x: '3' } } }), [1, 'b']);
  assert.deepEqual(await page({ filter: { factors: { x: '"3"' } } }), [0], 'a level of another type');
  // Runs without a value come last either way, in the order of the design.
  assert.deepEqual(await page({ order: 'score' }), [4, 'b', 'a', 'c', 'd']);
  assert.deepEqual(await page({ order: 'score', descending: true }), [4, 'a', 'b', 'c', 'd']);
  assert.deepEqual(await page({ order: 'seed', descending: true }), [4, 'a', 'b', 'c', 'd']);
}

export async function checkProgress(store: StudyWriter) {
  const nothing = { done: 0, 'provider-failure': 0, truncated: 0, 'task-error': 0 };
  await store.saveStudy({ ...study, runs: ['a', 'a', 'b', 'c', 'd'].map(plan) });
  const { recent, ...before } = await store.progress();
  assert.equal(recent, undefined);
  assert.deepEqual(before, {
    planned: 4,
    statuses: nothing,
    decisions: 0,
    unparsable: 0,
    usage: {},
    faults: [],
    furtherFaults: 0,
  });
  const done = doneOutcome('a', sample('a'));
  await store.saveEpisode(sample('a'), { startedAt: '2001-01-01T00:00:00.000Z', wallMs: 2_000 }, done);
  const strange = sample('of another design');
  const startedAt = '2001-01-01T00:00:08.000Z';
  await store.saveEpisode(strange, { startedAt, wallMs: 2_000 }, doneOutcome(strange.run, strange));
  for (const hash of ['b', 'c']) await store.saveOutcome(failedOutcome(hash));
  const { error, decisions, unparsable } = failedOutcome('b');
  assert.deepEqual(await store.progress(), {
    planned: 4,
    statuses: { ...nothing, done: 1, 'provider-failure': 2 },
    decisions: done.decisions + 2 * decisions,
    unparsable: done.unparsable + 2 * unparsable,
    usage: done.usage,
    judgeUsage: done.judgeUsage,
    faults: [{ message: error, status: 'provider-failure', count: 2 }],
    furtherFaults: 0,
    // The ends lie 8 s apart.
    recent: { episodes: 1, overMs: 8_000, until: '2001-01-01T00:00:10.000Z' },
  });
}
