import { gainedOver } from './advice-kinds.ts';
import type { LevelChoice } from '../stats/index.ts';
import { placeKey, placeText } from './places.ts';
import type { AnalysisPlan } from './plan.ts';
import { verdictLookup } from './recommendations.ts';
import type { AnalysisResults } from './results.ts';
import { interval, number, pText, textTable } from './text-table.ts';
import type { PlaceVerdicts, Recommendation, Verdict, VerdictFamily } from './verdict-results.ts';

/** Longer families show only what is shown; all of them are in the JSON. */
const longestFamily = 30;

/** The verdict on one level, in the words that are used everywhere. */
export function verdictWords({ shown, asGood, reason }: Verdict, baseline: string, margin: number): string {
  if (shown === null) return `no verdict: ${reason ?? 'not estimable'}`;
  const equal = `as good as ${baseline} (within ${margin})`;
  const words =
    shown === 'not shown' ? (asGood ? equal : 'no gain is shown') : asGood ? `${shown}, ${equal}` : shown;
  return reason === undefined ? words : `${words}; ${reason}`;
}

/** The first thing to read: which level to use where, why, what it gains, and what looks best. */
export function answerTable(results: AnalysisResults): string {
  const { recommendations, verdicts, costs, plan } = results;
  const shown = recommendations.filter(
    ({ at, because }) => Object.keys(at).length < 2 || because === 'gain shown',
  );
  if (shown.length === 0) return '';
  const baseline = plan.baselines.at(0);
  const verdictsAt = verdictLookup(verdicts, baseline);
  const tokens = (at: LevelChoice, level: string | null) =>
    costs.find((line) => line.level === level && placeKey(line.at) === placeKey(at))?.tokens;
  const known = costs.some((line) => line.tokens !== null);
  const believed = shown.some(({ levels }) => levels.some(({ probabilityBest }) => probabilityBest !== null));
  const table = textTable(
    [
      'where',
      'use',
      ...(baseline === undefined ? [] : [`gain over ${gainedOver(baseline, plan)}`]),
      'best guess',
      ...(believed ? ['P(best)'] : []),
      ...(known ? ['tokens'] : []),
      '',
    ],
    shown.map((own) => {
      const { at, use, guess, levels } = own;
      const level = use !== null && use !== baseline ? use : guess;
      const verdict = verdictsAt(at)?.place.verdicts.find((line) => line.level === level);
      return [
        placeText(at),
        use ?? '-',
        ...(baseline === undefined
          ? []
          : [verdict ? interval(verdict.estimate, verdict.low, verdict.high) : '-']),
        guess ?? '-',
        ...(believed ? [number(levels.find((line) => line.level === guess)?.probabilityBest, 2)] : []),
        ...(known ? [number(tokens(at, use ?? guess)?.estimate, 0)] : []),
        reasonOf(own, verdictsAt(at)?.place, baseline),
      ];
    }),
  );
  const notes = [
    baseline === undefined
      ? ''
      : 'The gain is that of what is used, or of the best guess where the baseline is kept. Rows that average over ' +
        'other factors are exploratory.',
    believed
      ? 'P(best): probability that the best guess is truly the best, by partial pooling over tasks.'
      : '',
  ];
  return [table, ...notes.filter((line) => line !== '')].join('\n');
}

function reasonOf(
  { use, because, reason }: Recommendation,
  place: PlaceVerdicts | undefined,
  baseline = '',
): string {
  if (reason !== undefined) return reason;
  if (because === 'as good as' && place) {
    const equals = place.verdicts.filter(({ asGood }) => asGood).map(({ level }) => level);
    const names = place.allAsGood ? 'all' : equals.join(', ');
    return `as good as ${baseline} (within ${place.margin}): ${names}; ${use ?? ''} is the cheapest`;
  }
  return because ?? '';
}

/** One family of verdicts as a table. */
export function verdictTable({ places, baseline, alpha }: VerdictFamily): string {
  const lines = places.flatMap((place) => place.verdicts.map((verdict) => ({ place, verdict })));
  const telling = lines.filter(
    ({ verdict: { shown, asGood } }) => asGood || shown === 'gain shown' || shown === 'harm shown',
  );
  const shown = lines.length <= longestFamily ? lines : telling;
  const table = textTable(
    ['contrast', 'where', 'difference', 'p adjusted', 'p as good', 'blocks', 'verdict'],
    shown.map(({ place, verdict }) => [
      `${verdict.level} - ${baseline}`,
      `${placeText(place.at)}${place.weights ? ', by precision' : ''}`,
      interval(verdict.estimate, verdict.low, verdict.high),
      pText(verdict.adjustedP),
      pText(verdict.equivalenceP),
      verdict.blocks === verdict.plannedBlocks
        ? String(verdict.blocks)
        : `${verdict.blocks} of ${verdict.plannedBlocks}`,
      verdictWords(verdict, baseline, place.margin),
    ]),
  );
  const hidden = lines.length - shown.length;
  const weighted = places.find(({ weights }) => weights)?.weights;
  return [
    ...(shown.length > 0 ? [table] : []),
    ...(hidden > 0
      ? [`${hidden} of ${lines.length}, of which nothing is shown at ${number(alpha, 2)}, are in --json`]
      : []),
    ...(weighted
      ? [
          `by precision: an average over tasks with the weights ${weighted.map(({ at, share }) => `${placeText(at)} ${number(share, 2)}`).join(', ')}`,
        ]
      : []),
  ].join('\n');
}

/** What a family is called above its table, with its error rates. */
export function familyTitle(
  { role, baseline, alpha }: VerdictFamily,
  { baselines, alternative = 'two-sided' }: AnalysisPlan,
): string {
  const rate = `${number(100 * alpha, 0)}%`;
  const rates = `${rate} for all ${{ 'two-sided': 'gains and harms together', greater: 'gains, one-sided', less: 'harms, one-sided' }[alternative]}, ${rate} for all "as good as"; intervals agree`;
  if (role === 'verdicts') return `Verdicts against ${baseline} (${rates})`;
  const what = baseline === baselines[0] ? 'averages over places' : 'a further baseline, and averages';
  return `Exploratory, against ${baseline}: ${what} (a family of its own: ${rates})`;
}
