import type { CostLine, LevelChoice } from '../../analysis/index.ts';
import { type ForestPoint, forestFigure, missingFigure, type Figure } from '../figures/index.ts';
import { count, dollars, plural, share, signed, withRange } from '../format.ts';
import {
  type Advice,
  adviceAt,
  comparesStrategies,
  dependence,
  gainFigureId,
  overall,
  whyNothingIsSaid,
} from './advice.ts';
import {
  type AnswerCard,
  type Block,
  figureBlock,
  type GridCell,
  note,
  type Section,
  type Sentence,
  text,
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

const allModels = 'all models together';

/** The recommendations, per task and model, in plain sentences and one figure. */
export function answerSection(atlas: Atlas): Section {
  const id = 'answer';
  const title = 'The answer';
  if (!comparesStrategies(atlas)) return { id, title, blocks: cannotSay(atlas) };
  const gains = gainFigure(atlas);
  const depends = dependence(atlas);
  return {
    id,
    title,
    blocks: [
      { kind: 'text', tone: 'lead', text: overall(atlas) },
      ...(depends ? [text(...depends)] : []),
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
  const { runs } = atlas;
  return [
    { kind: 'text', tone: 'lead', text: whyNothingIsSaid(atlas) },
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
  if (evidence === 'a baseline is best')
    facts.push([
      recommended === gains.at(0)?.baseline
        ? 'No strategy scored higher.'
        : 'Itself a baseline; no other strategy scored higher.',
    ]);
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
  const title = `Gain over ${baseline ?? 'the baseline'} of choosing the highest mean`;
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
    seriesName: 'highest mean',
    stacked: true,
    axis: `gain over ${baseline}, in scores`,
  });
}
