import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { memoryStore, run, type StudyInput } from '../src/api/index.ts';
import { sha256 } from '../src/core/index.ts';

const folder = path.join(import.meta.dirname, 'golden', 'cassette');
/** A study as version 2 recorded it: each run's rows by their hash. */
const { study, runs } = JSON.parse(readFileSync(path.join(folder, 'version-2.json'), 'utf8')) as {
  readonly study: StudyInput;
  readonly runs: Readonly<Record<string, string>>;
};

it('a study that version 2 recorded replays to the byte', async () => {
  const store = memoryStore();
  await run(study, { store, replay: path.join(folder, 'version-2.jsonl') });
  const now: Record<string, string> = {};
  for await (const { run: planned, outcome } of store.outcomes()) {
    const episode = await store.episode(planned.hash, 0);
    now[planned.hash] = sha256(JSON.stringify({ planned, outcome, episode }));
  }
  expect(now).toEqual(runs);
});
