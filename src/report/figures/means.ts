import * as Plot from '@observablehq/plot';
import { fixed, range, withRange } from '../format.ts';
import { axisTitle, draw, legend, shown } from './canvas.ts';
import { type Figure, missingFigure } from './figure.ts';
import { color, type SeriesStyle } from './theme.ts';

/** The mean of one combination of two factors' levels. */
export interface MeanPoint {
  readonly x: string;
  readonly series: string;
  readonly estimate: number | null;
  /** Interval of the mean itself. */
  readonly low: number | null;
  readonly high: number | null;
  /** Half an interval for comparing it with means of the same blocks; drawn in place of the other when known. */
  readonly margin?: number | null;
  readonly reason?: string;
}

export interface MeansData {
  readonly id: string;
  readonly title: string;
  readonly caption: string;
  readonly points: readonly MeanPoint[];
  readonly levels: readonly string[];
  readonly xName: string;
  readonly series: ReadonlyMap<string, SeriesStyle>;
  readonly seriesName: string;
  readonly axis: string;
}

/** Means by one factor, one line per level of another: lines that are not parallel are an interaction. */
export function meansFigure(data: MeansData): Figure {
  const { id, title, caption, points, levels, series } = data;
  const known = points.filter(({ estimate }) => estimate !== null);
  if (known.length === 0) return missingFigure(id, title, 'No mean can be estimated yet.');
  const names = [...series.keys()].filter((key) => known.some((point) => point.series === key));
  const spread = (level: string) => names.indexOf(level) - (names.length - 1) / 2;
  return {
    id,
    title,
    caption,
    minWidth: 440,
    table: {
      columns: [data.xName, data.seriesName, data.axis, 'low', 'high', 'comparison margin', 'note'],
      rows: points.map((point) => [
        point.x,
        point.series,
        point.estimate,
        point.low,
        point.high,
        point.margin ?? null,
        point.reason ?? '',
      ]),
    },
    draw: (surface) => {
      const width = 640;
      const key = legend(series, names, width);
      const step = Math.min(9, 70 / Math.max(1, names.length) / Math.max(1, levels.length / 5));
      return draw(surface, title, {
        width,
        height: 300 + key.height,
        marginLeft: 44,
        marginRight: 12,
        marginTop: key.height + 28,
        marginBottom: 46,
        x: { domain: [...levels], label: null, type: 'point', padding: 0.45 },
        y: { label: null, nice: true, ticks: 6 },
        marks: [
          axisTitle(data.axis, 44),
          Plot.gridY({ stroke: color('line'), strokeOpacity: 1, ticks: 6 }),
          Plot.axisX({ tickSize: 0, tickFormat: shown, lineWidth: levels.length > 5 ? 7 : 10, label: null }),
          ...key.marks({ left: 44, top: key.height + 28 }),
          ...names.flatMap((name) => {
            const own = levels.flatMap((level) =>
              known.filter((point) => point.series === name && point.x === level),
            );
            const style = series.get(name);
            const ink = style?.color ?? color('ink');
            const dx = spread(name) * step;
            return [
              Plot.line(own, {
                x: 'x',
                y: 'estimate',
                stroke: ink,
                strokeWidth: 1.5,
                strokeOpacity: 0.75,
                dx,
              }),
              Plot.ruleX(own, {
                x: 'x',
                y1: (p: MeanPoint) => end(p, -1),
                y2: (p: MeanPoint) => end(p, 1),
                stroke: ink,
                strokeWidth: 1.5,
                dx,
              }),
              Plot.dot(own, {
                x: 'x',
                y: 'estimate',
                fill: ink,
                symbol: style?.symbol ?? 'circle',
                r: 4,
                dx,
                title: pointTitle,
              }),
            ];
          }),
        ],
      });
    },
  };
}

function end({ estimate, low, high, margin }: MeanPoint, side: -1 | 1): number | null {
  if (estimate !== null && margin !== null && margin !== undefined) return estimate + side * margin;
  return (side < 0 ? low : high) ?? estimate;
}

function pointTitle({ x, series, estimate, low, high, margin }: MeanPoint): string {
  const comparison =
    estimate !== null && margin ? `; for comparing ${range(estimate - margin, estimate + margin)}` : '';
  return `${shown(series)}, ${shown(x)}: ${withRange(estimate, low, high, 2, fixed)}${comparison}`;
}
