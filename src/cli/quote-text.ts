import type { Estimate, StudyQuote } from '../api/index.ts';
import { columns } from './output.ts';

/** A quote for people. */
export function quoteText(quote: StudyQuote, command: string): string {
  const { pilot, whole, toDo, effect, budget, unknownCells } = quote;
  const parts = (of: Estimate) => [
    of.runs.toLocaleString('en'),
    of.calls.toLocaleString('en'),
    of.tokens === undefined ? 'not reported' : rounded(of.tokens),
    of.usd === undefined ? 'price unknown' : `$${of.usd.toFixed(2)}`,
  ];
  const table = columns([
    ['', 'runs', 'calls', 'tokens', 'dollars'],
    ['the whole study', ...parts(whole)],
    ['still to do', ...parts(toDo)],
  ]);
  return [
    `Quote for "${quote.name}", from ${pilot.runs} runs with seeds ${pilot.seeds.join(', ')}; they are kept.`,
    '',
    table,
    '',
    ...(quote.toDoMs === undefined
      ? []
      : [`Time still to take: about ${duration(quote.toDoMs)}, ${quote.concurrency} episodes at once.`]),
    ...(budget ? [budgetLine(budget)] : []),
    effect
      ? effectText(effect)
      : 'What the study can find is unknown: that needs two seeds and two strategies or models.',
    ...(unknownCells.length > 0
      ? [
          `No run was finished in ${unknownCells.length} cells, whose costs are taken from their model's others: ${list(unknownCells)}.`,
        ]
      : []),
    ...(pilot.failed > 0
      ? [`${pilot.failed} runs of the pilot could not finish:`, ...pilot.errors.map((e) => `  ${e}`)]
      : []),
    '',
    `To run it: ${command}`,
  ].join('\n');
}

function effectText({
  factor,
  baseline,
  contrasts,
  power,
  alpha,
  comparisons,
  seeds,
  degreesOfFreedom,
}: NonNullable<StudyQuote['effect']>): string {
  const rough =
    degreesOfFreedom < 10 ? ` From ${degreesOfFreedom} degrees of freedom, so these sizes are rough.` : '';
  return (
    `Smallest difference in score from ${factor} "${baseline}" that ${seeds} seeds find with ${100 * power}% power ` +
    `(level ${alpha} shared by ${comparisons} comparison${comparisons === 1 ? '' : 's'}): ` +
    `${contrasts.map(({ level, detectable }) => `${level} ${detectable.toFixed(2)}`).join(', ')}.${rough}`
  );
}

function budgetLine({ tokens, usd, enough }: NonNullable<StudyQuote['budget']>): string {
  const limits = [
    ...(tokens === undefined ? [] : [`${rounded(tokens)} tokens`]),
    ...(usd === undefined ? [] : [`$${usd.toFixed(2)}`]),
  ];
  return `The budget of ${limits.join(' and ')} ${enough ? 'is expected to be enough' : 'is NOT expected to be enough'}.`;
}

function list(names: readonly string[]): string {
  return names.length > 3 ? `${names.slice(0, 3).join('; ')}; ...` : names.join('; ');
}

function rounded(n: number): string {
  if (n >= 1e6) return `${(n / 1e6).toFixed(1)}M`;
  return n >= 1e4 ? `${Math.round(n / 1000)}k` : n.toLocaleString('en');
}

function duration(ms: number): string {
  const minutes = ms / 60_000;
  if (minutes < 1) return `${Math.ceil(ms / 1000)} s`;
  return minutes < 90 ? `${Math.ceil(minutes)} min` : `${(minutes / 60).toFixed(1)} h`;
}
