import * as Plot from '@observablehq/plot';
import { fixed, pText, range, short, signed, withRange } from '../format.ts';
import { draw, legend, shown, zeroRule } from './canvas.ts';
import { type Figure, missingFigure } from './figure.ts';
import { color, type SeriesStyle } from './theme.ts';

/** One model's improvement with one level at one place. */
export interface ScalingPointDatum {
  readonly row: string;
  readonly column: string;
  readonly model: string;
  readonly parameters: number | null;
  readonly architecture: string | null;
  readonly estimate: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** The correlation over models in one panel. */
export interface ScalingPanel {
  readonly row: string;
  readonly column: string;
  readonly r: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly p: number | null;
  readonly slope: number | null;
  /** Mean of log10(parameters) and of the improvement, where the fitted line passes. */
  readonly through: readonly [number, number] | null;
  readonly reason?: string;
}

export interface ScalingData {
  readonly id: string;
  readonly title: string;
  readonly caption: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly points: readonly ScalingPointDatum[];
  readonly panels: readonly ScalingPanel[];
  readonly rowName: string;
  readonly columnName: string;
  readonly axis: string;
}

const architectureStyles: ReadonlyMap<string, SeriesStyle> = new Map([
  ['dense', { color: color('series-0'), symbol: 'circle' as const }],
  ['mixture of experts', { color: color('series-1'), symbol: 'diamond' as const }],
  ['unknown architecture', { color: color('base-0'), symbol: 'square' as const }],
]);

function kindOf(architecture: string | null): string {
  if (architecture === 'dense') return 'dense';
  return architecture === 'moe' ? 'mixture of experts' : 'unknown architecture';
}

/** Improvement against log parameters, a panel per strategy and place, with the fitted line and r. */
export function scalingFigure(data: ScalingData): Figure {
  const { id, title, caption, rows, columns, panels } = data;
  const points = data.points.filter((p) => p.estimate !== null && p.parameters !== null);
  if (points.length === 0) {
    return missingFigure(
      id,
      title,
      panels[0]?.reason === undefined
        ? 'No model of known size has an improvement yet.'
        : `Not estimable: ${panels[0].reason}.`,
    );
  }
  const kinds = [...architectureStyles.keys()].filter((kind) =>
    points.some((point) => kindOf(point.architecture) === kind),
  );
  return {
    id,
    title,
    caption,
    minWidth: Math.min(620, 60 + 130 * columns.length),
    table: {
      columns: [
        data.rowName,
        data.columnName,
        'model',
        'parameters',
        'architecture',
        data.axis,
        'low',
        'high',
        'r of the panel',
        'r low',
        'r high',
        'p of r',
        'slope per tenfold',
      ],
      rows: data.points.map((point) => {
        const panel = panels.find(({ row, column }) => row === point.row && column === point.column);
        return [
          point.row,
          point.column,
          point.model,
          point.parameters,
          point.architecture ?? 'unknown',
          point.estimate,
          point.low,
          point.high,
          panel?.r ?? null,
          panel?.low ?? null,
          panel?.high ?? null,
          panel?.p ?? null,
          panel?.slope ?? null,
        ];
      }),
    },
    draw: (surface) => {
      const width = Math.max(420, 70 + 142 * columns.length);
      const key = legend(architectureStyles, kinds, width);
      const sizes = points.map(({ parameters }) => parameters ?? 1);
      const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
      const height = key.height + 40 + rows.length * 116 + 40;
      return draw(surface, title, {
        width,
        height,
        marginLeft: 52,
        marginRight: 8,
        marginTop: key.height + 30,
        marginBottom: 42,
        fx: { domain: [...columns], label: null, padding: 0.06 },
        fy: { domain: [...rows], label: null, padding: 0.16 },
        x: {
          type: 'log',
          domain: [least / 1.6, most * 1.6],
          label: 'parameters',
          labelAnchor: 'center',
          labelArrow: 'none',
          ticks: 3,
        },
        y: { label: null, nice: true, ticks: 4, tickFormat: (y: number) => signed(y) },
        marks: [
          Plot.frame({ stroke: color('line') }),
          Plot.axisFx({ anchor: 'top', tickSize: 0, tickFormat: shown, fontWeight: 600, label: null }),
          Plot.axisFy({ label: null, tickFormat: () => '' }),
          Plot.axisX({
            ticks: decades(least, most),
            tickFormat: short,
            tickSize: 3,
            label: 'parameters',
            labelAnchor: 'center',
            labelArrow: 'none',
          }),
          Plot.axisY({ ticks: 4, tickSize: 3, tickFormat: (y: number) => signed(y), label: null }),
          zeroRule('y'),
          ...key.marks({ left: 52, top: key.height + 30 }),
          Plot.text(rows, {
            fx: () => columns[0],
            fy: (row: string) => row,
            text: shown,
            frameAnchor: 'top-left',
            dx: 6,
            dy: 6,
            fontWeight: 600,
          }),
          Plot.link(
            panels.flatMap((panel) => fittedLine(panel, least, most)),
            {
              fx: 'column',
              fy: 'row',
              x1: 'x1',
              y1: 'y1',
              x2: 'x2',
              y2: 'y2',
              stroke: color('soft'),
            },
          ),
          Plot.text(panels, {
            fx: 'column',
            fy: 'row',
            text: (panel: ScalingPanel) => (panel.r === null ? 'r not estimable' : `r = ${fixed(panel.r)}`),
            frameAnchor: 'bottom-right',
            dx: -5,
            dy: -5,
            fontSize: 11,
            fill: color('soft'),
            title: panelTitle,
          }),
          ...kinds.flatMap((kind) => {
            const own = points.filter(({ architecture }) => kindOf(architecture) === kind);
            const style = architectureStyles.get(kind);
            const at = { fx: 'column', fy: 'row', x: 'parameters' };
            const ink = style?.color ?? color('ink');
            return [
              Plot.ruleX(
                own.filter(({ low, high }) => low !== null && high !== null),
                { ...at, y1: 'low', y2: 'high', stroke: ink, strokeWidth: 1.5, strokeOpacity: 0.7 },
              ),
              Plot.dot(own, {
                ...at,
                y: 'estimate',
                fill: ink,
                symbol: style?.symbol ?? 'circle',
                r: 3.5,
                title: pointTitle,
              }),
            ];
          }),
        ],
      });
    },
  };
}

/** A few powers of ten, or of a thousand for wide ranges. */
function decades(least: number, most: number): number[] {
  const from = Math.floor(Math.log10(least));
  const to = Math.ceil(Math.log10(most));
  const step = Math.max(1, Math.ceil((to - from) / 4));
  const ticks = Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => 10 ** (from + i * step));
  const inside = ticks.filter((tick) => tick >= least / 1.6 && tick <= most * 1.6);
  return inside.length >= 2 ? inside : [least, most];
}

function fittedLine({ row, column, slope, through }: ScalingPanel, least: number, most: number) {
  if (slope === null || through === null) return [];
  const y = (x: number) => through[1] + slope * (Math.log10(x) - through[0]);
  return [{ row, column, x1: least, y1: y(least), x2: most, y2: y(most) }];
}

function panelTitle({ row, column, r, low, high, p, reason }: ScalingPanel): string {
  const where = `${shown(row)}, ${shown(column)}`;
  if (r === null) return `${where}: not estimable${reason ? `, ${reason}` : ''}`;
  return `${where}: r = ${fixed(r)} ${range(low, high)}, ${pText(p)}`;
}

function pointTitle({ row, column, model, parameters, estimate, low, high }: ScalingPointDatum): string {
  return `${shown(model)} (${short(parameters ?? 0)}), ${shown(row)}, ${shown(column)}: ${withRange(estimate, low, high, 2, signed)}`;
}
