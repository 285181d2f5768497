import path from 'node:path';
import { type Command, Option } from 'commander';
import type { ExportTableName } from '../api/index.ts';
import { writeStreamed } from '../core/index.ts';
import { dataOption } from './options.ts';
import { print, printPiece } from './output.ts';

const tables = [
  'runs',
  'episodes',
  'traces',
  'questions',
  'measures',
  'judgements',
] as const satisfies readonly ExportTableName[];

interface ExportFlags {
  readonly data: string;
  readonly what?: ExportTableName;
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
      new Option(
        '--what <rows>',
        'one row per run, per episode, per agent and step, per question to an agent, per step and measure, or per question to a judge ' +
          '(default: runs)',
      ).choices(tables),
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
  agentmesh export quick --what questions --format jsonl
  agentmesh export --parquet`,
    )
    .action(async (study: string | undefined, flags: ExportFlags) => {
      const { findStudyDirectory } = await import('../api/places.ts');
      const directory = findStudyDirectory(flags.data, study);
      if (flags.parquet || flags.format === 'parquet') await exportParquet(directory, flags);
      else await exportText(directory, { ...flags, what: flags.what ?? 'runs', format: flags.format });
    });
}

const elsewhere = 'Choose another with --out.';

async function exportText(
  directory: string,
  flags: ExportFlags & { what: ExportTableName; format: 'csv' | 'jsonl' },
): Promise<void> {
  const { exportStudy } = await import('../api/index.ts');
  if (flags.out === undefined) await exportStudy(directory, flags, printPiece);
  else await writeStreamed(flags.out, (write) => exportStudy(directory, flags, write), elsewhere);
}

async function exportParquet(directory: string, { what, out, timings }: ExportFlags): Promise<void> {
  const { exportStudyAsParquet } = await import('../api/index.ts');
  const written = what === undefined && out === undefined ? (['runs', 'traces'] as const) : [what ?? 'runs'];
  for (const table of written) {
    const file = out ?? path.join(directory, `${table}.parquet`);
    const rows = { what: table, timings };
    await writeStreamed(file, (write) => exportStudyAsParquet(directory, rows, write), elsewhere);
    print(file);
  }
}
