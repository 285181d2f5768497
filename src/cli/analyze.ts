import { type Command, Option } from 'commander';
import type { StudyAnalysis } from '../api/index.ts';
import { dataOption, positiveNumber, wholeNumber } from './options.ts';
import { note, print, printJson } from './output.ts';

interface AnalyzeFlags {
  readonly data: string;
  readonly json?: boolean;
  readonly resamples?: number;
  readonly correction?: Correction;
  readonly margin?: number;
  readonly order?: number;
  readonly response?: string;
  readonly factors?: readonly string[];
  readonly block?: readonly string[];
  readonly baseline?: readonly string[];
}

const corrections = ['dunnett', 'holm', 'bonferroni', 'bh', 'none'] as const;
type Correction = (typeof corrections)[number];

export function analyzeCommand(program: Command): void {
  program
    .command('analyze [study]')
    .description('analyse a study, or anybody’s table in a CSV file')
    .addOption(dataOption())
    .option('--resamples <n>', 'sign flips and permutations, 10000 when absent', wholeNumber('--resamples'))
    .option(
      '--margin <difference>',
      'largest difference that counts as none, for "as good as"; that of the study, or 0.1, when absent',
      positiveNumber('--margin'),
    )
    .addOption(
      new Option(
        '--correction <method>',
        'also print every family of contrasts, with this correction; verdicts keep theirs',
      ).choices(corrections),
    )
    .option('--response <column>', 'of a table: the column to explain')
    .option('--factors <columns>', 'of a table: the factors, separated by commas', names)
    .option('--block <columns>', 'of a table: the columns that together name a block', names)
    .option('--baseline <levels>', 'of a table: one or two levels to compare with', names)
    .option(
      '--order <n>',
      'of a table without blocks: highest order of interactions, 2 when absent',
      wholeNumber('--order'),
    )
    .option('--json', 'print everything as JSON')
    .addHelpText(
      'after',
      `
A study is analysed by the plan that its design implies; plan and results are kept as analysis.json in its folder.
A table may also have the columns status (why a run has no response), parametersTotal, parametersActive and
architecture (of the models), inputTokens, outputTokens, costUsd, decisions and unparsable (answers that could not
be read).

Examples:
  agentmesh analyze
  agentmesh analyze quick --json
  agentmesh analyze quick --margin 0.05
  agentmesh analyze data.csv --response score --factors strategy,model,task --block task,seed --baseline none`,
    )
    .action(async (study: string | undefined, flags: AnalyzeFlags) => {
      if (study?.endsWith('.csv')) await analyzeCsv(study, flags);
      else await analyzeOne(study, flags);
    });
}

function names(text: string): readonly string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
}

async function analyzeOne(study: string | undefined, flags: AnalyzeFlags) {
  const { analyzeStudyFolder, findStudyDirectory, InputError } = await import('../api/index.ts');
  for (const flag of ['response', 'factors', 'block', 'baseline', 'order'] as const) {
    if (flags[flag] === undefined) continue;
    throw new InputError(
      `--${flag} is for tables: agentmesh analyze data.csv --${flag} ... A study’s plan follows from its design.`,
    );
  }
  const { resamples, correction, margin } = flags;
  const analysis = await analyzeStudyFolder(findStudyDirectory(flags.data, study), {
    resamples,
    correction,
    margin,
  });
  if (flags.json) printJson(analysis);
  else await printAnalysis(analysis);
}

async function printAnalysis({ name, scores, results, measures, nothingToTest, looked }: StudyAnalysis) {
  const { renderAnalysis, renderMeasures, scoreTableText } = await import('../api/index.ts');
  print(
    `Scores of "${name}" (0 is random play, 1 the oracle, or the bounds that a task declares; mean over seeds, 95% interval):\n`,
  );
  print(scoreTableText(scores));
  if (looked !== undefined) print(`\n${looked}`);
  if (measures) print(`\n${renderMeasures(measures)}`);
  if (results) print(`\n${renderAnalysis(results)}`);
  else note(`\nNo tests: ${nothingToTest ?? ''}`);
}

async function analyzeCsv(file: string, flags: AnalyzeFlags) {
  const { analyzeFile, InputError, renderAnalysis } = await import('../api/index.ts');
  const { response, factors, block, baseline: baselines, resamples, correction, margin, order } = flags;
  if (response === undefined || factors === undefined) {
    throw new InputError(
      'A table needs --response and --factors: agentmesh analyze data.csv --response score --factors strategy,task',
    );
  }
  const results = analyzeFile(file, {
    response,
    factors,
    block,
    baselines,
    resamples,
    correction,
    margin,
    order,
  });
  if (flags.json) printJson(results);
  else print(renderAnalysis(results));
}
