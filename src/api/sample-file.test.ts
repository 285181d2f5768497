import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { parquetTable } from '../core/parquet.ts';
import type { TrainedSample } from '../tuning/team/index.ts';
import { sampleFile } from './sample-file.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'samples-'));
const at = (name: string) => path.join(folder, name);
const sample = (update: number): TrainedSample => ({
  ...{ update, turn: 0, agent: 'Ann', sample: 0, problem: '{"a":1}', prompt: 'Rules.\nWrite.' },
  ...{ completion: 'x', completion_ids: [3, 1], logprobs: [-0.5, -0.25], reward: 2, advantage: -1.5 },
});
const lines = (file: string) =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as TrainedSample);

it('has a row per text, and of a training that goes on each once', async () => {
  const file = at('a.jsonl');
  const first = await sampleFile(file, 0);
  for (const update of [1, 2, 3]) first.add([sample(update)]);
  // Killed in the middle of a line, and the last checkpoint is of update 2.
  writeFileSync(file, `${readFileSync(file, 'utf8')}{"update":`);
  const on = await sampleFile(file, 2);
  on.add([sample(3)]);
  expect(lines(file)).toEqual([1, 2, 3].map(sample));
  await sampleFile(file, 0);
  expect(readFileSync(file, 'utf8')).toBe('');
});

it('is Parquet with lists where its name says so', async () => {
  const file = at('b.parquet');
  const samples = await sampleFile(file, 0);
  samples.add([sample(1), sample(2)]);
  await samples.end();
  const { names, rows } = parquetTable(readFileSync(file), file, () => true);
  expect(rows.map((row) => Object.fromEntries(row.map((cell, k) => [names[k], cell])))).toEqual(
    [1, 2].map(sample),
  );
});

it('is refused under another name, and where what came before is missing', async () => {
  await expect(sampleFile(at('c.csv'), 0)).rejects.toThrow('ends in neither');
  await expect(sampleFile(at('none.jsonl'), 4)).rejects.toThrow(
    /The training goes on after update 4, and ".*none.jsonl" has no samples of it/,
  );
});
