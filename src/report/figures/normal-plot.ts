import * as Plot from '@observablehq/plot';
import { draw } from './canvas.ts';
import { type Figure, missingFigure } from './figure.ts';
import { color } from './theme.ts';

export interface NormalPlotData {
  readonly id: string;
  readonly title: string;
  readonly caption: string;
  /** Residuals and the quantiles of a normal distribution they would have, in the same order. */
  readonly residual: readonly number[];
  readonly normalQuantile: readonly number[];
}

/** More points than this look the same. */
const mostPoints = 400;

/** Residuals against normal quantiles: points off the line are heavier or lighter tails than a normal's. */
export function normalPlotFigure({ id, title, caption, residual, normalQuantile }: NormalPlotData): Figure {
  const n = residual.length;
  if (n < 3) return missingFigure(id, title, 'Too few runs have a residual.');
  const sorted = residual
    .map((value, i) => ({ residual: value, quantile: normalQuantile[i] }))
    .sort((a, b) => a.quantile - b.quantile);
  const every = Math.max(1, (n - 1) / (mostPoints - 1));
  const points = Array.from(
    { length: Math.min(n, mostPoints) },
    (_, i) => sorted[Math.min(n - 1, Math.round(i * every))],
  );
  // Through the quartiles, as in R's qqline.
  const [first, third] = [sorted[Math.floor((n - 1) / 4)], sorted[Math.ceil((3 * (n - 1)) / 4)]];
  const slope = (third.residual - first.residual) / (third.quantile - first.quantile);
  const line = (q: number) => first.residual + slope * (q - first.quantile);
  const ends = [points[0].quantile, points[points.length - 1].quantile];
  return {
    id,
    title,
    caption,
    minWidth: 340,
    table: {
      columns: ['normal quantile', 'residual'],
      rows: points.map((point) => [point.quantile, point.residual]),
    },
    draw: (surface) =>
      draw(surface, title, {
        width: 480,
        height: 320,
        marginLeft: 50,
        marginBottom: 42,
        x: { label: 'normal quantile', labelAnchor: 'center', labelArrow: 'none' },
        y: { label: 'residual', labelArrow: 'none', ticks: 6 },
        marks: [
          Plot.gridY({ stroke: color('line'), strokeOpacity: 1, ticks: 6 }),
          Plot.line(ends, { x: (q: number) => q, y: line, stroke: color('soft'), strokeDasharray: '4 3' }),
          Plot.dot(points, { x: 'quantile', y: 'residual', r: 2, fill: color('series-0'), fillOpacity: 0.7 }),
        ],
      }),
  };
}
