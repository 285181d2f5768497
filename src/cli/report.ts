import type { Command } from 'commander';
import { dataOption } from './options.ts';
import { print, printJson } from './output.ts';

export function reportCommand(program: Command): void {
  program
    .command('report [study]')
    .description('write the report of a study as one HTML page and print its path')
    .addOption(dataOption())
    .option('--json', 'print the path as JSON')
    .addHelpText('after', '\nExamples:\n  agentmesh report\n  agentmesh report quick')
    .action(async (study: string | undefined, flags: { data: string; json?: boolean }) => {
      const { findStudyDirectory, reportStudy } = await import('../api/index.ts');
      const file = await reportStudy(findStudyDirectory(flags.data, study));
      if (flags.json) printJson({ report: file });
      else print(file);
    });
}
