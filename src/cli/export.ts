import { createWriteStream, openSync, renameSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { type Command, Option } from 'commander';
import { InputError } from '../core/index.ts';
import { dataOption } from './options.ts';
import { print } from './output.ts';

interface ExportFlags {
  readonly data: string;
  readonly what?: 'runs' | 'traces';
  readonly format: 'csv' | 'jsonl' | 'parquet';
  readonly parquet?: boolean;
  readonly out?: string;
  readonly timings?: boolean;
}

export function exportCommand(program: Command): void {
  program
    .command('export [study]')
    .description('write runs or full traces as CSV, JSON Lines or Parquet')
    .addOption(dataOption())
    .addOption(
      new Option('--what <rows>', 'one row per run, or per agent and step (default: runs)').choices([
        'runs',
        'traces',
      ]),
    )
    .addOption(new Option('--format <format>', 'format').choices(['csv', 'jsonl', 'parquet']).default('csv'))
    .option('--parquet', 'the same as --format parquet')
    .option('--out <file>', 'file to write; standard output when absent')
    .option('--timings', 'add when each run started and how long it took')
    .addHelpText(
      'after',
      `
In CSV, text that a spreadsheet would run as a formula gets an apostrophe before it; the other formats have
everything as it is. Parquet without --out writes runs.parquet and traces.parquet into the study's folder (only one
of them with --what) and prints their paths.

Examples:
  agentmesh export > runs.csv
  agentmesh export quick --what traces --format jsonl --out traces.jsonl
  agentmesh export --parquet`,
    )
    .action(async (study: string | undefined, flags: ExportFlags) => {
      const { findStudyDirectory } = await import('../api/places.ts');
      const directory = findStudyDirectory(flags.data, study);
      if (flags.parquet || flags.format === 'parquet') await exportParquet(directory, flags);
      else await exportText(directory, { ...flags, what: flags.what ?? 'runs', format: flags.format });
    });
}

async function exportText(
  directory: string,
  flags: ExportFlags & { what: 'runs' | 'traces'; format: 'csv' | 'jsonl' },
): Promise<void> {
  const { exportStudy } = await import('../api/index.ts');
  const out = flags.out === undefined ? process.stdout : outFile(flags.out);
  await exportStudy(directory, flags, async (line) => {
    if (!out.write(line)) await once(out, 'drain');
  });
  if (flags.out !== undefined) {
    out.end();
    await finished(out);
  }
}

async function exportParquet(directory: string, { what, out, timings }: ExportFlags): Promise<void> {
  const { exportStudyAsParquet } = await import('../api/index.ts');
  const tables = what === undefined && out === undefined ? (['runs', 'traces'] as const) : [what ?? 'runs'];
  for (const table of tables) {
    const file = out ?? path.join(directory, `${table}.parquet`);
    // A file of this format cannot be read before its end is written, so it gets its name only then.
    const unfinished = `${file}.unfinished`;
    const stream = outFile(unfinished);
    try {
      await exportStudyAsParquet(directory, { what: table, timings }, async (bytes) => {
        if (!stream.write(bytes)) await once(stream, 'drain');
      });
      stream.end();
      await finished(stream);
      renameSync(unfinished, file);
    } catch (error) {
      stream.destroy();
      rmSync(unfinished, { force: true });
      throw error;
    }
    print(file);
  }
}

function outFile(file: string) {
  return createWriteStream('', { fd: openForWriting(file) });
}

function openForWriting(file: string): number {
  try {
    return openSync(file, 'w');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(`${file} cannot be written (${reason}). Choose another with --out.`);
  }
}
