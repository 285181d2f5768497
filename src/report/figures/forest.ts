import * as Plot from '@observablehq/plot';
import { noNumber, pText, signed, withRange } from '../format.ts';
import { displayText } from '../../core/display-text.ts';
import { draw, labelWidth, legend, panelTitles, shown, zeroRule } from './canvas.ts';
import { type Figure, missingFigure } from './figure.ts';
import { color, type SeriesStyle } from './theme.ts';

/** One estimate with its interval. */
export interface ForestPoint {
  readonly row: string;
  /** Heads a block of rows. */
  readonly group?: string;
  /** Several points of a row, told apart by colour and symbol. */
  readonly series?: string;
  readonly estimate: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly p?: number | null;
  /** Written at the right end of the row. */
  readonly note?: string;
  /** A value from elsewhere to compare with, drawn as a tick. */
  readonly reference?: number | null;
  readonly reason?: string;
}

export interface ForestData {
  readonly id: string;
  readonly title: string;
  readonly caption: string;
  readonly points: readonly ForestPoint[];
  readonly rows: readonly string[];
  readonly rowName: string;
  readonly groups?: readonly string[];
  readonly groupName?: string;
  readonly series?: ReadonlyMap<string, SeriesStyle>;
  readonly seriesName?: string;
  /** Points of one row lie on one line, whatever their series; default is one lane per series. */
  readonly stacked?: boolean;
  /** No legend, where rows or groups already say what the colours mean. */
  readonly keyless?: boolean;
  /** What the horizontal axis shows, with its unit. */
  readonly axis: string;
  /** What no effect is; default 0. `null` for none. */
  readonly zero?: number | null;
  readonly domain?: readonly [number, number];
  /** How estimates are written; default signed with two digits. */
  readonly write?: (x: number) => string;
  /** The column of `reference` in the table. */
  readonly referenceName?: string;
}

const rowHeight = 24;
const groupGap = 26;

/** Estimates as points with their intervals, one row each: what is how large, and how sure that is. */
export function forestFigure(data: ForestData): Figure {
  const { id, title, caption, points, groups, rows, series, zero = 0, write = signed } = data;
  if (!points.some(({ estimate }) => estimate !== null)) {
    const reason = points.find((point) => point.reason)?.reason;
    return missingFigure(
      id,
      title,
      points.length === 0 ? 'Nothing can be estimated yet.' : `Not estimable: ${reason ?? 'no estimate'}.`,
    );
  }
  const levels = series ? [...series.keys()].filter((key) => points.some((p) => p.series === key)) : [];
  const hasNotes = points.some(({ note }) => note !== undefined);
  const hasP = points.some(({ p }) => p !== undefined);
  const hasReference = points.some(({ reference }) => reference !== undefined && reference !== null);
  return {
    id,
    title,
    caption,
    minWidth: 400,
    table: {
      columns: [
        ...(groups ? [data.groupName ?? 'group'] : []),
        data.rowName,
        ...(series ? [data.seriesName ?? 'series'] : []),
        data.axis,
        'low',
        'high',
        ...(hasP ? ['p'] : []),
        ...(hasReference ? [data.referenceName ?? 'reference'] : []),
        'note',
      ],
      rows: points.map((point) => [
        ...(groups ? [point.group ?? ''] : []),
        point.row,
        ...(series ? [point.series ?? ''] : []),
        point.estimate,
        point.low,
        point.high,
        ...(hasP ? [point.p ?? null] : []),
        ...(hasReference ? [point.reference ?? null] : []),
        [point.note, point.reason].filter(Boolean).join('; '),
      ]),
    },
    draw: (surface) => {
      const width = 640;
      const left = labelWidth(rows.map(shown), 210);
      const right = hasNotes
        ? labelWidth(
            points.map(({ note }) => note ?? ''),
            190,
          )
        : 14;
      // Labels such as "+0.05" need about 52 pixels.
      const ticks = Math.max(3, Math.min(7, Math.floor((width - left - right) / 58)));
      const perRow = data.stacked ? 1 : Math.max(1, levels.length);
      const band = rowHeight + (perRow - 1) * 9;
      const panels = groups?.length ?? 1;
      const gap = groups ? groupGap : 0;
      const key = legend(series ?? new Map(), data.keyless ? [] : levels, width);
      const top = key.height + (groups ? 24 : 8);
      const height = top + panels * (band * rows.length + gap) + 44;
      const at = { y: 'row', ...(groups && { fy: 'group' }) };
      const lanes = levels.length > 0 ? levels : [undefined];
      return draw(surface, title, {
        width,
        height,
        marginLeft: left,
        marginRight: right,
        marginTop: top,
        marginBottom: 40,
        x: {
          label: data.axis,
          labelAnchor: 'center',
          labelArrow: 'none',
          ...(data.domain && { domain: [...data.domain] }),
          nice: true,
          ticks,
          tickFormat: (x: number) => (zero === 0 ? signed(x, decimals(points)) : String(x)),
        },
        y: { domain: [...rows], label: null, padding: 0 },
        ...(groups && {
          fy: { domain: [...groups], label: null, padding: gap / (band * rows.length + gap) },
        }),
        marks: [
          Plot.gridX({ stroke: color('line'), strokeOpacity: 1, ticks }),
          Plot.axisY({ tickSize: 0, label: null, tickFormat: shown }),
          ...panelTitles(groups, { left, dy: -10 }),
          ...(zero === null ? [] : [zeroRule('x', zero)]),
          ...key.marks({ left: left, top: top }),
          ...lanes.flatMap((lane, i) => {
            const own = points.filter(
              (p) => p.estimate !== null && (lane === undefined || p.series === lane),
            );
            const dy = data.stacked ? 0 : (i - (lanes.length - 1) / 2) * 9;
            const style = lane === undefined ? undefined : series?.get(lane);
            const ink = style?.color ?? color('series-0');
            return [
              Plot.ruleY(
                own.filter(({ low, high }) => low !== null && high !== null),
                { ...at, x1: 'low', x2: 'high', stroke: ink, strokeWidth: 2, dy },
              ),
              Plot.dot(own, {
                ...at,
                x: 'estimate',
                fill: ink,
                symbol: style?.symbol ?? 'circle',
                r: 4.5,
                dy,
                title: (point: ForestPoint) => pointTitle(point, write),
              }),
            ];
          }),
          Plot.tickX(
            points.filter(({ reference }) => reference !== undefined && reference !== null),
            { ...at, x: 'reference', stroke: color('ink'), strokeWidth: 2.5, inset: 4 },
          ),
          Plot.text(
            points.filter(({ note }) => note !== undefined),
            {
              ...at,
              text: (point: ForestPoint) => displayText(point.note ?? '', 40),
              frameAnchor: 'right',
              textAnchor: 'start',
              dx: 8,
              fill: color('soft'),
              fontSize: 11,
            },
          ),
          Plot.text(
            points.filter(({ estimate }) => estimate === null),
            {
              ...at,
              text: () => noNumber,
              frameAnchor: 'left',
              textAnchor: 'start',
              dx: 6,
              fill: color('soft'),
            },
          ),
        ],
      });
    },
  };
}

/** Enough decimals for ticks of a narrow range. */
function decimals(points: readonly ForestPoint[]): number {
  const ends = points.flatMap(({ low, high, estimate }) => [low, high, estimate].filter((x) => x !== null));
  const width = ends.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  return width < 0.05 ? 3 : width < 5 ? 2 : 0;
}

function pointTitle(point: ForestPoint, write: (x: number) => string): string {
  const where = [point.group, point.row, point.series].filter((x) => x !== undefined).map(shown);
  const p = point.p === undefined ? '' : `, ${pText(point.p)}`;
  return `${where.join(', ')}: ${withRange(point.estimate, point.low, point.high, 2, (x) => write(x ?? NaN))}${p}`;
}
