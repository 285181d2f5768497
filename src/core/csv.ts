import { CsvError, type Info, parse } from 'csv-parse/sync';
import { InputError } from './errors.ts';

/** One row of a table. */
export interface CsvLine {
  /** Trimmed. */
  readonly cells: readonly string[];
  /** Line of the file on which the row ends, from 1. */
  readonly line: number;
}

/**
 * The lines of a table as spreadsheets write it: separated by commas, semicolons or tabs, whichever the header has
 * most of. Empty lines are left out.
 *
 * @param file name for messages
 * @throws InputError with the line where it is no table
 */
export function csvLines(text: string, file: string): CsvLine[] {
  try {
    const options = {
      info: true,
      bom: true,
      skip_empty_lines: true,
      trim: true,
      delimiter: delimiterOf(text),
    };
    const records = parse(text, options) as unknown as {
      record: string[];
      info: Info;
    }[];
    return records.map(({ record, info }) => ({ cells: record, line: info.lines }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error.lines === 'number' ? error.lines : undefined;
    throw new InputError(`This is no table: ${error.message}.`, { file, line });
  }
}

/** Spreadsheets write semicolons where the decimal sign is a comma. */
function delimiterOf(text: string): string {
  const header = text.slice(0, text.search(/[\r\n]|$/)).replaceAll(/"[^"]*"/g, '');
  const count = (sign: string) => header.split(sign).length;
  return [',', ';', '\t'].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
}
