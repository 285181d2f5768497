import type { FigureTable } from '../figures/index.ts';
import { disarmed } from '../../core/formulas.ts';
import { displayText } from '../../core/display-text.ts';

/**
 * A figure's table as comma-separated values (RFC 4180). Text that a spreadsheet would take for a formula is
 * disarmed.
 */
export function tableCsv({ columns, rows }: FigureTable): string {
  return [columns, ...rows].map((row) => row.map(csvCell).join(',')).join('\r\n') + '\r\n';
}

function csvCell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  // Before invisible characters are written as their code points, and after: both texts may be meant.
  const safe = disarmed(displayText(disarmed(value), Infinity));
  return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
