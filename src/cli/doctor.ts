import type { Command } from 'commander';
import pc from 'picocolors';
import type { Finding } from '../api/index.ts';
import { exitCodes } from '../core/index.ts';
import { dataOption } from './options.ts';
import { print, printJson } from './output.ts';

export function doctorCommand(program: Command): void {
  program
    .command('doctor [study]')
    .description('check this machine, and a study file if one is named, before anything is spent')
    .addOption(dataOption())
    .option('--json', 'print the findings as JSON')
    .addHelpText('after', '\nExamples:\n  agentmesh doctor\n  agentmesh doctor study.yaml')
    .action(async (study: string | undefined, flags: { data: string; json?: boolean }) => {
      const { diagnose } = await import('../api/index.ts');
      const findings = await diagnose(flags.data, study);
      if (flags.json) printJson(findings);
      else for (const finding of findings) print(findingText(finding));
      if (findings.some((finding) => !finding.ok)) process.exitCode = exitCodes.wrongInput;
    });
}

function findingText({ ok, subject, message }: Finding): string {
  return `${ok ? pc.green('ok  ') : pc.red('FAIL')} ${subject}: ${message}`;
}
