import type { RunSummary, StudyResult } from '../api/index.ts';
import { columns, wrapped } from './output.ts';

/** What people type, here and now. */
export interface Commands {
  /** How this program is started: `agentmesh`, or `npx agentmesh` beneath npm, which alone can find it. */
  readonly program: string;
  /** The study file. */
  readonly file: string;
  /** ` --data FOLDER`; empty for the usual folder. */
  readonly data: string;
  /** ` --until ...` as it was given; empty where it was not. */
  readonly until: string;
}

/** What a study found: its scores, and the answer of its report in plain sentences. */
export function resultText({ name, report, answer = [] }: StudyResult, scores: string): string {
  return [
    `\nScores of "${name}" (0 is random play, 1 the oracle, or the bounds that a task declares; mean over seeds, 95% interval):\n`,
    scores,
    '\nWhat to use:\n',
    ...answer.map((sentence) => wrapped(sentence, '    ').replace(/^ {4}/, '  ')),
    `\nReport: ${report ?? ''}`,
  ].join('\n');
}

/** What to do with a finished study. */
export function nextSteps({ name }: StudyResult, { program, file, data }: Commands): string {
  return [
    '\nNext: open the report in a browser, or',
    columns([
      [`  ${program} view ${name}${data}`, 'every prompt, answer and action, in the browser'],
      [`  ${program} analyze ${name}${data}`, 'the tests behind the answer, as text'],
      [`  ${program} init mine.yaml`, 'a study of your own'],
    ]),
    `To ask more, edit ${file} and run it again: what is finished is not played again.`,
  ].join('\n');
}

/** Which models' scores are doubtful, and what to look at. */
export function doubtfulLines(
  { name, unreadable, slightMass }: StudyResult,
  { program, data }: Commands,
): string[] {
  const slight = slightMass.map(({ text }) => text);
  if (unreadable.length === 0) return slight;
  return [
    ...slight,
    ...unreadable.map(({ text }) => text),
    `What they answered: ${program} export ${name}${data} --what traces --format jsonl. Try another \`answer\` for such a model, or more \`maxOutputTokens\`.`,
  ];
}

/** Why a study is not complete, and the command that goes on with it; one line each. */
export function openEnds(summary: RunSummary, { program, file, data, until }: Commands): string[] {
  const command = `${program} run ${file}${until}${data}`;
  const left = summary.total - summary.completed;
  const lines: string[] = [];
  if (summary.ended === 'interrupted')
    lines.push(`Interrupted with ${left} runs left; everything finished is saved. To go on: ${command}`);
  if (summary.ended === 'budget') {
    lines.push(
      `The budget is reached with ${left} runs left. Raise \`budget\` in the study file, then: ${command}`,
    );
  }
  if (summary.failed > 0) {
    const kinds = Object.entries(summary.statuses)
      .filter(([status, count]) => status !== 'done' && count > 0)
      .map(([status, count]) => `${count} ${status}`);
    lines.push(
      `${summary.failed} runs could not finish (${kinds.join(', ')}). \`${program} status\` says why; to try them again: ${command} --retry-failed`,
    );
  }
  return lines;
}
