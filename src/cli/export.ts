import { createWriteStream, openSync } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { type Command, Option } from 'commander';
import { InputError } from '../core/index.ts';
import { dataOption } from './options.ts';

interface ExportFlags {
  readonly data: string;
  readonly what: 'runs' | 'traces';
  readonly format: 'csv' | 'jsonl';
  readonly out?: string;
  readonly timings?: boolean;
}

export function exportCommand(program: Command): void {
  program
    .command('export [study]')
    .description('write runs or full traces as CSV or JSON Lines')
    .addOption(dataOption())
    .addOption(
      new Option('--what <rows>', 'one row per run, or per agent and step')
        .choices(['runs', 'traces'])
        .default('runs'),
    )
    .addOption(new Option('--format <format>', 'format').choices(['csv', 'jsonl']).default('csv'))
    .option('--out <file>', 'file to write; standard output when absent')
    .option('--timings', 'add when each run started and how long it took')
    .addHelpText(
      'after',
      `
In CSV, text that a spreadsheet would run as a formula gets an apostrophe before it; JSON Lines has everything as it is.

Examples:
  agentmesh export > runs.csv
  agentmesh export quick --what traces --format jsonl --out traces.jsonl`,
    )
    .action(async (study: string | undefined, flags: ExportFlags) => {
      const { exportStudy, findStudyDirectory } = await import('../api/index.ts');
      const directory = findStudyDirectory(flags.data, study);
      const out =
        flags.out === undefined ? process.stdout : createWriteStream('', { fd: openForWriting(flags.out) });
      await exportStudy(directory, flags, async (line) => {
        if (!out.write(line)) await once(out, 'drain');
      });
      if (flags.out !== undefined) {
        out.end();
        await finished(out);
      }
    });
}

function openForWriting(file: string): number {
  try {
    return openSync(file, 'w');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(`${file} cannot be written (${reason}). Choose another with --out.`);
  }
}
