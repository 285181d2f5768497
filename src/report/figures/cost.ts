import * as Plot from '@observablehq/plot';
import { count, dollars, fixed, range, short, withRange } from '../format.ts';
import { axisTitle, draw, legend, shown } from './canvas.ts';
import { type Figure, missingFigure } from './figure.ts';
import { color, type SeriesStyle } from './theme.ts';

interface Estimate {
  readonly estimate: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** What a cost is counted in. */
export type CostUnit = 'tokens' | 'dollars' | 'questions' | 'seconds' | 'slowest';

/** What a level scores and costs in one panel. */
export interface CostPoint {
  readonly level: string;
  readonly panel: string;
  readonly score: Estimate | null;
  readonly cost: Estimate | null;
  /** No other level of the panel scores as high for as little. */
  readonly onFront: boolean | null;
}

export interface CostData {
  readonly id: string;
  readonly title: string;
  readonly caption: string;
  readonly points: readonly CostPoint[];
  readonly panels: readonly string[];
  readonly series: ReadonlyMap<string, SeriesStyle>;
  readonly unit: CostUnit;
  readonly axis: string;
  readonly scoreName: string;
}

type Known = CostPoint & { readonly score: Estimate; readonly cost: Estimate };

/** Score against cost, a panel per task, with the Pareto front: what no other level beats in both. */
export function costFigure(data: CostData): Figure {
  const { id, title, caption, panels, series, unit } = data;
  const points = data.points.filter((p): p is Known => p.score !== null && p.cost !== null);
  if (points.length === 0) {
    return missingFigure(id, title, `No run with a score reports its ${unit}.`);
  }
  const names = [...series.keys()].filter((key) => points.some(({ level }) => level === key));
  const write = { dollars, tokens: count, questions: count, seconds: fixed, slowest: fixed }[unit];
  return {
    id,
    title,
    caption,
    minWidth: 460,
    table: {
      columns: [
        'where',
        'strategy',
        data.scoreName,
        'low',
        'high',
        `${unit} per run`,
        'low',
        'high',
        'Pareto front',
      ],
      rows: data.points.map(({ panel, level, score, cost, onFront }) => [
        panel,
        level,
        score?.estimate ?? null,
        score?.low ?? null,
        score?.high ?? null,
        cost?.estimate ?? null,
        cost?.low ?? null,
        cost?.high ?? null,
        onFront === null ? '' : onFront ? 'yes' : 'no',
      ]),
    },
    draw: (surface) => {
      const width = 680;
      const columns = Math.min(panels.length, 2);
      const lines = Math.ceil(panels.length / columns);
      const place = (panel: string) => {
        const i = panels.indexOf(panel);
        return { column: i % columns, line: Math.floor(i / columns) };
      };
      const at = {
        fx: ({ panel }: { panel: string }) => place(panel).column,
        fy: ({ panel }: { panel: string }) => place(panel).line,
      };
      const key = legend(series, names, width);
      const front = points.filter(({ onFront }) => onFront).sort((a, b) => a.cost.estimate - b.cost.estimate);
      return draw(surface, title, {
        width,
        height: key.height + 30 + lines * 220 + 46,
        marginLeft: 46,
        marginRight: 10,
        marginTop: key.height + 28,
        marginBottom: 44,
        fx: { domain: Array.from({ length: columns }, (_, i) => i), axis: null, padding: 0.05 },
        fy: { domain: Array.from({ length: lines }, (_, i) => i), axis: null, padding: 0.14 },
        x: {
          label: data.axis,
          labelAnchor: 'center',
          labelArrow: 'none',
          ticks: unit === 'dollars' ? 3 : 4,
          nice: true,
          inset: 12,
          tickFormat: (x: number) => (unit === 'dollars' ? `$${Number(x.toPrecision(3))}` : short(x)),
          ...logarithmic(points.map(({ cost }) => cost.estimate)),
        },
        y: { label: null, nice: true, ticks: 5, insetTop: 20 },
        marks: [
          axisTitle(data.scoreName, 46),
          Plot.gridY({ stroke: color('line'), strokeOpacity: 1, ticks: 5 }),
          Plot.frame({ stroke: color('line') }),
          ...key.marks({ left: 46, top: key.height + 28 }),
          Plot.text(
            panels.map((panel) => ({ panel })),
            {
              ...at,
              text: ({ panel }: { panel: string }) => shown(panel),
              frameAnchor: 'top-left',
              dx: 7,
              dy: 7,
              fontWeight: 600,
            },
          ),
          Plot.line(front, {
            ...at,
            z: 'panel',
            x: (p: Known) => p.cost.estimate,
            y: (p: Known) => p.score.estimate,
            stroke: color('soft'),
            strokeDasharray: '4 3',
            curve: 'step-after',
          }),
          ...names.flatMap((name) => {
            const own = points.filter(({ level }) => level === name);
            const style = series.get(name);
            const ink = style?.color ?? color('ink');
            return [
              Plot.ruleX(
                own.filter(({ score }) => score.low !== null && score.high !== null),
                {
                  ...at,
                  x: (p: Known) => p.cost.estimate,
                  y1: (p: Known) => p.score.low,
                  y2: (p: Known) => p.score.high,
                  stroke: ink,
                  strokeWidth: 1.5,
                  strokeOpacity: 0.6,
                },
              ),
              Plot.dot(own, {
                ...at,
                x: (p: Known) => p.cost.estimate,
                y: (p: Known) => p.score.estimate,
                fill: ink,
                symbol: style?.symbol ?? 'circle',
                r: 5,
                stroke: (p: Known) => (p.onFront ? color('ink') : 'none'),
                strokeWidth: 1.5,
                title: (p: Known) =>
                  `${shown(p.level)}, ${shown(p.panel)}: score ${withRange(p.score.estimate, p.score.low, p.score.high, 2, fixed)} for ${write(p.cost.estimate)}${unit === 'dollars' ? '' : ` ${unit}`} per run ${range(p.cost.low, p.cost.high, 0, (x) => write(x))}`,
              }),
            ];
          }),
        ],
      });
    },
  };
}

/** A logarithmic axis where costs differ more than fivefold. */
function logarithmic(costs: readonly number[]): { type?: 'log' } {
  const least = Math.min(...costs);
  return least > 0 && Math.max(...costs) / least > 5 ? { type: 'log' } : {};
}
