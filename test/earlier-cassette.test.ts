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

/** The scripted model, and the one that is asked for letters. */
const quiet = (study.models as readonly { readonly id: string; readonly label?: string }[]).filter(
  ({ label = 'letters' }) => label === 'letters',
);

// Models that write talked beside their choices in discussions, in `none` too; baselines do not any more, so those runs
// are others now (docs/decisions/2026-11-29-none-never-talks.md).
it.each([
  ['outside discussions', { tasks: ['two-step-game'] }, 8],
  ['in discussions, with models that never talked', { tasks: ['hidden-profile'], models: quiet }, 4],
])('a study that version 2 recorded replays to the byte %s', async (_, part, runsOf) => {
  const store = memoryStore();
  await run({ ...study, ...part }, { store, replay: path.join(folder, 'version-2.jsonl') });
  const now: Record<string, string> = {};
  for await (const { run: planned, outcome } of store.outcomes()) {
    const episode = await store.episode(planned.hash, 0);
    now[planned.hash] = sha256(JSON.stringify({ planned, outcome, episode }));
  }
  expect(Object.keys(now)).toHaveLength(runsOf);
  expect(runs).toMatchObject(now);
});
