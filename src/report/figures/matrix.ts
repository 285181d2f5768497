import * as Plot from '@observablehq/plot';
import { fixed, noNumber, pText, range, signed } from '../format.ts';
import { displayText } from '../../core/display-text.ts';
import { draw, labelWidth, panelTitles, shown } from './canvas.ts';
import { type Figure, missingFigure } from './figure.ts';
import { color, divergingColor } from './theme.ts';

/** One difference from the baseline. */
export interface MatrixCell {
  readonly row: string;
  readonly column: string;
  /** Groups rows, for example by task. */
  readonly group?: string;
  readonly estimate: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Adjusted within its family. */
  readonly p: number | null;
  /** The interval that goes with the adjusted p. */
  readonly adjustedLow: number | null;
  readonly adjustedHigh: number | null;
  /** Why there is no estimate. */
  readonly reason?: string;
  /** Where a click leads, in the live view. */
  readonly href?: string;
}

export interface MatrixData {
  readonly id: string;
  readonly title: string;
  readonly caption: string;
  /** In the order shown; whatever is not listed is left out. */
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly groups?: readonly string[];
  readonly rowName: string;
  readonly columnName: string;
  readonly groupName?: string;
  readonly cells: readonly MatrixCell[];
  /** Below this adjusted p a cell is marked; default 0.05. */
  readonly alpha?: number;
  /** Intervals inside the cells; default true without groups. */
  readonly intervals?: boolean;
}

/**
 * Differences from a baseline as a heat map: colour for size and sign, the number with its sign, the interval, and
 * a star where the adjusted p is below alpha. What is not estimable says so and has no colour.
 */
export function matrixFigure(data: MatrixData): Figure {
  const { id, title, caption, cells, groups, alpha = 0.05 } = data;
  const known = cells.filter(({ row, column }) => data.rows.includes(row) && data.columns.includes(column));
  if (known.length === 0) return missingFigure(id, title, 'No comparison can be made yet.');
  const marked = (cell: MatrixCell) => cell.p !== null && cell.p < alpha;
  const largest = known.reduce((most, { estimate }) => Math.max(most, Math.abs(estimate ?? 0)), 0);
  return {
    id,
    title,
    caption,
    table: {
      columns: [
        ...(groups ? [data.groupName ?? 'group'] : []),
        data.rowName,
        data.columnName,
        'difference',
        'low',
        'high',
        'adjusted p',
        'adjusted low',
        'adjusted high',
        'note',
      ],
      rows: known.map((cell) => [
        ...(groups ? [cell.group ?? ''] : []),
        cell.row,
        cell.column,
        cell.estimate,
        cell.low,
        cell.high,
        cell.p,
        cell.adjustedLow,
        cell.adjustedHigh,
        cell.reason ?? '',
      ]),
    },
    minWidth: Math.min(480, 120 + 74 * data.columns.length),
    draw: (surface) => {
      const withIntervals = data.intervals ?? !groups;
      const rowHeight = withIntervals ? 46 : 27;
      const left = labelWidth(data.rows, 130);
      const channels = { x: 'column', y: 'row', ...(groups && { fy: 'group' }) };
      const groupGap = 30;
      const height =
        (groups ? groups.length : 1) * (rowHeight * data.rows.length + (groups ? groupGap : 0)) + 54;
      const fill = (cell: MatrixCell) =>
        cell.estimate === null ? color('panel') : divergingColor(cell.estimate, largest).fill;
      const ink = (cell: MatrixCell) =>
        cell.estimate === null ? color('soft') : divergingColor(cell.estimate, largest).text;
      const number = (cell: MatrixCell) =>
        cell.estimate === null ? 'n/e' : `${signed(cell.estimate)}${marked(cell) ? ' *' : ''}`;
      const links = known.some(({ href }) => href !== undefined)
        ? { href: (cell: MatrixCell) => cell.href }
        : {};
      return draw(surface, title, {
        width: left + Math.max(320, 94 * data.columns.length),
        height,
        marginLeft: left,
        marginRight: 4,
        marginTop: 44,
        marginBottom: 6,
        x: { domain: [...data.columns], label: null, padding: 0.03 },
        y: { domain: [...data.rows], label: null, padding: 0.06 },
        ...(groups && {
          fy: { domain: [...groups], label: null, padding: groupGap / (height / groups.length) },
        }),
        marks: [
          Plot.axisX({
            anchor: 'top',
            tickSize: 0,
            lineWidth: 8.5,
            label: null,
            tickFormat: shown,
            fontWeight: 600,
          }),
          Plot.axisY({ anchor: 'left', tickSize: 0, label: null, tickFormat: shown }),
          ...panelTitles(groups, { left, dy: -13 }),
          Plot.cell(known, { ...channels, ...links, fill, rx: 3, title: cellTitle }),
          ...[true, false].map((strong) =>
            Plot.text(known, {
              ...channels,
              filter: (cell: MatrixCell) => marked(cell) === strong,
              text: number,
              fill: ink,
              fontWeight: strong ? 700 : 400,
              fontVariant: 'tabular-nums',
              fontSize: withIntervals ? 13.5 : 12,
              dy: withIntervals ? -7 : 0,
              pointerEvents: 'none',
            }),
          ),
          ...(withIntervals
            ? [
                Plot.text(known, {
                  ...channels,
                  text: (cell: MatrixCell) => range(cell.low, cell.high),
                  fill: ink,
                  fontSize: 10.5,
                  fontVariant: 'tabular-nums',
                  dy: 10,
                  pointerEvents: 'none',
                }),
              ]
            : []),
        ],
      });
    },
  };
}

function cellTitle({ row, column, group, estimate, low, high, p, reason }: MatrixCell): string {
  const where = [row, column, ...(group === undefined ? [] : [group])].map(shown).join(', ');
  if (estimate === null) return `${where}: ${noNumber}${reason ? `, ${displayText(reason)}` : ''}`;
  return `${where}: ${signed(estimate, 3)} ${range(low, high, 3, fixed)}, adjusted ${pText(p)}`;
}
