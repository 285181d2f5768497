import { readFileSync } from 'node:fs';
import { beliefBounds, beliefScenarios, type BeliefTally } from '../../test/calibration/beliefs.ts';
import { nullTables, tableTerms } from '../../test/calibration/calibrate-tables.ts';
import { marginSettings } from '../../test/calibration/margins.ts';
import { nullScenarios, studyTerms } from '../../test/calibration/null-studies.ts';
import { sentences, type Sentence } from '../../test/calibration/sentences.ts';
import { seedCounts, settings } from '../../test/calibration/settings.ts';
import { passes, type Tallies, type Tally } from '../../test/calibration/tally.ts';
import type { ChunkData } from './statistics-jobs.ts';

/** A job's data added up; `undefined` where it was left out. */
export type Results = (job: string) => ChunkData | undefined;

export interface Page {
  readonly text: string;
  /** Rows that do not pass, in words. */
  readonly failed: readonly string[];
}

const percent = (tally: Tally | undefined) => (tally ? ((100 * tally.hits) / tally.of).toFixed(1) : '-');

/** The page of what was simulated, and the rows that do not pass. */
export function statisticsPage(results: Results, effort: string): Page {
  const failed: string[] = [];
  const heading = readFileSync(new URL('statistics-heading.md', import.meta.url), 'utf8').trimEnd();
  const groups: readonly (readonly [Sentence['group'], string])[] = [
    ['verdicts', 'Verdicts where no strategy has an effect'],
    ['tests', 'Tests where nothing has an effect'],
    ['intervals', 'Intervals that miss the truth'],
    ['secondary', 'Secondary: tests that assume equal variances, beside the primary ones'],
  ];
  const sections = [
    ...groups.map(([group, title]) => {
      const own = sentences.filter((sentence) => sentence.group === group);
      const rows = own.map((sentence) => sentenceRow(sentence, results, failed));
      return section(`${title} (percent)`, ['sentence', 'level', ...settingTitles(settings), 'row'], rows);
    }),
    marginSection(results, failed),
    beliefSection(results),
    studySection(results),
    tableSection(results),
  ];
  const summary =
    failed.length === 0
      ? 'Every row passes.'
      : `Rows that do not pass:\n\n${failed.map((line) => `- ${line}`).join('\n')}`;
  return { text: `${[heading, effort, summary, ...sections.filter(Boolean)].join('\n\n')}\n`, failed };
}

const settingTitles = (list: typeof settings) => list.map(({ title }) => title);

/** The rates with 10 / 30 / 100 seeds in every setting; those that do not pass are bold. */
function rates(
  list: typeof settings,
  level: number,
  tallyOf: (setting: string, seeds: number) => Tally | undefined,
): { readonly cells: string[]; readonly missed: string[] } {
  const missed: string[] = [];
  const cells = list.map(({ name, title }) =>
    seedCounts
      .map((seeds) => {
        const tally = tallyOf(name, seeds);
        if (!tally || passes(tally, level)) return percent(tally);
        missed.push(`${title}, ${seeds} seeds: ${percent(tally)}%`);
        return `**${percent(tally)}**`;
      })
      .join(' / '),
  );
  return { cells, missed };
}

function sentenceRow(sentence: Sentence, results: Results, failed: string[]): string[] {
  const { name, title, level, group } = sentence;
  const { cells, missed } = rates(
    settings,
    level,
    (setting, seeds) => results(`sentences ${setting} ${seeds}`)?.tallies?.[name],
  );
  if (group !== 'secondary') failed.push(...missed.map((line) => `${title}: ${line}`));
  return [title, String(100 * level), ...cells, missed.length === 0 ? 'passes' : 'does not pass'];
}

function marginSection(results: Results, failed: string[]): string {
  const rows = [
    ['as good +', 'some strategy is called as good; all are better by the margin'],
    ['as good -', 'some strategy is called as good; all are worse by the margin'],
    ['all as good', 'all strategies of a task are called as good; all differ by the margin'],
  ].map(([name, title]) => {
    const { cells, missed } = rates(
      marginSettings,
      0.05,
      (setting, seeds) => results(`margin ${setting} ${seeds}`)?.tallies?.[name],
    );
    failed.push(...missed.map((line) => `${title}: ${line}`));
    return [title, '5', ...cells, missed.length === 0 ? 'passes' : 'does not pass'];
  });
  return section(
    '"As good as" where every strategy differs by exactly the margin (percent of studies)',
    ['sentence', 'level', ...settingTitles(marginSettings), 'row'],
    rows,
  );
}

function beliefSection(results: Results): string {
  const labels = beliefBounds
    .slice(1)
    .map((bound, i) => `said ${beliefBounds[i].toFixed(1)} to ${Math.min(1, bound).toFixed(1)}`);
  const rows = beliefScenarios.flatMap(({ name, title, main, interaction, seeds }) => {
    const tallies = results(`beliefs ${name}`)?.beliefs;
    if (!tallies) return [];
    const all = tallies.reduce((a, b) => ({
      said: a.said + b.said,
      right: a.right + b.right,
      of: a.of + b.of,
    }));
    const sizes = `${main}, ${interaction}`;
    return [[title, sizes, String(seeds), ...tallies.map(said), said(all)]];
  });
  return section(
    'The stated probability of being best, and how often it was right, on single tasks',
    ['true effects', 'sd, common and by task', 'seeds', ...labels, 'all'],
    rows,
  );
}

function said({ said: sum, right, of }: BeliefTally): string {
  return of === 0 ? '-' : `${(sum / of).toFixed(2)} → ${(right / of).toFixed(2)} (${of})`;
}

function studySection(results: Results): string {
  const rows = nullScenarios.flatMap(({ name, title }) => {
    const own = results(`study ${name}`)?.tallies;
    return own ? [classicRow(title, own, studyTerms)] : [];
  });
  return section(
    'Studies of several models: false positives of the primary tests, coverage of contrast intervals (percent)',
    ['scenario', ...studyTerms, 'coverage, pooled', 'coverage, per task'],
    rows,
  );
}

function tableSection(results: Results): string {
  const methods = ['HC3 F', 'studentised permutation', 'plain permutation', 'plain F'];
  const rows = nullTables.flatMap(({ name, title }) => {
    const own = results(`table ${name}`)?.tallies;
    if (!own) return [];
    return [
      classicRow(`${title}: wild bootstrap (primary)`, own, tableTerms),
      ...methods.map((method) => [
        `${title}: ${method}`,
        ...tableTerms.map((term) => percent(own[`${method} ${term}`])),
        '-',
        '-',
      ]),
    ];
  });
  return section(
    'Tables without blocks: false positives, coverage of contrast intervals (percent)',
    ['scenario and test', ...tableTerms, 'coverage, pooled', 'coverage, per task'],
    rows,
  );
}

function classicRow(title: string, own: Tallies, terms: readonly string[]): string[] {
  const primary = terms.map((term) => percent(own[`primary ${term}`]));
  return [title, ...primary, percent(own.pooled), percent(own['per task'])];
}

function section(title: string, header: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [`## ${title}`, '', line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
