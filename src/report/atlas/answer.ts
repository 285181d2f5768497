import type { CostLine, LevelChoice } from '../../analysis/index.ts';
import { type ForestPoint, forestFigure, missingFigure, type Figure } from '../figures/index.ts';
import { count, dollars, plural } from '../format.ts';
import {
  type Advice,
  adviceAt,
  amount,
  comparesStrategies,
  dependence,
  gainFigureId,
  guessSentence,
  guessShare,
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
import { type Atlas, isFactor, nameOf, over, placeOf, samePlace } from './context.ts';
import { errorAsMeasured, fewSeedsCaution } from './few-seeds.ts';

const allModels = 'all models together';

/** The recommendations, per task and model, in plain sentences and one figure. */
export function answerSection(atlas: Atlas): Section {
  const id = 'answer';
  const title = 'The answer';
  if (!comparesStrategies(atlas)) return { id, title, blocks: cannotSay(atlas) };
  const gains = gainFigure(atlas);
  const depends = dependence(atlas);
  const caution = fewSeedsCaution(atlas);
  return {
    id,
    title,
    blocks: [
      ...(atlas.looked === undefined ? [] : [text({ strong: atlas.looked })]),
      { kind: 'text', tone: 'lead', text: overall(atlas) },
      ...(depends ? [text(...depends)] : []),
      ...(caution === undefined ? [] : [text(caution)]),
      { kind: 'cards', cards: atlas.taskLabels.map((task) => taskCard(atlas, task)) },
      ...(atlas.modelLabels.length > 1 ? [byModelGrid(atlas)] : []),
      note(
        'How to read it: a score of 0 is uniformly random play, 1 the oracle of the same instance; a task without a ' +
          'simulator declares both bounds itself. A gain is a ' +
          'difference of scores on the same instances. “Gain shown”, “harm shown” and “as good as” are verdicts: the ' +
          `chance that a study without any effect shows a gain or harm anywhere is meant to be at most ${errorOf(atlas)}, ` +
          `all strategies and finest places together. ${errorAsMeasured} Brackets are intervals at the level of the verdict: they exclude 0 ` +
          'exactly when a gain or harm is shown. Averages over tasks or models are exploratory: a second family with ' +
          'the same error. The probability of being best pools tasks as far as they agree; it is no verdict.',
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

function errorOf({ results }: Atlas): string {
  return `${Math.round(100 * (1 - (results?.plan.confidence ?? 0.95)))}%`;
}

function taskCard(atlas: Atlas, task: string): AnswerCard {
  const at = { task };
  const advice = adviceAt(atlas, at);
  const { use, recommendation, place, verdict } = advice;
  const base = { title: task, subtitle: atlas.tasks.find(({ label }) => label === task)?.type };
  if (use === undefined || !recommendation) {
    return {
      ...base,
      verdict: 'Cannot be said yet',
      facts: [[recommendation?.reason ?? 'Nothing is estimable here yet.']],
    };
  }
  const baseline = atlas.baselines.at(0) ?? 'the baseline';
  const facts: Sentence[] = [];
  if (recommendation.because === 'gain shown') {
    facts.push([
      'Gain shown: ',
      { text: amount(verdict), figure: gainFigureId },
      ` over ${over(atlas, baseline)}`,
    ]);
  } else if (recommendation.because === 'as good as' && place) {
    const equals = place.verdicts.filter(({ asGood }) => asGood).map(({ level }) => level);
    facts.push([
      `As good as ${baseline} (within ${place.margin}): ${equals.join(', ')}; ${use} is the cheapest`,
    ]);
  } else {
    facts.push(['No gain is shown. ', ...guessSentence(atlas, recommendation)]);
    if (verdict)
      facts.push([
        { text: amount(verdict), figure: gainFigureId },
        ` over ${over(atlas, baseline)}, not shown`,
      ]);
  }
  for (const { level, shown, reason } of place?.verdicts ?? []) {
    if (shown === 'harm shown' && level !== use) facts.push(['Harm shown: ', { level }]);
    if (shown === null) facts.push([`No verdict on ${level}: ${reason ?? 'not estimable'}`]);
  }
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
      'What to use, by model and task, and what that rests on: a gain that is shown; a strategy shown to be as good as the baseline; or the baseline, where no gain is shown, with the best guess and its probability of being best.',
    corner: 'model',
    columns: atlas.taskLabels,
    rows: atlas.modelLabels.map((model) => ({
      name: model,
      cells: atlas.taskLabels.map((task) => gridCell(adviceAt(atlas, { task, model }))),
    })),
  };
}

function gridCell(advice: Advice): GridCell {
  const { use, recommendation } = advice;
  if (use === undefined || !recommendation) return { note: recommendation?.reason ?? 'not estimable' };
  const { because, guess } = recommendation;
  if (because !== 'no gain is shown') return { level: use, note: because ?? '' };
  return { level: use, note: `no gain is shown; best guess ${guess ?? ''} ${guessShare(advice)}`.trim() };
}

function gainFigure(atlas: Atlas): Figure {
  const baseline = atlas.baselines.at(0);
  const title = `Gain over ${over(atlas, baseline ?? 'the baseline')} of what is used, or of the best guess`;
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
      const { recommendation, verdict } = adviceAt(atlas, { task, ...(model !== together && { model }) });
      return {
        row: model,
        group: task,
        series: verdict?.level,
        estimate: verdict?.estimate ?? null,
        low: verdict?.low ?? null,
        high: verdict?.high ?? null,
        note: verdict ? `${verdict.level}, ${verdict.shown ?? 'no verdict'}` : undefined,
        reason: verdict?.reason ?? recommendation?.reason ?? `the best guess is ${baseline} itself`,
      };
    }),
  );
  return forestFigure({
    id: gainFigureId,
    title,
    caption:
      `Paired differences from ${over(atlas, baseline)} on the same instances. Lines are intervals at the level of the verdict, adjusted for all strategies and places: where a line reaches 0, no gain is shown.` +
      (varied
        ? ` ${allModels.charAt(0).toUpperCase()}${allModels.slice(1)} is an average, exploratory.`
        : ''),
    points,
    rows: models,
    rowName: 'model',
    groups: atlas.taskLabels,
    groupName: 'task',
    series: atlas.styles,
    seriesName: 'strategy',
    stacked: true,
    axis: `gain over ${over(atlas, baseline)}, in scores`,
  });
}
