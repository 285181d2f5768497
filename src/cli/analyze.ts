import { type Command, Option } from 'commander';
import type { StudyAnalysis } from '../api/index.ts';
import { dataOption, positiveNumber, share, wholeNumber } from './options.ts';
import { InputError } from '../core/index.ts';
import { note, print, printJson } from './output.ts';

interface AnalyzeFlags {
  readonly data: string;
  readonly json?: boolean;
  readonly resamples?: number;
  readonly correction?: Correction;
  readonly margin?: number;
  readonly order?: number;
  readonly confidence?: number;
  readonly alternative?: (typeof sides)[number];
  readonly seed?: string;
  readonly also?: readonly string[];
  readonly contrast?: readonly string[];
  readonly wide?: { readonly factor: string; readonly levels: readonly string[] };
  readonly report?: string;
  readonly response?: string;
  readonly factors?: readonly string[];
  readonly block?: readonly string[];
  readonly baseline?: readonly string[];
}

const corrections = ['dunnett', 'holm', 'bonferroni', 'bh', 'none'] as const;
const sides = ['two-sided', 'greater', 'less'] as const;
type Correction = (typeof corrections)[number];

export function analyzeCommand(program: Command): void {
  program
    .command('analyze [study]')
    .description('analyse a study, or anybody’s table in CSV, JSON, JSON Lines or Parquet')
    .addOption(dataOption())
    .option('--resamples <n>', 'sign flips and permutations, 10000 when absent', wholeNumber('--resamples'))
    .option(
      '--margin <difference>',
      'largest difference that counts as none, for "as good as"; that of the study, or 0.1, when absent',
      positiveNumber('--margin'),
    )
    .option('--confidence <share>', 'of intervals and verdicts, 0.95 when absent', share('--confidence'))
    .addOption(
      new Option(
        '--alternative <side>',
        'what verdicts may show: greater spends all of the error on gains, less on harms',
      ).choices(sides),
    )
    .option('--seed <name>', 'names the random streams of resamples, "analysis" when absent')
    .option('--also <statistics>', 'further statistics by name, separated by commas, or all', names)
    .option(
      '--contrast <weights>',
      'a contrast of your own, such as debate=0.5,discussion=0.5,none=-1; may be repeated',
      (text: string, before: readonly string[] = []) => [...before, text],
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
    .option(
      '--wide <factor=columns>',
      'of a table with a column per level: strategy=none,vdn,qmix',
      wideColumns,
    )
    .option('--report <file>', 'of a table: also write everything, with figures, as one HTML page')
    .option('--json', 'print everything as JSON')
    .addHelpText(
      'after',
      `
A study is analysed by the plan that its design implies; plan and results are kept as analysis.json in its folder.
A table may also have the columns status (why a run has no response), parametersTotal, parametersActive and
architecture (of the models), inputTokens, outputTokens, costUsd, decisions and unparsable (answers that could not
be read). In a wide table each row is a block.

--also knows effects (dz, Hedges' g, Cliff's delta), equivalence (TOST, non-inferiority), wilcoxon, friedman (and
Nemenyi), improvement (of all pairs), profiles (with bands) and mixed (tasks and instances as random). They stand
beside the verdicts and decide none.

Examples:
  agentmesh analyze
  agentmesh analyze quick --json
  agentmesh analyze quick --margin 0.05
  agentmesh analyze data.csv --response score --factors strategy,model,task --block task,seed --baseline none
  agentmesh analyze data.parquet --response score --factors strategy,task --block task,seed --baseline none \\
    --also wilcoxon,mixed --contrast debate=0.5,discussion=0.5,none=-1 --report table.html
  agentmesh analyze wide.csv --wide strategy=none,vdn,qmix --factors task --baseline none`,
    )
    .action(async (study: string | undefined, flags: AnalyzeFlags) => {
      if (study !== undefined && isTable.test(study)) await analyzeTableFile(study, flags);
      else await analyzeOne(study, flags);
    });
}

const isTable = /\.(csv|tsv|json|jsonl|ndjson|parquet)$/i;

function wideColumns(text: string): NonNullable<AnalyzeFlags['wide']> {
  const at = text.indexOf('=');
  const levels = names(text.slice(at + 1));
  if (at < 1 || levels.length < 2)
    throw new InputError(`--wide takes a factor and its columns, such as strategy=none,vdn, not "${text}".`);
  return { factor: text.slice(0, at).trim(), levels };
}

function names(text: string): readonly string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
}

/** What a study and a table are asked alike. */
function planOf({ contrast: ownContrasts, ...flags }: AnalyzeFlags) {
  const { resamples, correction, margin, confidence, alternative, seed, also } = flags;
  return { resamples, correction, margin, confidence, alternative, seed, also, ownContrasts };
}

async function analyzeOne(study: string | undefined, flags: AnalyzeFlags) {
  const { analyzeStudyFolder, findStudyDirectory } = await import('../api/index.ts');
  for (const flag of ['response', 'factors', 'block', 'baseline', 'order', 'wide', 'report'] as const) {
    if (flags[flag] === undefined) continue;
    throw new InputError(
      `--${flag} is for tables: agentmesh analyze data.csv --${flag} ... A study’s plan follows from its design.`,
    );
  }
  const analysis = await analyzeStudyFolder(findStudyDirectory(flags.data, study), planOf(flags));
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

async function analyzeTableFile(file: string, flags: AnalyzeFlags) {
  const { analyzeFile, renderAnalysis, writeTableReport } = await import('../api/index.ts');
  const { wide, block, baseline: baselines, order } = flags;
  const { response = wide && 'score', factors = wide && [] } = flags;
  if (response === undefined || factors === undefined) {
    throw new InputError(
      'A table needs --response and --factors: agentmesh analyze data.csv --response score --factors strategy,task',
    );
  }
  const results = analyzeFile(file, {
    ...planOf(flags),
    response,
    factors,
    block,
    baselines,
    order,
    wide,
  });
  if (flags.report !== undefined) note(`Report: ${writeTableReport(flags.report, file, results)}`);
  if (flags.json) printJson(results);
  else print(renderAnalysis(results));
}
