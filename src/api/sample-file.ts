import { appendFileSync, createReadStream, existsSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileError, InputError, writeStreamed } from '../core/index.ts';
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
export async function sampleFile(file: string, after: number) {
  const isParquet = file.endsWith('.parquet');
  if (!isParquet && !file.endsWith('.jsonl'))
    throw new InputError(`Samples are written as .jsonl or .parquet, and "${file}" ends in neither.`);
  const lines = isParquet ? `${file}.jsonl` : file;
  await writeStreamed(lines, async (write) => {
    let last = 0;
    for await (const sample of after > 0 ? samplesIn(lines) : []) {
      if (sample.update > after) break;
      last = sample.update;
      await write(`${JSON.stringify(sample)}\n`);
    }
    if (last < after)
      throw new InputError(
        `The training goes on after update ${after}, and "${lines}" has no samples of it. Leave out --samples, or remove the checkpoint and train anew.`,
      );
  });
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
      await writeStreamed(file, (write) => writeParquet(samplesIn(lines), columns, write));
      rmSync(lines);
    },
  };
}

/** One after the other, of a file that may not be there; a last line that was cut by a crash is none. */
async function* samplesIn(file: string): AsyncGenerator<TrainedSample> {
  if (!existsSync(file)) return;
  let cut = false;
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    if (cut) throw new InputError('A line is no sample. Leave out --samples, or train anew.', { file });
    let sample: TrainedSample | undefined;
    try {
      sample = JSON.parse(line) as TrainedSample;
    } catch {
      cut = true;
    }
    if (sample) yield sample;
  }
}
