import { displayBlock } from '../core/index.ts';
import type { Evaluation, UpdateLine } from '../tuning/team/index.ts';
import type { TrainedWriters } from './trained-writers.ts';
import type { Lap } from './training-timings.ts';

const two = (x: number) => x.toFixed(2);
const bar = '█'.repeat(20);

/**
 * What a training of a team came to, as Markdown: one sentence, the learning curve over joint answers and processor
 * seconds, who contributes, what was noticed, and what was written before and after. What models wrote is indented, so
 * that none of it is markup.
 *
 * @param measures of which the curve tells; those that say how often a problem is solved
 */
export function teamReport(
  trained: TrainedWriters,
  lines: readonly UpdateLine[],
  laps: readonly Lap[],
  measures: readonly string[],
): string {
  const { strategy, task, seed, contributions = [], stopped } = trained;
  const warnings = lines.flatMap(({ warnings: own }) => own);
  return [
    `# ${strategy} on ${task}, training seed ${seed}`,
    verdictOf(trained, measures),
    ...(stopped === undefined ? [] : [stopped]),
    '## Learning curve',
    curve(trained.first, lines, laps, measures).join('\n'),
    ...(contributions.length === 0 ? [] : ['## Who contributes', ...contributions.map(contribution)]),
    ...(warnings.length === 0 ? [] : ['## Noticed on the way', ...warnings]),
    '## Before and after',
    'One problem of the split `test`, one answer each.',
    ...trained.agents.flatMap(({ name }, agent) => [
      `**${name}** read`,
      indented(trained.test.first.asked[agent]),
      'and wrote before',
      indented(trained.test.first.example[agent]),
      'and after',
      indented(trained.test.best.example[agent]),
    ]),
    '',
  ].join('\n\n');
}

/** What training was worth, in one sentence. */
export function verdictOf({ test, best }: TrainedWriters, measures: readonly string[]): string {
  const { first, best: kept } = test;
  const gain = kept.return - first.return;
  const error = Math.hypot(first.standardError, kept.standardError);
  const verb = Math.abs(gain) < 2 * error ? 'made no sure difference to' : gain > 0 ? 'raised' : 'lowered';
  const also = measures
    .filter((name) => first.measures[name] !== undefined && kept.measures[name] !== undefined)
    .map((name) => `\`${name}\` from ${two(first.measures[name])} to ${two(kept.measures[name])}`);
  return (
    `Training ${verb} the mean return on ${kept.problems} problems of the split \`test\`: ${two(first.return)} before, ` +
    `${two(kept.return)} with the version of update ${best.update} (difference ${two(gain)}, standard error ${two(error)})` +
    `${also.length > 0 ? `; ${also.join(', ')}` : ''}.`
  );
}

function curve(
  first: Evaluation,
  lines: readonly UpdateLine[],
  laps: readonly Lap[],
  measures: readonly string[],
): string[] {
  const told = [
    { update: 0, jointEvaluations: 0, tokens: 0, validation: first },
    ...lines.flatMap(({ validation, ...line }) => (validation ? [{ ...line, validation }] : [])),
  ];
  const returns = told.map(({ validation }) => validation.return);
  const [low, high] = [Math.min(...returns), Math.max(...returns)];
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const head = ['update', 'joint answers', 'tokens', 'processor seconds', 'return (s.e.)', '', ...measures];
  return [
    row(head),
    row(head.map(() => '---')),
    ...told.map(({ update, jointEvaluations, tokens, validation }) => {
      const { return: value, standardError, measures: own } = validation;
      const filled = high > low ? Math.round((20 * (value - low)) / (high - low)) : 0;
      const seconds = laps.find((lap) => lap.update === update)?.cpuSeconds;
      return row([
        ...[String(update), String(jointEvaluations), String(tokens), seconds?.toFixed(1) ?? ''],
        ...[`${two(value)} (${two(standardError)})`, bar.slice(0, filled)],
        // What was not measured is no 0.
        ...measures.map((name) => (own[name] === undefined ? '' : two(own[name]))),
      ]);
    }),
  ];
}

const contribution = ({ agent, silent, elsewhere }: NonNullable<TrainedWriters['contributions']>[number]) =>
  `Without the text of ${agent} the return falls by ${two(silent)}; with its text about another problem, by ${two(elsewhere)}.`;

function indented(text: string): string {
  return displayBlock(text)
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
}

export const reportFile = 'report.md';
