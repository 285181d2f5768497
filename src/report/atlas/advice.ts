import type { BestGain, LevelChoice, Recommendation } from '../../analysis/index.ts';
import { list, noNumber, signed, withRange } from '../format.ts';
import { type Inline, plainSentence, type Sentence } from './content.ts';
import { type Atlas, type AtlasInput, atlasOf, nameOf, recommendationAt } from './context.ts';
import { adjustedText } from './factors.ts';

/** The figure with the gain of every recommendation. */
export const gainFigureId = 'recommended-gain';

/** What to use: the recommended level, or the baseline where no gain over it is shown. */
export interface Advice {
  readonly use: string | undefined;
  readonly recommendation: Recommendation | undefined;
  /** Over the first baseline. */
  readonly gain: BestGain | undefined;
}

export function adviceAt(atlas: Atlas, at: LevelChoice): Advice {
  const recommendation = recommendationAt(atlas, at);
  const gain = recommendation?.gains.at(0);
  if (!recommendation || recommendation.recommended === null) return { use: undefined, recommendation, gain };
  const stay = recommendation.evidence === 'gain not shown' ? gain?.baseline : undefined;
  return { use: stay ?? recommendation.recommended, recommendation, gain };
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
  return [overall(atlas), ...byTask, ...(depends ? [depends] : [])].map(plainSentence);
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
  const task = taskLabels.length > 1 ? 'Over all tasks' : `On ${taskLabels[0]}`;
  const model = modelLabels.length > 1 ? 'over all models' : `with ${modelLabels[0]}`;
  return verdictAt(atlas, {}, `${task}, ${model}`);
}

function verdictAt(atlas: Atlas, at: LevelChoice, where: string): Sentence {
  const { use, recommendation, gain } = adviceAt(atlas, at);
  if (use === undefined || !recommendation) {
    return [`${where}, nothing can be recommended: ${recommendation?.reason ?? 'nothing is estimable yet'}.`];
  }
  return [`${where}: `, ...verdictSentence(atlas, use, recommendation, gain)];
}

function verdictSentence(
  atlas: Atlas,
  use: string,
  { recommended, evidence }: Recommendation,
  gain: Advice['gain'],
): Inline[] {
  const baseline = atlas.baselines.at(0);
  const figure = gainFigureId;
  const amount = gain ? withRange(gain.estimate, gain.low, gain.high, 2, signed) : noNumber;
  if (evidence === 'gain shown') {
    return [
      { level: use, name: nameOf(atlas, use) },
      '. Choosing by the highest mean gains ',
      { text: amount, figure },
      ` over ${baseline ?? 'the baseline'} on unseen seeds.`,
    ];
  }
  if (evidence === 'gain not shown') {
    return [
      { level: use, name: nameOf(atlas, use) },
      '. No strategy’s gain is shown: choosing the one with the highest mean, at present ',
      { level: recommended ?? '' },
      ...(gain?.estimate === null || gain === undefined
        ? [', has no ', { text: 'gain that is estimable', figure }, ' with so few seeds.']
        : [', changes the score by ', { text: amount, figure }, ' on unseen seeds.']),
    ];
  }
  if (evidence === 'a baseline is best') {
    const best: Inline[] = [{ level: use, name: nameOf(atlas, use) }];
    if (gain === undefined || use === gain.baseline) {
      return [...best, ' has the ', { text: 'highest mean score', figure: 'matrix-figure' }, ' of all.'];
    }
    return [
      ...best,
      ', itself a baseline, has the highest mean score of all. Choosing by the highest mean gains ',
      { text: amount, figure },
      ` over ${gain.baseline} on unseen seeds`,
      gain.low !== null && gain.low > 0 ? '.' : ', which is not shown.',
    ];
  }
  return [{ level: use }, ' has the highest mean score; there is no baseline to measure a gain from.'];
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
