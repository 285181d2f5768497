import type { CostLine, LevelChoice, Recommendation } from '../../analysis/index.ts';
import { type ForestPoint, forestFigure, missingFigure, type Figure } from '../figures/index.ts';
import { count, dollars, list, noNumber, plural, share, signed, withRange } from '../format.ts';
import {
  type AnswerCard,
  type Block,
  figureBlock,
  type GridCell,
  type Inline,
  note,
  type Section,
  type Sentence,
} from './content.ts';
import {
  type Atlas,
  confidenceOf,
  isFactor,
  nameOf,
  placeOf,
  recommendationAt,
  samePlace,
} from './context.ts';
import { adjustedText } from './factors.ts';

const allModels = 'all models together';
const gainFigureId = 'recommended-gain';

/** What to use: the recommended level, or the baseline where no gain over it is shown. */
interface Advice {
  readonly use: string | undefined;
  readonly recommendation: Recommendation | undefined;
  readonly gain:
    | { readonly estimate: number | null; readonly low: number | null; readonly high: number | null }
    | undefined;
}

function adviceAt(atlas: Atlas, at: LevelChoice): Advice {
  const recommendation = recommendationAt(atlas, at);
  const gain = recommendation?.gains.at(0);
  if (!recommendation || recommendation.recommended === null) return { use: undefined, recommendation, gain };
  const stay = recommendation.evidence === 'gain not shown' ? gain?.baseline : undefined;
  return { use: stay ?? recommendation.recommended, recommendation, gain };
}

/** The recommendations, per task and model, in plain sentences and one figure. */
export function answerSection(atlas: Atlas): Section {
  const { results } = atlas;
  const id = 'answer';
  const title = 'The answer';
  if (!results || results.recommendations.length === 0 || results.plan.comparedFactor !== 'strategy') {
    return { id, title, blocks: cannotSay(atlas) };
  }
  const gains = gainFigure(atlas);
  return {
    id,
    title,
    blocks: [
      { kind: 'text', tone: 'lead', text: overall(atlas) },
      ...dependence(atlas),
      { kind: 'cards', cards: atlas.taskLabels.map((task) => taskCard(atlas, task)) },
      ...(atlas.modelLabels.length > 1 ? [byModelGrid(atlas)] : []),
      note(
        'How to read it: a score of 0 is uniformly random play, 1 the oracle of the same instance. A gain is a ' +
          'difference of scores. Gains here come from seeds that were not used to choose the strategy; ' +
          `brackets are ${confidenceOf(atlas)} intervals. The share of resamples in which a strategy is best says how ` +
          'settled the choice is; it is no probability that it is best in truth. These are estimates, one per ' +
          'place, not adjusted for their number.',
      ),
      figureBlock(gains),
    ],
  };
}

/** What can be said of a study in which no strategies are compared. */
function cannotSay(atlas: Atlas): Block[] {
  const { results, nothingToTest, runs, levels } = atlas;
  const reason =
    nothingToTest ??
    (results && results.plan.comparedFactor !== 'strategy'
      ? `All runs have the same strategy (${levels.length === 1 ? levels[0] : (atlas.strategies[0]?.label ?? 'none')}), so none can be recommended over another.`
      : 'Nothing has been compared yet.');
  return [
    {
      kind: 'text',
      tone: 'lead',
      text: [{ strong: 'Which strategy to use cannot be said yet. ' }, reason],
    },
    {
      kind: 'list',
      items: [
        [`${plural(runs.scored, 'run')} of ${count(runs.planned)} planned have a score.`],
        [
          'A recommendation needs at least two strategies, one of them a baseline, on at least two seeds of the ' +
            'same tasks.',
        ],
      ],
    },
  ];
}

function overall(atlas: Atlas): Sentence {
  const { use, recommendation, gain } = adviceAt(atlas, {});
  const over = [
    ...(atlas.taskLabels.length > 1 ? ['all tasks'] : atlas.taskLabels),
    ...(atlas.modelLabels.length > 1 ? ['all models'] : atlas.modelLabels),
  ];
  const where = `Over ${list(over)} together`;
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
  if (evidence === 'a baseline is best')
    return [{ level: use, name: nameOf(atlas, use) }, ' has the highest mean score of all.'];
  return [{ level: use }, ' has the highest mean score; there is no baseline to measure a gain from.'];
}

/** Does the best choice depend on task and model? */
function dependence(atlas: Atlas): Block[] {
  const { results, baselines } = atlas;
  const moderation = results?.moderation.find(({ baseline }) => baseline === baselines.at(0));
  const terms = (moderation?.terms ?? []).filter(({ term, p }) => !term.includes(':') && p !== null);
  if (terms.length === 0) return [];
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
      '.',
    );
  }
  return [{ kind: 'text', text }];
}

function taskCard(atlas: Atlas, task: string): AnswerCard {
  const at = { task };
  const { use, recommendation } = adviceAt(atlas, at);
  const base = { title: task, subtitle: atlas.tasks.find(({ label }) => label === task)?.type };
  if (use === undefined || !recommendation) {
    return {
      ...base,
      verdict: 'Cannot be said yet',
      facts: [[recommendation?.reason ?? 'Nothing is estimable here yet.']],
    };
  }
  const { recommended, evidence, levels, gains } = recommendation;
  const best = levels.find(({ level }) => level === recommended);
  const facts: Sentence[] = [];
  if (evidence === 'gain not shown')
    facts.push(['No gain is shown. Best-looking: ', { level: recommended ?? '' }, '.']);
  if (evidence === 'a baseline is best') facts.push(['No strategy scored higher.']);
  if (evidence !== 'a baseline is best' || recommended !== gains.at(0)?.baseline) {
    for (const gain of gains) {
      if (gain.baseline === recommended) continue;
      const amount = withRange(gain.estimate, gain.low, gain.high, 2, signed);
      const unsure = gain.low === null || gain.low <= 0 ? ', not shown' : '';
      facts.push([{ text: amount, figure: gainFigureId }, ` over ${gain.baseline}${unsure}`]);
    }
  }
  if (best) facts.push([`Highest mean in ${share(best.probabilityBest)} of resamples`]);
  const spent = costSentence(atlas, at, use);
  if (spent) facts.push(spent);
  const differing = modelsThatDiffer(atlas, task, use);
  if (differing) facts.push([differing]);
  return { ...base, verdict: nameOf(atlas, use), level: use, facts };
}

function costSentence(atlas: Atlas, at: LevelChoice, level: string): Sentence | undefined {
  const place = placeOf(atlas, at);
  const lines = (atlas.results?.costs ?? []).filter((line) => samePlace(line.at, place));
  const own = lines.find((line) => line.level === level);
  const baseline = lines.find((line) => line.level === atlas.baselines.at(0));
  if (!own?.tokens) return undefined;
  const words = (line: CostLine) =>
    [
      ...(line.tokens ? [`${count(line.tokens.estimate)} tokens`] : []),
      ...(line.costUsd ? [dollars(line.costUsd.estimate)] : []),
    ].join(', ');
  const compare = baseline && baseline !== own ? ` (${baseline.level}: ${words(baseline)})` : '';
  return [{ text: `${words(own)} a run`, figure: 'cost-tokens' }, compare];
}

function modelsThatDiffer(atlas: Atlas, task: string, use: string): string | undefined {
  if (!isFactor(atlas, 'model')) return undefined;
  const others = atlas.modelLabels.filter((model) => {
    const own = adviceAt(atlas, { task, model }).use;
    return own !== undefined && own !== use;
  });
  if (others.length === 0) return `The same for each of the ${atlas.modelLabels.length} models`;
  return `Another choice for ${others.length} of ${atlas.modelLabels.length} models, below`;
}

function byModelGrid(atlas: Atlas): Block {
  return {
    kind: 'grid',
    id: 'recommended-by-model',
    caption:
      'What to use, by model and task, with the share of resamples in which it is best. Where a gain over the first baseline is not shown on unseen seeds, the baseline is named, and the strategy with the highest mean stands below it.',
    corner: 'model',
    columns: atlas.taskLabels,
    rows: atlas.modelLabels.map((model) => ({
      name: model,
      cells: atlas.taskLabels.map((task) => gridCell(adviceAt(atlas, { task, model }))),
    })),
  };
}

function gridCell({ use, recommendation }: Advice): GridCell {
  if (use === undefined || !recommendation) return { note: 'not estimable' };
  const { recommended, evidence, levels } = recommendation;
  const best = levels.find(({ level }) => level === recommended);
  const settled = best ? share(best.probabilityBest) : '';
  return {
    level: use,
    note: evidence === 'gain not shown' ? `${recommended} ${settled}, not shown` : settled,
  };
}

function gainFigure(atlas: Atlas): Figure {
  const baseline = atlas.baselines.at(0);
  const title = `Gain of the recommended strategy over ${baseline ?? 'the baseline'}`;
  if (baseline === undefined) {
    return missingFigure(
      gainFigureId,
      title,
      'This study has no baseline (such as the strategy none), so there is no gain.',
    );
  }
  const varied = isFactor(atlas, 'model');
  const together = varied ? allModels : (atlas.modelLabels[0] ?? allModels);
  const models = varied ? [together, ...atlas.modelLabels] : [together];
  const points = atlas.taskLabels.flatMap((task) =>
    models.map((model): ForestPoint => {
      const recommendation = recommendationAt(atlas, { task, ...(model !== together && { model }) });
      const gain = recommendation?.gains.find((g) => g.baseline === baseline);
      const best = recommendation?.levels.find(({ level }) => level === recommendation.recommended);
      return {
        row: model,
        group: task,
        series: recommendation?.recommended ?? undefined,
        estimate: gain?.estimate ?? null,
        low: gain?.low ?? null,
        high: gain?.high ?? null,
        note: best ? `${best.level}, best in ${share(best.probabilityBest)}` : undefined,
        reason: gain?.reason ?? recommendation?.reason,
      };
    }),
  );
  return forestFigure({
    id: gainFigureId,
    title,
    caption:
      `Each seed is left out once, the strategy with the highest mean on the other seeds is chosen, and its gain over ${baseline} is measured on the seed left out. ` +
      `Lines are ${confidenceOf(atlas)} intervals over seeds; where a line reaches 0, a gain is not shown. Colour and text name the strategy with the highest mean over all seeds. Not adjusted for the number of rows.`,
    points,
    rows: models,
    rowName: 'model',
    groups: atlas.taskLabels,
    groupName: 'task',
    series: atlas.styles,
    seriesName: 'recommended',
    stacked: true,
    axis: `gain over ${baseline}, in scores`,
  });
}
