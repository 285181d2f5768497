import type { LevelContrast } from '../stats/index.ts';
import { placeText } from './places.ts';
import type { AnalysisResults, ContrastFamilyResult, TermResult } from './results.ts';
import { interval, number, pText, textTable } from './text-table.ts';

/** Longer families show only what stands out; all of them are in the JSON. */
const longestFamily = 30;

export function missingText({ missingness }: AnalysisResults): string {
  const { planned, scored, kinds, bounds, range } = missingness;
  if (scored === planned) return '';
  const list = Object.entries(kinds).map(([kind, count]) => `${count} ${kind}`);
  const worst = bounds.map(
    ({ level, baseline, low, high }) =>
      `${level} - ${baseline} between ${number(low)} and ${number(high)} for any missing scores from ${number(range[0])} to ${number(range[1])}`,
  );
  return [`${planned - scored} of ${planned} runs have no score: ${list.join(', ')}`, ...worst].join('\n');
}

/** The adjusted p; a bound where the p it comes from is one. */
function adjustedText({ p, adjustedP, floor }: TermResult): string {
  const atFloor = p !== null && p <= floor * (1 + 1e-9);
  return pText(adjustedP, atFloor ? (adjustedP ?? undefined) : undefined);
}

export function termTable(terms: readonly TermResult[], size: string): string {
  const reasons = new Set(terms.map(({ p, reason }) => (p === null ? reason : undefined)));
  const [shared] = reasons;
  if (reasons.size === 1 && shared !== undefined) return `no term is estimable: ${shared}`;
  const sorted = terms
    .slice()
    .sort((a, b) => (b.generalizedEtaSquared ?? -1) - (a.generalizedEtaSquared ?? -1));
  return textTable(
    ['term', size, 'η² partial', 'statistic', 'df', 'p', 'p adjusted', ''],
    sorted.map((term) => [
      term.term,
      number(term.generalizedEtaSquared),
      number(term.partialEtaSquared),
      number(term.value, 2),
      String(term.dimension),
      pText(term.p, term.floor),
      adjustedText(term),
      term.reason === undefined ? '' : `not estimable: ${term.reason}`,
    ]),
  );
}

/** Differences with the interval that goes with the adjusted p. */
export function contrastTable({ contrasts }: ContrastFamilyResult, confidence: number): string {
  const { shown, rest } = standingOut(contrasts, confidence);
  const table = textTable(
    ['contrast', 'where', 'difference', 'percent', 'p', 'p adjusted'],
    shown.map((c: LevelContrast) => [
      `${c.level} - ${c.baseline}`,
      placeText(c.at),
      interval(c.estimate, c.simultaneousLow, c.simultaneousHigh) +
        (c.estimate === null && c.reason ? `: ${c.reason}` : ''),
      c.percent.estimate === null ? '-' : interval(c.percent.estimate, c.percent.low, c.percent.high, 0),
      pText(c.p),
      pText(c.adjustedP),
    ]),
  );
  return [...(shown.length > 0 ? [table] : []), ...rest].join('\n');
}

/** Gains over the first baseline against total parameters; everything else is in the JSON. */
export function scalingTable({ scaling, plan }: AnalysisResults): string {
  if (scaling.length === 0) return '';
  const shown = scaling.filter(
    ({ measure, parameters, architecture, baseline }) =>
      measure === 'gain' && parameters === 'total' && architecture === null && baseline === plan.baselines[0],
  );
  const estimable = shown.filter(({ result }) => result.estimable);
  const leftOut = new Map(
    scaling.flatMap(({ result }) => result.leftOut.map(({ model, reason }) => [model, reason] as const)),
  );
  const names = [...leftOut].map(([model, reason]) => `left out: ${model}, ${reason}`);
  if (estimable.length === 0) {
    return [`not estimable: ${scaling[0].result.reason ?? ''}`, ...names].join('\n');
  }
  const table = textTable(
    ['gain of', 'where', 'n', 'r', 'rho', 'p of rho', 'slope per decade'],
    estimable.map(({ level, at, result: { models, pearson, spearman, slopePerDecade } }) => [
      level,
      placeText(at),
      String(models.length),
      interval(pearson?.r ?? null, pearson?.low ?? null, pearson?.high ?? null, 2),
      number(spearman?.coefficient, 2),
      pText(spearman?.p),
      number(slopePerDecade?.slope),
    ]),
  );
  const rest =
    'p is not adjusted for the number of lines. In --json: active parameters, share of the headroom, Kendall, other baselines, single architectures.';
  return [table, rest, ...names].join('\n');
}

export function architectureTable({ architecture, plan }: AnalysisResults): string {
  if (architecture.length === 0) return '';
  const { shown, rest } = standingOut(architecture, plan.confidence);
  const table = textTable(
    ['gain of', 'over', 'where', 'difference of the gains', 'p', 'p adjusted'],
    shown.map((line) => [
      line.level,
      line.baseline,
      placeText(line.at),
      interval(line.estimate, line.low, line.high),
      pText(line.p),
      pText(line.adjustedP),
    ]),
  );
  const pairs = (plan.architecture?.pairs ?? []).map(({ model, reference }) => `${model} with ${reference}`);
  return [...(shown.length > 0 ? [table] : []), ...rest, `pairs: ${pairs.join('; ')}`].join('\n');
}

/** Of a long family the lines with a small adjusted p, and a line that says how many others there are. */
function standingOut<T extends { readonly adjustedP: number | null }>(
  lines: readonly T[],
  confidence: number,
) {
  if (lines.length <= longestFamily) return { shown: lines, rest: [] };
  const alpha = 1 - confidence + 1e-12;
  const shown = lines.filter(({ adjustedP }) => adjustedP !== null && adjustedP <= alpha);
  const hidden = lines.length - shown.length;
  return {
    shown,
    rest: [
      `${hidden} of ${lines.length}, without an adjusted p of at most ${number(alpha, 2)}, are in --json`,
    ],
  };
}

export function ablationTable({ ablations }: AnalysisResults): string {
  if (ablations.length === 0) return '';
  return textTable(
    ['strategy', 'part', 'where', 'contribution', 'p', 'p adjusted'],
    ablations.map((line) => [
      line.strategy,
      line.part,
      placeText(line.at),
      interval(line.estimate, line.low, line.high),
      pText(line.p),
      pText(line.adjustedP),
    ]),
  );
}

export function aggregateTable({ aggregates }: AnalysisResults): string {
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

export function simpleTable({ simpleEffects, plan }: AnalysisResults): string {
  if (simpleEffects.length === 0) return '';
  const floor = 1 / (plan.resamples + 1);
  return textTable(
    ['factor', 'level', 'p', 'p adjusted', ''],
    simpleEffects.map(({ factor, at, p, adjustedP, reason }) => [
      factor,
      placeText(at),
      pText(p, floor),
      pText(adjustedP),
      reason === undefined ? '' : `not estimable: ${reason}`,
    ]),
  );
}

export function spreadTable({ diagnostics }: AnalysisResults): string {
  if (!diagnostics || diagnostics.brownForsythe.length === 0) return '';
  return textTable(
    ['factor', 'F', 'p'],
    diagnostics.brownForsythe.map(({ factor, statistic, p }) => [factor, number(statistic, 2), pText(p)]),
  );
}

export function powerTable({ power, plan }: AnalysisResults): string {
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

export function strataText({ secondary }: AnalysisResults): string {
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

export function plainText({ secondary, plan }: AnalysisResults): string {
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
