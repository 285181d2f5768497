import type { Command } from 'commander';
import pc from 'picocolors';
import type { Finding } from '../api/index.ts';
import { exitCodes } from '../core/index.ts';
import { dataOption } from './options.ts';
import { print, printJson } from './output.ts';

export function doctorCommand(program: Command): void {
  program
    .command('doctor [study]')
    .description('check this machine, and of a study file everything that could stop it, all at once')
    .addOption(dataOption())
    .option('--json', 'print the findings as JSON')
    .option('--no-probe', 'ask services for their lists of models only, which costs nothing')
    .addHelpText(
      'after',
      `
Of a study it checks every entry, key and service, and puts one small question to each model of a service, to find
out whether temperature, seed, token limit and context length reach it.

Examples:
  agentmesh doctor
  agentmesh doctor study.yaml
  agentmesh doctor study.yaml --no-probe --json`,
    )
    .action(async (study: string | undefined, flags: { data: string; json?: boolean; probe: boolean }) => {
      const { diagnose } = await import('../api/index.ts');
      const findings = await diagnose(flags.data, study, { probe: flags.probe });
      if (flags.json) printJson(findings);
      else for (const finding of findings) printFinding(finding);
      if (findings.some((finding) => !finding.ok)) process.exitCode = exitCodes.refused;
    });
}

function printFinding({ ok, subject, message }: Finding): void {
  print(` ${subject}: ${message}`, ok ? pc.green('ok  ') : pc.red('FAIL'));
}
