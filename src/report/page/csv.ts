import type { FigureTable } from '../figures/index.ts';
import { plainText } from '../plain-text.ts';

/**
 * A figure's table as comma-separated values (RFC 4180). Text that a spreadsheet would take for a formula begins
 * with an apostrophe.
 */
export function tableCsv({ columns, rows }: FigureTable): string {
  return [columns, ...rows].map((row) => row.map(csvCell).join(',')).join('\r\n') + '\r\n';
}

function csvCell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = plainText(value, Infinity);
  const safe = /^[=+\-@]/.test(text) ? `'${text}` : text;
  return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
