import type { Command } from 'commander';
import type { StudyStatus } from '../api/index.ts';
import { dataOption } from './options.ts';
import { print, printJson } from './output.ts';

export function statusCommand(program: Command): void {
  program
    .command('status [study]')
    .description('how far a study is, what it spent and what went wrong')
    .addOption(dataOption())
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExamples:\n  agentmesh status\n  agentmesh status quick --json')
    .action(async (study: string | undefined, flags: { data: string; json?: boolean }) => {
      const { findStudyDirectory, studyStatus } = await import('../api/index.ts');
      const status = await studyStatus(findStudyDirectory(flags.data, study));
      if (flags.json) printJson(status);
      else print(statusText(status));
    });
}

function statusText(status: StudyStatus): string {
  const { statuses, planned, usage } = status;
  const settled = Object.values(statuses).reduce((a, b) => a + b, 0);
  const tokens = (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0);
  const failures = Object.entries(statuses).filter(([kind, count]) => kind !== 'done' && count > 0);
  return [
    `${status.name} in ${status.directory}`,
    `${statuses.done} of ${planned} runs done, ${planned - settled} to go` +
      (status.writer ? `; process ${status.writer.pid} is running it` : '; nothing is running it'),
    ...failures.map(([kind, count]) => `${count} ${kind}`),
    `${status.decisions} decisions, ${status.unparsable} of them unparsable; ${tokens} tokens` +
      (usage.costUsd === undefined ? '' : `, $${usage.costUsd.toFixed(2)}`),
    ...status.unreadable.map((model) => model.text),
    ...lostText(status.lost),
    ...Object.entries(status.faults).map(
      ([model, kinds]) => `failed attempts at ${model}: ${faultsText(kinds)}`,
    ),
    ...status.errors.slice(0, 10).map(({ message, count }) => `  ${count} x ${message}`),
    ...(failures.length > 0 ? ['To try them again: agentmesh run --retry-failed'] : []),
  ].join('\n');
}

function lostText({ tokens, usd }: StudyStatus['lost']): string[] {
  if (tokens === 0 && usd === 0) return [];
  const most = [
    ...(tokens > 0 ? [`${Math.ceil(tokens)} tokens`] : []),
    ...(usd > 0 ? [`$${usd.toFixed(2)}`] : []),
  ];
  return [
    `up to ${most.join(' and ')} more were under way when a start was killed or stopped at once; they count against the budget`,
  ];
}

function faultsText(kinds: Readonly<Record<string, number>>): string {
  return Object.entries(kinds)
    .sort(([, a], [, b]) => b - a)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ');
}
