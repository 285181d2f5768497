import { type CsvLine, csvLines } from '../core/csv.ts';
import { InputError } from '../core/index.ts';
import { parquetTable } from '../core/parquet.ts';

/** A table as its file has it: names of columns, and cells as text. */
export interface TableCells {
  readonly names: readonly string[];
  /** `line` is the line of a text file, or the number of the row, from 1. */
  readonly rows: readonly CsvLine[];
}

/**
 * The cells of anybody's table: separated values, JSON (a list of objects), JSON Lines or Parquet, by the ending of
 * the file's name.
 *
 * @throws InputError with the place, when it is no table of that kind
 */
export function tableCells(bytes: Uint8Array, file: string): TableCells {
  if (/\.parquet$/i.test(file)) {
    const { names, rows } = parquetTable(bytes, file, () => true);
    return {
      names,
      rows: rows.map((values, k) => ({
        cells: values.map((value) => cellText(value)),
        line: k + 1,
      })),
    };
  }
  const text = new TextDecoder().decode(bytes);
  if (/\.json$/i.test(file)) return objectCells(listOf(text, file), file);
  if (/\.(jsonl|ndjson)$/i.test(file)) {
    const lines = text.split(/\r\n?|\n/).map((written, k) => ({ written, line: k + 1 }));
    const filled = lines.filter(({ written }) => written.trim() !== '');
    return objectCells(
      filled.map(({ written, line }) => ({ value: parsed(written, file, line), line })),
      file,
    );
  }
  return separatedCells(text, file);
}

/** The cells of separated values with a header line. */
export function separatedCells(text: string, file: string): TableCells {
  const [header, ...rows] = csvLines(text, file);
  return { names: header ? header.cells.map((name) => name.trim()) : [], rows };
}

interface Entry {
  readonly value: unknown;
  readonly line: number;
}

function listOf(text: string, file: string): Entry[] {
  const value = parsed(text, file);
  if (!Array.isArray(value)) {
    throw new InputError('This is no list. Write a list of objects: [{"strategy": "none", "score": 0.4}].', {
      file,
    });
  }
  return value.map((own: unknown, k) => ({ value: own, line: k + 1 }));
}

function parsed(text: string, file: string, line?: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const place = line === undefined ? { file } : { file, line };
    throw new InputError(
      `This is no JSON (${error instanceof Error ? error.message : String(error)}).`,
      place,
    );
  }
}

function objectCells(entries: readonly Entry[], file: string): TableCells {
  const names: string[] = [];
  const known = new Set<string>();
  for (const { value, line } of entries) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new InputError('A row is no object. Write rows as {"strategy": "none", "score": 0.4}.', {
        file,
        line,
      });
    }
    for (const name of Object.keys(value)) {
      if (!known.has(name)) names.push(name);
      known.add(name);
    }
  }
  return {
    names,
    rows: entries.map(({ value, line }) => ({
      cells: names.map((name) => {
        const own = value as Readonly<Record<string, unknown>>;
        return cellText(Object.hasOwn(own, name) ? own[name] : null);
      }),
      line,
    })),
  };
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value.trim();
  // A list in a column that nobody asks for does no harm; as a response it is refused as no number.
  return JSON.stringify(value);
}
