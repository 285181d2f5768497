import type { ScalingLine } from '../../analysis/index.ts';
import { type Figure, missingFigure, scalingFigure, type ScalingPanel } from '../figures/index.ts';
import { fixed, plural, pText, range, signed, withRange } from '../format.ts';
import { type Block, figureBlock, note, type Section, text } from './content.ts';
import { type Atlas, isFactor, over } from './context.ts';

const together = 'all tasks';

/** Does the gain grow with the model? Per strategy and task, dense models and mixtures of experts apart. */
export function scalingSection(atlas: Atlas): Section {
  const section = { id: 'scaling', title: 'Scaling' };
  const { results } = atlas;
  if (!results || results.scalingPoints.length === 0) {
    const models = atlas.modelLabels.length;
    return {
      ...section,
      blocks: [
        text(
          `How gains change with model size cannot be said: that needs at least four models of known size with a baseline, and this study has ${models === 1 ? 'one model' : `${models} models`}.`,
        ),
      ],
    };
  }
  return {
    ...section,
    blocks: [
      ...sentences(atlas),
      ...atlas.baselines.slice(0, 1).map((baseline) => figureBlock(panelFigure(atlas, baseline))),
      ...details(atlas),
      ...architectureBlocks(atlas),
    ],
  };
}

function chosenLines({ results }: Atlas, baseline: string | undefined): ScalingLine[] {
  return (results?.scaling ?? []).filter(
    (line) =>
      line.baseline === baseline &&
      line.parameters === 'total' &&
      line.measure === 'gain' &&
      line.architecture === null,
  );
}

function sentences(atlas: Atlas): Block[] {
  const baseline = atlas.baselines.at(0);
  const lines = chosenLines(atlas, baseline).filter(({ at }) => !('model' in at));
  const estimable = lines.filter(({ result }) => result.estimable);
  if (estimable.length === 0) {
    return [
      text(
        `A correlation with size is not estimable: ${lines[0]?.result.reason ?? 'too few models of known size'}. The gains of each model are shown.`,
      ),
    ];
  }
  const n = Math.max(...estimable.map(({ result }) => result.models.length));
  const sure = estimable.filter(
    ({ result: { pearson } }) =>
      pearson && pearson.low !== null && pearson.high !== null && pearson.low * pearson.high > 0,
  );
  const items = sure.map((line) => {
    const where = line.at.task ?? (Object.values(line.at).join(', ') || together);
    const r = line.result.pearson;
    return [
      { level: line.level },
      ` on ${where}: r = `,
      { text: withRange(r?.r, r?.low, r?.high), figure: 'scaling-figure' },
      `, ${signed(line.result.slopePerDecade?.slope, 3)} per tenfold of the parameters.`,
    ];
  });
  return [
    text(
      `The unit is the model (n = ${n}), so intervals of r are wide. `,
      sure.length === 0
        ? `For none of ${estimable.length} strategies and places does the interval of r exclude 0.`
        : `For ${sure.length} of ${estimable.length} strategies and places the interval of r excludes 0 (not adjusted for their number):`,
    ),
    ...(items.length > 0 ? [{ kind: 'list' as const, items }] : []),
  ];
}

function panelFigure(atlas: Atlas, baseline: string): Figure {
  const id = 'scaling-figure';
  const title = `Gain over ${over(atlas, baseline)} against model size`;
  const { results } = atlas;
  if (!results) return missingFigure(id, title, 'Nothing is estimable yet.');
  const several = isFactor(atlas, 'task');
  const columns = several ? [...atlas.taskLabels, together] : [atlas.taskLabels[0] ?? together];
  const columnOf = (at: Readonly<Record<string, string>>) => at.task ?? (several ? together : columns[0]);
  const placed = (at: Readonly<Record<string, string>>) => Object.keys(at).every((name) => name === 'task');
  const points = results.scalingPoints.filter((p) => p.baseline === baseline && placed(p.at));
  const lines = chosenLines(atlas, baseline).filter(({ at }) => placed(at));
  const rows = atlas.levels.filter((level) => points.some((p) => p.level === level));
  const panels = lines.map((line): ScalingPanel => {
    const { pearson, slopePerDecade, reason } = line.result;
    const own = points.find((p) => p.level === line.level && columnOf(p.at) === columnOf(line.at));
    return {
      row: line.level,
      column: columnOf(line.at),
      r: pearson?.r ?? null,
      low: pearson?.low ?? null,
      high: pearson?.high ?? null,
      p: pearson?.p ?? null,
      slope: slopePerDecade?.slope ?? null,
      through: slopePerDecade ? centre(own?.models ?? []) : null,
      reason,
    };
  });
  return scalingFigure({
    id,
    title,
    caption: `Each point is a model: its gain over ${over(atlas, baseline)} with a ${Math.round(100 * results.plan.confidence)}% interval over seeds, against its total number of parameters (logarithmic). The line is the least-squares fit over models; r, its interval and p are in the table. With ${atlas.modelLabels.length} models, only strong trends can be told from chance. Gains shrink near the ceiling, so the gain as a share of the headroom is in the table below.`,
    rows,
    columns,
    points: points.flatMap((p) =>
      p.models.map((model) => ({
        row: p.level,
        column: columnOf(p.at),
        model: model.model,
        parameters: model.totalParameters,
        architecture: model.architecture,
        estimate: model.gain?.estimate ?? null,
        low: model.gain?.low ?? null,
        high: model.gain?.high ?? null,
      })),
    ),
    panels,
    rowName: 'strategy',
    columnName: 'task',
    axis: `gain over ${over(atlas, baseline)}`,
  });
}

type Model = NonNullable<Atlas['results']>['scalingPoints'][number]['models'][number];

/** The point that the least-squares line passes through. */
function centre(models: readonly Model[]): readonly [number, number] | null {
  const known = models.flatMap(({ totalParameters, gain }) =>
    totalParameters !== null && gain ? [[Math.log10(totalParameters), gain.estimate] as const] : [],
  );
  if (known.length === 0) return null;
  const mean = (k: 0 | 1) => known.reduce((sum, point) => sum + point[k], 0) / known.length;
  return [mean(0), mean(1)];
}

function details({ results }: Atlas): Block[] {
  const lines = results?.scaling ?? [];
  if (lines.length === 0) return [];
  const leftOut = new Map(
    lines.flatMap(({ result }) => result.leftOut.map(({ model, reason }) => [model, reason] as const)),
  );
  return [
    {
      kind: 'details',
      summary:
        'Every correlation: total and active parameters, gain and share of the headroom, by architecture',
      blocks: [
        {
          kind: 'table',
          id: 'scaling-lines',
          caption:
            'Pearson r with Fisher’s interval and exact Spearman over models; the slope is per tenfold of the parameters.',
          table: {
            columns: [
              'gain of',
              'over',
              'where',
              'models',
              'parameters',
              'measure',
              'n',
              'r',
              'p',
              'ρ',
              'p of ρ',
              'slope',
              'note',
            ],
            rows: lines.map(({ level, baseline, at, parameters, measure, architecture, result }) => [
              level,
              baseline,
              Object.values(at).join(', ') || 'all',
              architecture ?? 'all',
              parameters,
              measure,
              result.models.length,
              withRange(result.pearson?.r, result.pearson?.low, result.pearson?.high),
              pText(result.pearson?.p),
              fixed(result.spearman?.coefficient),
              pText(result.spearman?.p),
              signed(result.slopePerDecade?.slope, 3),
              result.reason ?? '',
            ]),
          },
        },
        ...[...leftOut].map(([model, reason]) => note(`Left out: ${model}, ${reason}.`)),
      ],
    },
  ];
}

function architectureBlocks({ results }: Atlas): Block[] {
  const lines = results?.architecture ?? [];
  if (lines.length === 0) {
    return [
      note(
        'Dense models are not compared with mixtures of experts: no two have like numbers of active parameters.',
      ),
    ];
  }
  const pairs = (results?.plan.architecture?.pairs ?? []).map(
    ({ model, reference }) => `${model} with ${reference}`,
  );
  const sure = lines.filter(({ adjustedP }) => adjustedP !== null && adjustedP < 0.05);
  return [
    text(
      `Mixture-of-experts against dense models of like active size (${pairs.join('; ')}): `,
      sure.length === 0
        ? `none of ${plural(lines.length, 'difference')} of their gains is beyond chance after adjustment.`
        : `${sure.length} of ${plural(lines.length, 'difference')} of their gains ${sure.length === 1 ? 'is' : 'are'} beyond chance after adjustment.`,
    ),
    {
      kind: 'details',
      summary: 'All differences between the architectures',
      blocks: [
        {
          kind: 'table',
          id: 'architecture',
          caption:
            'Gain with mixtures of experts minus gain with dense models, paired within instances. Below 0: the strategy helps the mixture less. Adjusted over all lines (Holm).',
          table: {
            columns: ['gain of', 'over', 'where', 'difference of the gains', 'p', 'adjusted p'],
            rows: lines.map((line) => [
              line.level,
              line.baseline,
              Object.values(line.at).join(', ') || 'all',
              `${signed(line.estimate)} ${range(line.low, line.high, 2, signed)}`,
              pText(line.p),
              pText(line.adjustedP),
            ]),
          },
        },
      ],
    },
  ];
}
