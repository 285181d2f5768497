import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { playGoldenStudy } from './support/golden-study.ts';

const golden = (name: string) => readFileSync(path.join(import.meta.dirname, 'golden/study', name), 'utf8');

// Written on Node 20, x64. When a change is meant to alter results, raise the revision of what changed (task,
// model, strategy or prompt) and write the fixture anew with `npm run golden`.
it('the golden study comes out byte for byte', async () => {
  const result = await playGoldenStudy();
  expect(result.excerpt).toBe(golden('excerpt.jsonl'));
  expect(result.runs).toBe(golden('runs.jsonl'));
  expect(`${result.traces}\n`).toBe(golden('traces.sha256'));
});
