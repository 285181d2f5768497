import { disarmed } from '../../core/index.ts';
import type { Cell, Row } from './row.ts';

export interface CsvOptions {
  /**
   * A spreadsheet runs text that begins with = + - @ as a formula, whatever invisible stands before them, and this
   * text can come from a model. `guard`, the default, disarms it (`disarmed` in core); `keep` writes it unchanged,
   * for programs. JSONL never needs either.
   */
  readonly formulas?: 'guard' | 'keep';
}

/**
 * Rows as CSV (RFC 4180: commas, CRLF, quotes doubled), first a header with the names of the columns. Null is an
 * empty field and empty text is `""`; lists are written as JSON. No rows give no text.
 *
 * @throws RangeError when a row has other columns than the first
 */
export async function* toCsv(
  rows: AsyncIterable<Row> | Iterable<Row>,
  options: CsvOptions = {},
): AsyncGenerator<string> {
  let header: string | undefined;
  for await (const row of rows) {
    const names = csvLine(Object.keys(row), options);
    if (header === undefined) yield names;
    else if (names !== header) throw new RangeError(`toCsv: the columns changed from ${header} to ${names}`);
    header = names;
    yield csvLine(Object.values(row), options);
  }
}

/** One line of CSV, with its line end. */
export function csvLine(cells: readonly Cell[], options: CsvOptions = {}): string {
  return `${cells.map((cell) => csvField(cell, options.formulas ?? 'guard')).join(',')}\r\n`;
}

function csvField(cell: Cell, formulas: 'guard' | 'keep'): string {
  if (cell === null) return '';
  // Numbers are safe as they are: a minus sign before digits is a number to a spreadsheet, too.
  if (typeof cell === 'number' || typeof cell === 'boolean') return String(cell);
  const text = typeof cell === 'string' ? cell : JSON.stringify(cell);
  const safe = formulas === 'guard' ? disarmed(text) : text;
  return safe === '' || /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
