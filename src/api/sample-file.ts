import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { fileError, InputError, writeStreamed, writeWhole } from '../core/index.ts';
import { type ParquetType, writeParquet } from '../store/index.ts';
import type { TrainedSample } from '../tuning/team/index.ts';

const columns: Readonly<Record<keyof TrainedSample, ParquetType>> = {
  update: 'integer',
  turn: 'integer',
  agent: 'text',
  sample: 'integer',
  problem: 'text',
  prompt: 'text',
  completion: 'text',
  completion_ids: { list: 'integer' },
  logprobs: { list: 'number' },
  reward: 'number',
  advantage: 'number',
};

/**
 * Everything that a team is trained on, a row per text, as JSON Lines or Parquet by the file's ending. Lines are
 * written while the training goes on; Parquet is made of them at its end.
 *
 * @param after updates that a training goes on from: what was written of later ones is dropped and comes again
 * @throws InputError for another ending, or where earlier updates are missing
 */
export function sampleFile(file: string, after: number) {
  const isParquet = file.endsWith('.parquet');
  if (!isParquet && !file.endsWith('.jsonl'))
    throw new InputError(`Samples are written as .jsonl or .parquet, and "${file}" ends in neither.`);
  const lines = isParquet ? `${file}.jsonl` : file;
  const kept = after > 0 && existsSync(lines) ? readFileSync(lines, 'utf8').split('\n') : [];
  const before = kept.filter((line, k) => k + 1 < kept.length && updateOf(line) <= after);
  if (after > 0 && !before.some((line) => updateOf(line) === after))
    throw new InputError(
      `The training goes on after update ${after}, and "${lines}" has no samples of it. Leave out --samples, or remove the checkpoint and train anew.`,
    );
  writeWhole(lines, before.map((line) => `${line}\n`).join(''));
  return {
    add: (samples: readonly TrainedSample[]) => {
      try {
        appendFileSync(lines, samples.map((sample) => `${JSON.stringify(sample)}\n`).join(''));
      } catch (error) {
        throw fileError(error, lines);
      }
    },
    end: async () => {
      if (!isParquet) return;
      const all = readFileSync(lines, 'utf8').trimEnd().split('\n');
      const rows = async function* () {
        for (const line of all) if (line !== '') yield JSON.parse(line) as TrainedSample;
      };
      await writeStreamed(file, (write) => writeParquet(rows(), columns, write));
      rmSync(lines);
    },
  };
}

const updateOf = (line: string) => (JSON.parse(line) as TrainedSample).update;
