import type { LevelChoice, PlaceVerdicts, Recommendation, Verdict } from '../../analysis/index.ts';
import { verdictLookup } from '../../analysis/index.ts';
import { list, share, signed, withRange } from '../format.ts';
import { type Inline, plainSentence, type Sentence } from './content.ts';
import { type Atlas, type AtlasInput, atlasOf, nameOf, over, placeOf, recommendationAt } from './context.ts';
import { adjustedText } from './factors.ts';
import { fewSeedsCaution } from './few-seeds.ts';

/** The figure with the gain of every recommendation. */
export const gainFigureId = 'recommended-gain';

/** What to use at a place, and what it rests on. */
export interface Advice {
  readonly use: string | undefined;
  readonly recommendation: Recommendation | undefined;
  readonly place: PlaceVerdicts | undefined;
  /** Of the level in use, or of the best guess where the baseline is kept; undefined where that is the baseline. */
  readonly verdict: Verdict | undefined;
}

export function adviceAt(atlas: Atlas, at: LevelChoice): Advice {
  const recommendation = recommendationAt(atlas, at);
  const use = recommendation?.use ?? undefined;
  const baseline = atlas.baselines.at(0);
  const place = verdictLookup(atlas.results?.verdicts ?? [], baseline)(placeOf(atlas, at))?.place;
  const level = use !== undefined && use !== baseline ? use : recommendation?.guess;
  return { use, recommendation, place, verdict: place?.verdicts.find((own) => own.level === level) };
}

/**
 * The answer for a terminal, one plain sentence or two each: what to use over everything and for each task, with its
 * gain, and what that depends on; or why nothing can be said.
 */
export function answerText(input: AtlasInput): string[] {
  const atlas = atlasOf(input);
  if (!comparesStrategies(atlas)) return [plainSentence(whyNothingIsSaid(atlas))];
  const { taskLabels } = atlas;
  const byTask = taskLabels.length > 1 ? taskLabels.map((task) => verdictAt(atlas, { task }, task)) : [];
  const depends = dependence(atlas);
  const looked: Sentence[] = atlas.looked === undefined ? [] : [[atlas.looked]];
  const caution = fewSeedsCaution(atlas);
  return [
    ...looked,
    overall(atlas),
    ...byTask,
    ...(depends ? [depends] : []),
    ...(caution === undefined ? [] : [[caution]]),
  ].map(plainSentence);
}

/** Can one strategy be recommended over another? */
export function comparesStrategies({ results }: Atlas): boolean {
  return results?.plan.comparedFactor === 'strategy' && results.recommendations.length > 0;
}

export function whyNothingIsSaid({ results, nothingToTest, levels, strategies }: Atlas): Sentence {
  const reason =
    nothingToTest ??
    (results && results.plan.comparedFactor !== 'strategy'
      ? `All runs have the same strategy (${levels.length === 1 ? levels[0] : (strategies[0]?.label ?? 'none')}), so none can be recommended over another.`
      : 'Nothing has been compared yet.');
  return [{ strong: 'Which strategy to use cannot be said yet. ' }, reason];
}

export function overall(atlas: Atlas): Sentence {
  const { taskLabels, modelLabels } = atlas;
  const task = taskLabels.length > 1 ? 'On average over all tasks' : `On ${taskLabels[0]}`;
  const model = modelLabels.length > 1 ? 'over all models' : `with ${modelLabels[0]}`;
  return verdictAt(atlas, {}, `${task}, ${model}`);
}

function verdictAt(atlas: Atlas, at: LevelChoice, where: string): Sentence {
  const advice = adviceAt(atlas, at);
  const { use, recommendation } = advice;
  const role =
    recommendation?.role === 'exploratory' && recommendation.because !== null ? ' (exploratory)' : '';
  if (use === undefined || !recommendation) {
    return [`${where}, nothing can be recommended: ${recommendation?.reason ?? 'nothing is estimable yet'}.`];
  }
  return [`${where}${role}: `, ...verdictSentence(atlas, use, advice), ...harms(advice)];
}

/** The three answers there are, in the order in which they are sought. */
function verdictSentence(atlas: Atlas, use: string, { recommendation, place, verdict }: Advice): Inline[] {
  const baseline = atlas.baselines.at(0) ?? 'the baseline';
  const figure = gainFigureId;
  const named: Inline = { level: use, name: nameOf(atlas, use) };
  if (recommendation?.because === 'gain shown') {
    return [named, '. Gain shown: ', { text: amount(verdict), figure }, ` over ${over(atlas, baseline)}.`];
  }
  if (recommendation?.because === 'as good as' && place) {
    const within = `(within ${place.margin})`;
    const equals = place.verdicts.filter(({ asGood, shown }) => asGood && shown !== 'harm shown');
    const names = equals.map(({ level }) => level);
    const who = place.allAsGood && names.length > 1 ? `all ${names.length} strategies` : list(names);
    const verb = names.length > 1 ? 'are' : 'is';
    return [
      named,
      `. Shown to be as good as ${baseline} ${within} ${verb} `,
      { text: who, figure },
      `; ${use} is the cheapest.`,
    ];
  }
  return [`No gain is shown; keep `, named, '. ', ...guessSentence(atlas, recommendation)];
}

/** "Best guess: vdn, best with probability 0.62." */
export function guessSentence(atlas: Atlas, recommendation: Recommendation | undefined): Inline[] {
  const { guess = null, levels = [] } = recommendation ?? {};
  if (guess === null) return [];
  const probability = levels.find(({ level }) => level === guess)?.probabilityBest ?? null;
  const sure =
    probability === null ? ' (the highest mean)' : `, best with probability ${probability.toFixed(2)}`;
  return ['Best guess: ', guess === atlas.baselines.at(0) ? `${guess} itself` : { level: guess }, `${sure}.`];
}

/** Harms that are shown, and levels without a verdict, after what is to be used. */
function harms({ place, use }: Advice): Inline[] {
  const harmed = (place?.verdicts ?? []).filter(
    ({ shown, level }) => shown === 'harm shown' && level !== use,
  );
  const silent = (place?.verdicts ?? []).filter(({ shown }) => shown === null);
  const dropped = (place?.verdicts ?? []).filter(({ settled }) => settled?.how === 'dropped');
  return [
    ...(dropped.length > 0
      ? [
          ` Dropped, their gains likely below ${place!.margin}: ` +
            `${list(dropped.map(({ level, settled }) => `${level} after ${settled!.seeds} seeds`))}.`,
        ]
      : []),
    ...(harmed.length > 0
      ? [` Harm shown: ${list(harmed.map((own) => `${own.level} ${amount(own)}`))}.`]
      : []),
    ...silent.map(({ level, reason }) => ` No verdict on ${level}: ${reason ?? 'not estimable'}.`),
  ];
}

export function amount(verdict: Verdict | undefined): string {
  return withRange(verdict?.estimate, verdict?.low, verdict?.high, 2, signed);
}

/** How likely the best guess is the best, for a table; empty with a single task. */
export function guessShare({ recommendation }: Advice): string {
  const { guess, levels = [] } = recommendation ?? {};
  const probability = levels.find(({ level }) => level === guess)?.probabilityBest ?? null;
  return probability === null ? '' : share(probability);
}

/** Does the best choice depend on task and model? */
export function dependence(atlas: Atlas): Sentence | undefined {
  const { results, baselines } = atlas;
  const moderation = results?.moderation.find(({ baseline }) => baseline === baselines.at(0));
  const terms = (moderation?.terms ?? []).filter(({ term, p }) => !term.includes(':') && p !== null);
  if (terms.length === 0) return undefined;
  const depends = terms.filter(({ adjustedP }) => (adjustedP ?? 1) < 0.05);
  const others = terms.filter((term) => !depends.includes(term));
  const name = (term: (typeof terms)[number]) => `${term.term} (${adjustedText(term)})`;
  const text: Inline[] = [];
  if (depends.length > 0) {
    text.push(
      'What a strategy gains ',
      { text: 'depends on', figure: 'moderation' },
      ` the ${list(depends.map(name))}, so read the rows for yours. `,
    );
  }
  if (others.length > 0) {
    text.push(
      `That it depends on the ${list(others.map(name))} is `,
      { text: 'not shown', figure: 'moderation' },
      ', so what looks best at single ones may be chance.',
    );
  }
  return text;
}
