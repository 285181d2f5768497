import type { Command } from 'commander';
import { dataOption } from './options.ts';
import { print, printJson } from './output.ts';

export function analyzeCommand(program: Command): void {
  program
    .command('analyze [study]')
    .description('mean scores of every cell with 95% bootstrap intervals')
    .addOption(dataOption())
    .option('--json', 'print them as JSON')
    .addHelpText('after', '\nExamples:\n  agentmesh analyze\n  agentmesh analyze quick --json')
    .action(async (study: string | undefined, flags: { data: string; json?: boolean }) => {
      const { findStudyDirectory, scoreTableText, studyScores } = await import('../api/index.ts');
      const { name, scores } = await studyScores(findStudyDirectory(flags.data, study));
      if (flags.json) {
        printJson({ name, ...scores });
        return;
      }
      print(`Scores of "${name}" (0 is random play, 1 the oracle; mean over seeds, 95% interval):\n`);
      print(scoreTableText(scores));
    });
}
