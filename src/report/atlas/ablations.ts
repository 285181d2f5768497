import type { AnalysisResults } from '../../analysis/index.ts';
import { type Figure, forestFigure } from '../figures/index.ts';
import { list, signed, withRange } from '../format.ts';
import { figureBlock, type Section, type Sentence, text } from './content.ts';
import { type Atlas, confidenceOf, isFactor } from './context.ts';

type Contribution = AnalysisResults['ablations'][number];

/** What parts are called in sentences; other parts keep their own name. */
const partNames: Readonly<Record<string, string>> = {
  credit: 'credit assignment',
  messages: 'message aggregation',
  shaping: 'reward shaping',
};

const together = 'all tasks';

/** What message aggregation, reward shaping and credit assignment contribute. */
export function ablationsSection(atlas: Atlas): Section {
  const section = { id: 'ablations', title: 'Ablations' };
  const lines = atlas.results?.ablations ?? [];
  if (lines.length === 0) {
    return {
      ...section,
      blocks: [
        text(
          'This study has no ablated variants, so what the parts of a strategy contribute cannot be said. ',
          { code: 'ablations: [credit, messages, shaping]' },
          ' in the study file adds those that the strategies have.',
        ),
      ],
    };
  }
  const parts = [...new Set(lines.map(({ part }) => part))];
  return {
    ...section,
    blocks: [
      { kind: 'list', items: parts.map((part) => sentence(lines, part)) },
      ...parts.map((part) => figureBlock(partFigure(atlas, lines, part))),
    ],
  };
}

function nameOfPart(part: string): string {
  return Object.hasOwn(partNames, part) ? partNames[part] : part;
}

function figureId(part: string): string {
  return `ablation-${part.replace(/[^a-z0-9]+/gi, '-')}`;
}

function sentence(lines: readonly Contribution[], part: string): Sentence {
  const pooled = lines.filter((line) => line.part === part && Object.keys(line.at).length === 0);
  const sure = lines.filter(({ adjustedP }) => adjustedP !== null && adjustedP < 0.05);
  const shown = pooled.filter((line) => sure.includes(line));
  const single = sure.filter((line) => line.part === part && !pooled.includes(line));
  return [
    { strong: `${nameOfPart(part).charAt(0).toUpperCase()}${nameOfPart(part).slice(1)}: ` },
    ...pooled.flatMap((line, i) => [
      ...(i > 0 ? [', '] : []),
      { level: line.strategy },
      ' ',
      { text: withRange(line.estimate, line.low, line.high, 2, signed), figure: figureId(part) },
    ]),
    ` over ${together}. ${
      shown.length > 0
        ? `Beyond chance after adjustment: ${list(shown.map(({ strategy }) => strategy))}.`
        : single.length > 0
          ? 'None of these is beyond chance after adjustment.'
          : 'No contribution is beyond chance after adjustment, on single tasks neither.'
    }`,
    ...single.flatMap((line, i): Sentence => [
      i === 0 ? ' On single tasks: ' : ', ',
      { level: line.strategy },
      ` on ${Object.values(line.at).join(', ')} `,
      { text: withRange(line.estimate, line.low, line.high, 2, signed), figure: figureId(part) },
    ]),
    ...(single.length > 0 ? ['.'] : []),
  ];
}

function partFigure(atlas: Atlas, lines: readonly Contribution[], part: string): Figure {
  const several = isFactor(atlas, 'task');
  const places = several ? [together, ...atlas.taskLabels] : [atlas.taskLabels[0] ?? together];
  const placeIn = ({ at }: Contribution) => {
    const names = Object.keys(at);
    if (names.length === 0) return places[0];
    return names.length === 1 ? at.task : undefined;
  };
  const own = lines.filter((line) => line.part === part && placeIn(line) !== undefined);
  const strategies = [...new Set(own.map(({ strategy }) => strategy))];
  return forestFigure({
    id: figureId(part),
    title: `What ${nameOfPart(part)} contributes`,
    caption: `Score of the intact strategy minus the score of the same strategy trained and run without ${nameOfPart(part)}, paired within instances, with ${confidenceOf(atlas)} intervals. Right of 0, the part helps. * marks a p below 0.05, adjusted over all contributions of the study (Holm).`,
    points: own.map((line) => ({
      row: placeIn(line) ?? '',
      group: line.strategy,
      series: line.strategy,
      estimate: line.estimate,
      low: line.low,
      high: line.high,
      p: line.adjustedP,
      note: line.adjustedP !== null && line.adjustedP < 0.05 ? '*' : undefined,
      reason: line.reason,
    })),
    rows: places,
    rowName: 'task',
    groups: strategies,
    groupName: 'strategy',
    series: new Map([...atlas.styles].filter(([level]) => strategies.includes(level))),
    seriesName: 'strategy shown',
    stacked: true,
    keyless: true,
    axis: 'contribution, in scores',
  });
}
