import { type CostLine, onFront } from '../../analysis/index.ts';
import { costFigure, type CostPoint, type CostUnit, type Figure } from '../figures/index.ts';
import { count, dollars, list } from '../format.ts';
import { type Block, figureBlock, type Section, text } from './content.ts';
import { type Atlas, confidenceOf, isFactor } from './context.ts';

const together = 'all tasks';

const unitWords: Readonly<Record<CostUnit, string>> = {
  tokens: 'tokens of a run (input and output)',
  dollars: 'dollars of a run (input and output)',
  questions: 'questions of a run to its models',
  seconds: 'seconds of a run by the clock, beside whatever else the machine did then',
  slowest:
    'seconds in which the slowest agent of each episode waited for its model: what a run takes where all agents work at once',
};

const nameOf = (unit: CostUnit) => (unit === 'slowest' ? 'seconds of the slowest agent' : unit);

type Cost = Pick<CostPoint, 'cost' | 'onFront'>;

/** What the lines of one panel cost, in their order. */
function costsOf({ seconds = [] }: Atlas, lines: readonly CostLine[], unit: CostUnit): readonly Cost[] {
  if (unit === 'tokens') return lines.map(({ tokens: cost, onTokenFront: onFront }) => ({ cost, onFront }));
  if (unit === 'dollars')
    return lines.map(({ costUsd: cost, onDollarFront: onFront }) => ({ cost, onFront }));
  if (unit === 'questions')
    return lines.map(({ questions: cost, onQuestionFront: onFront }) => ({ cost, onFront }));
  const costs = lines.map(({ level, at }) => {
    const own = seconds.filter(({ strategy, task }) => strategy === level && task === (at.task ?? task));
    const known = own.flatMap((each) => (unit === 'slowest' ? each.slowest : each.seconds) ?? []);
    if (own.length === 0 || known.length < own.length) return null;
    return { estimate: known.reduce((sum, each) => sum + each, 0) / known.length, low: null, high: null };
  });
  const front = onFront(lines.map(({ score }, k) => [score, costs[k]]));
  return costs.map((cost, k) => ({ cost, onFront: front[k] }));
}

/** Score against tokens, dollars, questions and seconds, with what no other strategy beats in both. */
export function costSection(atlas: Atlas): Section {
  const section = { id: 'cost', title: 'Cost' };
  const lines = (atlas.results?.costs ?? []).filter(({ at }) =>
    Object.keys(at).every((name) => name === 'task'),
  );
  if (lines.length === 0) {
    return {
      ...section,
      blocks: [
        text(
          'What strategies cost cannot be compared yet: there are no scored runs of several strategies whose models report their tokens.',
        ),
      ],
    };
  }
  const several = isFactor(atlas, 'task');
  const panels = several ? [...atlas.taskLabels, together] : [atlas.taskLabels[0] ?? together];
  const panelOf = ({ at }: CostLine) => at.task ?? (several ? together : panels[0]);
  const known = (unit: CostUnit) => costsOf(atlas, lines, unit).some(({ cost }) => cost !== null);
  const figure = (unit: CostUnit): Figure =>
    costFigure({
      id: `cost-${unit}`,
      title: `Score against ${nameOf(unit)} per run`,
      caption: `Mean score with its ${confidenceOf(atlas)} interval against the mean ${unitWords[unit]}, over all models and seeds. Circled strategies and the dashed steps are the Pareto front: no other strategy scores as high for as little. The front is drawn from the means; strategies whose intervals overlap may change places.`,
      points: lines.map((line) => {
        const panel = lines.filter((other) => panelOf(other) === panelOf(line));
        const cost = costsOf(atlas, panel, unit)[panel.indexOf(line)];
        return { level: line.level, panel: panelOf(line), score: line.score, ...cost };
      }),
      panels,
      series: atlas.styles,
      unit,
      axis: `${nameOf(unit)} per run`,
      scoreName: 'score',
    });
  return {
    ...section,
    blocks: [
      ...frontSentences(lines, panels, panelOf),
      figureBlock(figure('tokens')),
      known('dollars')
        ? figureBlock(figure('dollars'))
        : text('No model of this study reports a price, so there is no figure in dollars.'),
      ...(['questions', 'seconds', 'slowest'] as const).flatMap((unit) =>
        known(unit) ? [figureBlock(figure(unit))] : [],
      ),
      ...judgeSentences(lines, panels, panelOf),
    ],
  };
}

/** What judges took per run beside the team, where a study has some. */
function judgeSentences(
  lines: readonly CostLine[],
  panels: readonly string[],
  panelOf: (line: CostLine) => string,
): Block[] {
  const judged = lines.flatMap((line) =>
    line.judgeTokens ? [{ line, tokens: line.judgeTokens.estimate }] : [],
  );
  if (judged.length === 0) return [];
  const shown = ({ line, tokens }: (typeof judged)[number]) => {
    const usd = line.judgeCostUsd ? `, ${dollars(line.judgeCostUsd.estimate)}` : '';
    return `${line.level} ${count(tokens)} judge tokens${usd}`;
  };
  return [
    text(
      'Judges of tasks are paid by the study and are no part of what a strategy costs. Per run they took:',
    ),
    {
      kind: 'list',
      items: panels.flatMap((panel) => {
        const own = judged.filter(({ line }) => panelOf(line) === panel);
        return own.length === 0 ? [] : [[{ strong: `${panel}: ` }, `${list(own.map(shown))}.`]];
      }),
    },
  ];
}

function frontSentences(
  lines: readonly CostLine[],
  panels: readonly string[],
  panelOf: (line: CostLine) => string,
): Block[] {
  const fronts = panels.map((panel) => ({
    panel,
    front: lines.filter((line) => panelOf(line) === panel && line.onTokenFront).map(({ level }) => level),
  }));
  return [
    {
      kind: 'list',
      items: fronts
        .filter(({ front }) => front.length > 0)
        .map(({ panel, front }) => [
          { strong: `${panel}: ` },
          { text: list(front), figure: 'cost-tokens' },
          front.length === 1
            ? ' has the highest mean score for the fewest tokens.'
            : ' are the choices between mean score and tokens; every other strategy scores no higher than one of them that costs no more.',
        ]),
    },
  ];
}
