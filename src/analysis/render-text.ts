import type { LevelChoice, LevelContrast } from '../stats/index.ts';
import type { AnalysisPlan } from './plan.ts';
import type { AnalysisResults, ContrastFamilyResult, TermResult } from './results.ts';
import { interval, number, pText, textTable } from './text-table.ts';

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
    ['Families of contrasts', families.join('\n')],
    ['Ablations', plan.ablations.map(({ strategy, part }) => `${strategy} without ${part}`).join('\n')],
    ['Smallest contrast found with 80% power', power.join('\n')],
    ['Corrections', plan.multiplicity],
    ['Notes', plan.notes.join('\n')],
  ]);
}

/** The results as tables for a terminal: what was found first, what it rests on after it. */
export function renderResults(results: AnalysisResults): string {
  const { plan, data } = results;
  const level = `${number(100 * plan.confidence, 0)}%`;
  const blocks =
    data.blocks > 0 ? ` in ${data.blocks} blocks${data.complete ? '' : ', some incomplete'}` : '';
  return sections([
    ['Data', `${data.runs} runs with a ${plan.responseName}${blocks}\n${missingText(results)}`.trim()],
    [`Which ${plan.comparedFactor ?? 'level'} to use`, answerTable(results)],
    ['Does it matter? Primary tests', termTable(results.primary, 'η² generalised')],
    ...results.moderation.map(({ baseline, terms }): [string, string] => [
      `What does the gain over ${baseline} depend on?`,
      terms.length > 0 ? termTable(terms, 'η² generalised') : '',
    ]),
    ...results.contrasts
      .filter(({ by }) => by.length < 2)
      .map((family): [string, string] => [
        `${capital(family.title)} (${level} intervals; p adjusted: ${family.method})`,
        contrastTable(family),
      ]),
    ['Scaling of the gain with model size (n = models)', scalingTable(results)],
    ['Mixture of experts against dense models of like active size', architectureTable(results)],
    ['What each part contributes (Holm)', ablationTable(results)],
    ['Aggregates over everything', aggregateTable(results)],
    ['All pairs (Tukey)', results.pairwise ? contrastTable(results.pairwise) : ''],
    ['Simple effects (Holm)', simpleTable(results)],
    ['Spread (Brown-Forsythe)', spreadTable(results)],
    [`Seeds needed for 80% power`, powerTable(results)],
    ['Secondary: classical strata (assumes equal variances)', strataText(results)],
    ['Secondary: plain fixed-effects ANOVA', plainText(results)],
    ['Notes', results.notes.join('\n')],
  ]);
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

function where(at: LevelChoice): string {
  const levels = Object.values(at);
  return levels.length === 0 ? 'all' : levels.join(', ');
}

function missingText({ missingness }: AnalysisResults): string {
  const { planned, scored, kinds, bounds } = missingness;
  if (scored === planned) return '';
  const list = Object.entries(kinds).map(([kind, count]) => `${count} ${kind}`);
  const worst = bounds.map(
    ({ level, baseline, low, high }) =>
      `${level} - ${baseline} between ${number(low)} and ${number(high)} whatever the missing runs had scored`,
  );
  return [`${planned - scored} of ${planned} runs have no score: ${list.join(', ')}`, ...worst].join('\n');
}

function termTable(terms: readonly TermResult[], size: string): string {
  const sorted = terms
    .slice()
    .sort((a, b) => (b.generalizedEtaSquared ?? -1) - (a.generalizedEtaSquared ?? -1));
  return textTable(
    ['term', size, 'η² partial', 'statistic', 'value', 'df', 'p', 'p adjusted', ''],
    sorted.map((term) => [
      term.term,
      number(term.generalizedEtaSquared),
      number(term.partialEtaSquared),
      term.statistic ?? '-',
      number(term.value, 2),
      String(term.dimension),
      pText(term.p, term.floor),
      pText(term.adjustedP),
      term.reason === undefined ? '' : `not estimable: ${term.reason}`,
    ]),
  );
}

function contrastTable({ contrasts }: ContrastFamilyResult): string {
  return textTable(
    ['contrast', 'where', 'difference', 'percent', 'p', 'p adjusted'],
    contrasts.map((c: LevelContrast) => [
      `${c.level} - ${c.baseline}`,
      where(c.at),
      interval(c.estimate, c.low, c.high) + (c.estimate === null && c.reason ? `: ${c.reason}` : ''),
      c.percent.estimate === null ? '-' : interval(c.percent.estimate, c.percent.low, c.percent.high, 0),
      pText(c.p),
      pText(c.adjustedP),
    ]),
  );
}

/** The first thing to read: which level to use where, what it gains, how settled that is, what it costs. */
function answerTable({ recommendations, costs, plan }: AnalysisResults): string {
  const shown = recommendations.filter(({ at }) => Object.keys(at).length < 2);
  if (shown.length === 0) return '';
  const tokens = (at: LevelChoice, level: string | null) =>
    costs.find((line) => line.level === level && JSON.stringify(line.at) === JSON.stringify(at))?.tokens;
  const known = costs.some((line) => line.tokens !== null);
  const table = textTable(
    [
      'where',
      'best',
      ...plan.baselines.map((b) => `gain over ${b}`),
      'P(best)',
      ...(known ? ['tokens'] : []),
      '',
    ],
    shown.map(({ at, recommended, levels, gains, evidence, reason }) => [
      where(at),
      recommended ?? '-',
      ...plan.baselines.map((baseline) => {
        const gain = gains.find((g) => g.baseline === baseline);
        return gain ? interval(gain.estimate, gain.low, gain.high) : '-';
      }),
      number(levels.find(({ level }) => level === recommended)?.probabilityBest, 2),
      ...(known ? [number(tokens(at, recommended)?.estimate, 0)] : []),
      reason ?? evidence ?? '',
    ]),
  );
  const deeper = recommendations.length > shown.length ? `; for pairs of places see --json` : '';
  return (
    `${table}\nGains are measured on seeds that were not used to choose. P(best): share of resamples of the blocks ` +
    `in which it comes out best${deeper}.`
  );
}

function scalingTable({ scaling }: AnalysisResults): string {
  const estimable = scaling.filter(({ result }) => result.estimable);
  if (scaling.length === 0) return '';
  if (estimable.length === 0) return `not estimable: ${scaling[0].result.reason ?? ''}`;
  const leftOut = new Map(
    scaling.flatMap(({ result }) => result.leftOut.map(({ model, reason }) => [model, reason] as const)),
  );
  const table = textTable(
    ['gain of', 'over', 'where', 'measure', 'parameters', 'n', 'r', 'rho', 'p of rho', 'slope per decade'],
    estimable.map(({ level, baseline, at, measure, parameters, result }) => [
      level,
      baseline,
      where(at),
      measure,
      parameters,
      String(result.models.length),
      interval(result.pearson?.r ?? null, result.pearson?.low ?? null, result.pearson?.high ?? null, 2),
      number(result.spearman?.coefficient, 2),
      pText(result.spearman?.p),
      number(result.slopePerDecade?.slope),
    ]),
  );
  const names = [...leftOut].map(([model, reason]) => `left out: ${model}, ${reason}`);
  return [table, ...names].join('\n');
}

function architectureTable({ architecture, plan }: AnalysisResults): string {
  if (architecture.length === 0) return '';
  const table = textTable(
    ['gain of', 'over', 'where', 'difference of the gains', 'p', 'p adjusted'],
    architecture.map((line) => [
      line.level,
      line.baseline,
      where(line.at),
      interval(line.estimate, line.low, line.high),
      pText(line.p),
      pText(line.adjustedP),
    ]),
  );
  const pairs = (plan.architecture?.pairs ?? []).map(({ model, reference }) => `${model} with ${reference}`);
  return `${table}\npairs: ${pairs.join('; ')}`;
}

function ablationTable({ ablations }: AnalysisResults): string {
  if (ablations.length === 0) return '';
  return textTable(
    ['strategy', 'part', 'where', 'contribution', 'p', 'p adjusted'],
    ablations.map((line) => [
      line.strategy,
      line.part,
      where(line.at),
      interval(line.estimate, line.low, line.high),
      pText(line.p),
      pText(line.adjustedP),
    ]),
  );
}

function aggregateTable({ aggregates }: AnalysisResults): string {
  if (!aggregates) return '';
  const baselines = aggregates.lines.some((line) => line.probabilityOfImprovement.length > 0);
  return textTable(
    ['level', 'mean', 'interquartile mean', 'optimality gap', ...(baselines ? ['P(improvement)'] : [])],
    aggregates.lines.map((line) => [
      line.level,
      interval(line.mean.estimate, line.mean.low, line.mean.high),
      interval(line.interquartileMean.estimate, line.interquartileMean.low, line.interquartileMean.high),
      line.optimalityGap
        ? interval(line.optimalityGap.estimate, line.optimalityGap.low, line.optimalityGap.high)
        : '-',
      ...(baselines
        ? [
            line.probabilityOfImprovement
              .map(
                ({ baseline, interval: i }) => `${interval(i.estimate, i.low, i.high, 2)} over ${baseline}`,
              )
              .join('; '),
          ]
        : []),
    ]),
  );
}

function simpleTable({ simpleEffects, plan }: AnalysisResults): string {
  if (simpleEffects.length === 0) return '';
  const floor = 1 / (plan.resamples + 1);
  return textTable(
    ['factor', 'level', 'p', 'p adjusted'],
    simpleEffects.map(({ factor, at, p, adjustedP }) => [
      factor,
      where(at),
      pText(p, floor),
      pText(adjustedP),
    ]),
  );
}

function spreadTable({ diagnostics }: AnalysisResults): string {
  if (!diagnostics || diagnostics.brownForsythe.length === 0) return '';
  return textTable(
    ['factor', 'F', 'p'],
    diagnostics.brownForsythe.map(({ factor, statistic, p }) => [factor, number(statistic, 2), pText(p)]),
  );
}

function powerTable({ power, plan }: AnalysisResults): string {
  if (power.length === 0) return '';
  const effects = power[0].required.map(({ effect }) => effect);
  return textTable(
    ['contrast', `found with ${plan.blocksPerGroup}`, ...effects.map((effect) => `for ${number(effect)}`)],
    power.map(({ level, baseline, detectable, required }) => [
      `${level} - ${baseline}`,
      number(detectable),
      ...required.map(({ blocks }) => (blocks === null ? '> 1e6' : String(blocks))),
    ]),
  );
}

function strataText({ secondary }: AnalysisResults): string {
  if (!secondary.strata) return '';
  return textTable(
    ['stratum', 'term', 'F', 'df', 'p', 'η² partial', 'η² generalised'],
    secondary.strata.map((row) => [
      row.stratum,
      row.term,
      number(row.f, 2),
      `${row.df}, ${row.errorDf}`,
      pText(row.p),
      number(row.partialEtaSquared),
      number(row.generalizedEtaSquared),
    ]),
  );
}

function plainText({ secondary, plan }: AnalysisResults): string {
  if (!secondary.plain) return secondary.reason === undefined ? '' : `not estimable: ${secondary.reason}`;
  const floor = 1 / (plan.resamples + 1);
  return textTable(
    ['term', 'df', 'F (III)', 'p (III)', 'p (II)', 'p (HC3)', 'p (perm.)', 'p (HC3 perm.)', 'η² partial', ''],
    secondary.plain.map((row) => [
      row.term,
      row.df === null ? '-' : String(row.df),
      number(row.f.III, 2),
      pText(row.p.III),
      pText(row.p.II),
      pText(row.hc3P),
      pText(row.permutationP, floor),
      pText(row.studentisedPermutationP, floor),
      number(row.partialEtaSquared),
      row.reason === undefined ? '' : `not estimable: ${row.reason}`,
    ]),
  );
}
