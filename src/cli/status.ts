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
  const { statuses, planned, usage, judgeUsage } = status;
  const settled = Object.values(statuses).reduce((a, b) => a + b, 0);
  const failures = Object.entries(statuses).filter(([kind, count]) => kind !== 'done' && count > 0);
  return [
    `${status.name} in ${status.directory}`,
    `${statuses.done} of ${planned} runs done, ${planned - settled} to go` +
      (status.writer ? `; process ${status.writer.pid} is running it` : '; nothing is running it'),
    ...(status.look === undefined ? [] : [status.look]),
    ...failures.map(([kind, count]) => `${count} ${kind}`),
    `${status.decisions} decisions, ${status.unparsable} of them unparsable; ${costText(usage)}`,
    ...(judgeUsage ? [`judges, beside that: ${costText(judgeUsage)}`] : []),
    ...status.unreadable.map((model) => model.text),
    ...status.slightMass.map((model) => model.text),
    ...lostText(status.lost),
    ...Object.entries(status.faults).flatMap(([model, kinds]) => faultLines(model, kinds)),
    ...status.errors.slice(0, 10).map(({ message, count }) => `  ${count} x ${message}`),
    ...(failures.length > 0 ? ['To try them again: agentmesh run --retry-failed'] : []),
  ].join('\n');
}

function costText({ inputTokens, outputTokens, costUsd }: StudyStatus['usage']): string {
  const known = inputTokens !== undefined || outputTokens !== undefined;
  const tokens = known ? `${(inputTokens ?? 0) + (outputTokens ?? 0)} tokens` : 'tokens not reported';
  return costUsd === undefined ? tokens : `${tokens}, $${costUsd.toFixed(2)}`;
}

function lostText({ tokens, usd }: StudyStatus['lost']): string[] {
  if (tokens === 0 && usd === 0) return [];
  const most = [
    ...(tokens > 0 ? [`${Math.ceil(tokens)} tokens`] : []),
    ...(usd > 0 ? [`$${usd.toFixed(2)}`] : []),
  ];
  return [
    `up to ${most.join(' and ')} more count against the budget: of calls that were under way when a start was killed or stopped at once, or whose tokens were not reported`,
  ];
}

/** What answers lacked, which is no failed attempt. */
const flaws: Readonly<Record<string, string>> = {
  withheld: 'were kept back by a filter or a refusal',
  uncounted: 'came without a count of their tokens that can be believed',
};

function faultLines(model: string, kinds: Readonly<Record<string, number>>): string[] {
  const sorted = Object.entries(kinds).sort(([, a], [, b]) => b - a);
  const failed = sorted
    .filter(([kind]) => !Object.hasOwn(flaws, kind))
    .map(([kind, count]) => `${count} ${kind}`);
  return [
    ...(failed.length > 0 ? [`failed attempts at ${model}: ${failed.join(', ')}`] : []),
    ...Object.entries(flaws).flatMap(([kind, words]) =>
      kinds[kind] === undefined ? [] : [`${kinds[kind]} answers of ${model} ${words}`],
    ),
  ];
}
