import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  memoryStore,
  openStore,
  readStore,
  run,
  scoreTableText,
  studyStatus,
  type StudyInput,
  type StudyReader,
  systemClock as clock,
} from '../src/api/index.ts';
import { storeMigrations } from '../src/store/libsql/migrations.ts';
import { scratch } from './support/cli-process.ts';
import { serve } from './support/served.ts';

/** All runs with all their episodes. */
async function contents(store: StudyReader) {
  const out = [];
  for await (const { run: planned, outcome } of store.outcomes()) {
    const episodes = [];
    for (const { episode } of await store.episodes(planned.hash))
      episodes.push(await store.episode(planned.hash, episode));
    out.push({ planned, outcome, episodes });
  }
  return out;
}

describe('a study that an earlier version stored in format 2, killed with calls under way', () => {
  // Written by version 0.1.0 of before this format: 8 runs of 2 episodes with a budget in tokens, killed after 5 runs.
  const stored = () => {
    const folder = scratch();
    const bytes = gunzipSync(readFileSync(new URL('golden/stored/format-2.db.gz', import.meta.url)));
    writeFileSync(path.join(folder, 'study.db'), bytes);
    return { folder, bytes };
  };

  it('is read as it is, and the file does not change', async () => {
    const { folder, bytes } = stored();
    const reader = await readStore(folder);
    expect(await reader.head()).toMatchObject({ name: 'stored' });
    expect((await reader.study())?.runs).toHaveLength(8);
    expect((await contents(reader)).flatMap(({ episodes }) => episodes)).toHaveLength(11);
    expect(await reader.progress()).toMatchObject({ planned: 8, statuses: { done: 5 } });
    const { lost, reserved, used } = await reader.spending();
    expect({ lost, reserved }).toEqual({ lost: { tokens: 0, usd: 0 }, reserved: { tokens: 2472, usd: 0 } });
    expect(used.tokens).toBeGreaterThan(0);
    await reader.close();
    expect((await studyStatus(folder)).lost).toEqual({ tokens: 2472, usd: 0 });
    expect(readFileSync(path.join(folder, 'study.db')).equals(bytes)).toBe(true);
  });

  it('opens without losing a run, and what was under way counts as lost', async () => {
    const { folder } = stored();
    const reader = await readStore(folder);
    const before = await contents(reader);
    const { used } = await reader.spending();
    await reader.close();
    const store = await openStore(folder, { clock });
    expect(JSON.stringify(await contents(store))).toBe(JSON.stringify(before));
    expect(await store.spending()).toEqual({
      used,
      lost: { tokens: 2472, usd: 0 },
      reserved: { tokens: 0, usd: 0 },
    });
    expect(await store.tallies()).toEqual({});
    await store.close();
  });
});

it('a study that was begun in format 2 goes on in this one, and ends with the same bytes', async () => {
  const study: StudyInput = {
    name: 'old',
    models: ['scripted'],
    strategies: ['none'],
    tasks: ['matrix-game', 'two-step-game'],
    seeds: 6,
    episodes: 2,
    concurrency: 3,
  };
  const undisturbed = memoryStore();
  const whole = await run(study, { store: undisturbed });

  const folder = scratch();
  const before = Object.entries(storeMigrations).filter(([name]) => name < '0003');
  const old = await openStore(folder, { clock, migrations: Object.fromEntries(before) });
  const stop = new AbortController();
  let played = 0;
  const onProgress = () => {
    if (++played === 5) stop.abort();
  };
  const begun = await run(study, { store: old, stop: stop.signal, onProgress });
  expect(begun.summary.ended).toBe('interrupted');
  await old.close();

  const store = await openStore(folder, { clock });
  const { summary, scores } = await run(study, { store });
  expect(summary).toMatchObject({ ended: 'finished', played: 12 - begun.summary.completed });
  expect(begun.summary.completed).toBeGreaterThan(2);
  expect(scoreTableText(scores)).toBe(scoreTableText(whole.scores));
  expect(await contents(store)).toEqual(await contents(undisturbed));
  await store.close();
});

it('a study that is too old to be read says what helps, and that helps', async () => {
  const service = await serve();
  const model = { id: `openai-compatible:${service.origin}/v1#test-model`, label: 'served' };
  const study: StudyInput = {
    name: 'old',
    models: [model],
    strategies: ['none'],
    tasks: ['matrix-game'],
    seeds: 2,
  };
  const dataDirectory = scratch();
  const folder = path.join(dataDirectory, 'old');
  const [first] = Object.entries(storeMigrations);
  const old = await openStore(folder, { clock, migrations: Object.fromEntries([first]) });
  await old.close();
  await expect(studyStatus(folder)).rejects.toThrow(
    /has format version 1, and reading needs version 2\. Convert it by starting the study once with `agentmesh run`/,
  );
  const { summary } = await run(study, { dataDirectory });
  expect(summary).toMatchObject({ ended: 'finished', played: 2 });
  expect((await studyStatus(folder)).statuses.done).toBe(2);
});
