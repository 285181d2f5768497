import { gainedOver } from './advice-kinds.ts';
import type { AnalysisPlan } from './plan.ts';
import {
  ablationTable,
  aggregateTable,
  architectureTable,
  contrastTable,
  missingText,
  plainText,
  powerTable,
  scalingTable,
  simpleTable,
  spreadTable,
  strataText,
  termTable,
} from './render-tables.ts';
import { answerTable, familyTitle, verdictTable } from './render-verdicts.ts';
import type { AnalysisResults } from './results.ts';
import type { FurtherTable } from './further/further.ts';
import { number, pText, textTable } from './text-table.ts';

/** The plan as people read it, before any score is known. */
export function renderPlan(plan: AnalysisPlan): string {
  const lines = [
    `Response: ${plan.responseName}`,
    ...plan.factors.map(({ name, levels, place }) => `Factor ${name} (${place}): ${levels.join(', ')}`),
  ];
  if (plan.block.length > 0) {
    lines.push(`Block: ${plan.block.join(', ')}; ${plan.blocksPerGroup} per group, ${plan.groups} group(s)`);
  }
  const tests = textTable(['term', 'test'], plan.tests.map(({ term, test }) => [term, test])); // prettier-ignore
  const families = plan.families.map(
    ({ title, method, places }) =>
      `${title}${places.length > 1 ? ` (${places.length} places)` : ''}: ${method}`,
  );
  const power = plan.power.map(
    ({ contrast, detectable }) =>
      `${contrast}: ${number(detectable, 2)} standard deviations of the paired difference`,
  );
  return sections([
    ['Design', lines.join('\n')],
    [`Tests (${plan.resamples} resamples, seed ${plan.seed})`, tests],
    ['Families of contrasts beside the verdicts, in --json or with --correction', families.join('\n')],
    ['Ablations', plan.ablations.map(({ strategy, part }) => `${strategy} without ${part}`).join('\n')],
    ['Smallest contrast found with 80% power', power.join('\n')],
    ['Corrections', plan.multiplicity],
    ['Notes', plan.notes.join('\n')],
  ]);
}

/** The answer and what it rests on, and after it the plan by which it was found. */
export function renderAnalysis(results: AnalysisResults): string {
  return `${renderResults(results)}\n\nThe plan, made before the scores were looked at\n\n${renderPlan(results.plan)}`;
}

/** The results as tables for a terminal: the answer first, then what it rests on, secondary analyses last. */
export function renderResults(results: AnalysisResults): string {
  const { plan, data } = results;
  const level = `${number(100 * plan.confidence, 0)}%`;
  const blocks =
    data.blocks > 0 ? ` in ${data.blocks} blocks${data.complete ? '' : ', some incomplete'}` : '';
  const first = plan.baselines.at(0) ?? 'the baseline';
  return sections([
    ['Data', `${data.runs} runs with a ${plan.responseName}${blocks}\n${missingText(results)}`.trim()],
    [`Which ${plan.comparedFactor ?? 'level'} to use`, answerTable(results)],
    ...results.verdicts.map((family): [string, string] => [familyTitle(family, plan), verdictTable(family)]),
    ['Does it matter? Primary tests', termTable(results.primary, data.blocks > 0 ? 'η² generalised' : 'η²')],
    ...results.moderation.map(({ baseline, terms }): [string, string] => [
      `What does the gain over ${gainedOver(baseline, plan)} depend on?`,
      terms.length > 0 ? termTable(terms, 'η² generalised') : '',
    ]),
    ...contrastsBeside(results).map((family): [string, string] => [
      `${capital(family.title)} (p adjusted, and ${level} intervals that go with it: ${family.method})`,
      contrastTable(family, plan.confidence),
    ]),
    [
      `Scaling of the gain over ${gainedOver(first, plan)} with the number of parameters (n = models)`,
      scalingTable(results),
    ],
    ['Mixture of experts against dense models of like active size (Holm)', architectureTable(results)],
    ['What each part contributes (Holm)', ablationTable(results)],
    [`Aggregates over everything (${level} bootstrap intervals)`, aggregateTable(results)],
    ['All pairs (Tukey)', results.pairwise ? contrastTable(results.pairwise, plan.confidence) : ''],
    ...(results.further ?? []).map((own): [string, string] => [own.title, furtherText(own)]),
    ['Simple effects (Holm)', simpleTable(results)],
    ['Do levels differ in spread? (Brown-Forsythe)', spreadTable(results)],
    ['Smallest difference found with 80% power, and seeds needed for others', powerTable(results)],
    ['Secondary: classical strata (assumes equal variances)', strataText(results)],
    ['Secondary: plain fixed-effects ANOVA', plainText(results)],
    ['Notes', results.notes.join('\n')],
  ]);
}

/** Contrasts that no verdict speaks of: those of tables without blocks, and those with a correction that was asked for. */
function contrastsBeside({ contrasts, verdicts, plan }: AnalysisResults): AnalysisResults['contrasts'] {
  return verdicts.length === 0 || plan.correction !== undefined ? contrasts : [];
}

function furtherText({ columns, rows, notes }: FurtherTable): string {
  const cells = rows.map((row) =>
    row.map((value, c) => {
      if (typeof value === 'string') return value;
      if (value !== null && Number.isInteger(value)) return String(value);
      return columns[c].startsWith('p') ? pText(value) : number(value);
    }),
  );
  return [rows.length > 0 ? textTable(columns, cells) : '-', ...notes].join('\n');
}

function sections(parts: readonly (readonly [string, string])[]): string {
  return parts
    .filter(([, body]) => body !== '')
    .map(([title, body]) => `${title}\n${body}`)
    .join('\n\n');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
