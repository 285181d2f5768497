import { csvLines } from '../../../core/csv.ts';
import { InputError } from '../../../core/index.ts';
import { parquetTable } from '../../../core/parquet.ts';

/** What a file says about a question. */
export const questionFields = ['id', 'question', 'answer', 'choices', 'grader', 'facts', 'split'] as const;
export type QuestionField = (typeof questionFields)[number];

/** What one line of a file says, or one row of a table in Parquet, not yet checked. */
export interface RawRecord {
  readonly fields: Readonly<Partial<Record<QuestionField, unknown>>>;
  /** From 1. */
  readonly line: number;
  /** The place in words: `line 3`, `row 3`. */
  readonly place: string;
  /** The names of all fields with anything in them, as the file has them. */
  readonly names: readonly string[];
}

/** What the file calls a field, where it calls it otherwise. */
export type FieldNames = Readonly<Partial<Record<QuestionField, string>>>;

/**
 * The records of JSON Lines, or of a table where the file's name ends in .csv, .tsv or .parquet.
 * @throws InputError with file and line for what is no text, no JSON, no table, or names columns twice
 */
export function readRecords(bytes: Uint8Array, file: string, named: FieldNames): RawRecord[] {
  if (/\.parquet$/i.test(file)) {
    const isField = (name: string, names: readonly string[]) =>
      columnsOf(names, named).flat(2).includes(name);
    const { names, rows } = parquetTable(bytes, file, isField);
    return tableRecords(names, rows.map((cells, k) => ({ cells, line: k + 1, place: `row ${k + 1}` })), named); // prettier-ignore
  }
  const text = decoded(bytes, file);
  if (!/\.(csv|tsv)$/i.test(file)) return jsonRecords(text, file, named);
  // Within cells the reader would count a line end of two characters as two.
  const [header, ...rows] = csvLines(text.replace(/\r\n?/g, '\n'), file);
  if (!header) return [];
  const names = header.cells;
  const twice = names.find((name, k) => names.indexOf(name) < k);
  if (twice !== undefined)
    throw new InputError(`Two columns are called "${twice}". Rename one of them.`, { file, line: 1 });
  return tableRecords(names, rows.map((row) => ({ ...row, place: `line ${row.line}` })), named); // prettier-ignore
}

/** @throws InputError with the first line that is not UTF-8 */
function decoded(bytes: Uint8Array, file: string): string {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    throw new InputError('The file is in UTF-16. Save it as UTF-8.', { file });
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const nul = text.indexOf('\0');
    if (nul < 0) return text;
    throw new InputError('There is a NUL character here, so this is no text in UTF-8.', {
      file,
      line: text.slice(0, nul).split('\n').length,
    });
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError('This line is not in UTF-8. Save the file as UTF-8.', {
      file,
      line: firstBadLine(bytes),
    });
  }
}

function firstBadLine(bytes: Uint8Array): number {
  let line = 1;
  for (let from = 0; from < bytes.length; line++) {
    const end = bytes.indexOf(0x0a, from);
    const to = end < 0 ? bytes.length : end;
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(from, to));
    } catch {
      return line;
    }
    from = to + 1;
  }
  return line;
}

function jsonRecords(text: string, file: string, named: FieldNames): RawRecord[] {
  return text.split(/\r\n?|\n/).flatMap((written, k) => {
    if (written.trim() === '') return [];
    const place = { file, line: k + 1 };
    const value = jsonOf(written, place);
    const object = value as Readonly<Record<string, unknown>>;
    const fields = Object.fromEntries(
      questionFields.flatMap((field) => {
        const name = named[field] ?? field;
        return Object.hasOwn(object, name) ? [[field, object[name]]] : [];
      }),
    );
    const names = Object.keys(object).filter((name) => object[name] !== null && object[name] !== '');
    return [{ fields, line: k + 1, place: `line ${k + 1}`, names }];
  });
}

function jsonOf(written: string, place: { readonly file: string; readonly line: number }): object {
  const remedy = 'Write one object on each line: {"question": "...", "answer": "..."}.';
  let value: unknown;
  try {
    value = JSON.parse(written);
  } catch {
    throw new InputError(`This line is no JSON. ${remedy}`, place);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new InputError(`This line is no object of JSON. ${remedy}`, place);
}

/** A field that is a list has numbered columns: `choice 1`, `choice 2`, `facts 1`. */
const listed: Readonly<Partial<Record<QuestionField, RegExp>>> = {
  choices: /^choices?[ _-]?([1-9]\d?)$/i,
  facts: /^facts?[ _-]?([1-9]\d?)$/i,
  answer: /^answers?[ _-]?([1-9]\d?)$/i,
};

interface TableRow {
  readonly cells: readonly unknown[];
  readonly line: number;
  readonly place: string;
}

function tableRecords(names: readonly string[], rows: readonly TableRow[], named: FieldNames): RawRecord[] {
  const columns = columnsOf(names, named);
  return rows.map(({ cells, line, place }) => {
    const at = (name: string) => cells[names.indexOf(name)];
    const fields = Object.fromEntries(
      columns.map(([field, of]) => [field, typeof of === 'string' ? at(of) : of.map(at)]),
    );
    return { fields, line, place, names: names.filter((_, k) => cells[k] !== '' && cells[k] !== null) };
  });
}

/** For each field that a table has, its column, or those of its list. */
function columnsOf(names: readonly string[], named: FieldNames): [QuestionField, string | string[]][] {
  return questionFields.flatMap((field): [QuestionField, string | string[]][] => {
    const name = named[field] ?? field;
    if (names.includes(name)) return [[field, name]];
    const columns = numbered(names, field, named[field]);
    return columns.length > 0 ? [[field, columns]] : [];
  });
}

/** The columns of a list, in the order of their numbers. */
function numbered(names: readonly string[], field: QuestionField, own: string | undefined): string[] {
  const place = (name: string): number | undefined => {
    if (own === undefined) {
      const number = listed[field]?.exec(name)?.[1];
      return number === undefined ? undefined : Number(number);
    }
    const rest = name.startsWith(own) ? /^[ _-]?([1-9]\d?)$/.exec(name.slice(own.length))?.[1] : undefined;
    return rest === undefined ? undefined : Number(rest);
  };
  return names
    .flatMap((name) => {
      const number = place(name);
      return number === undefined ? [] : [{ name, number }];
    })
    .sort((a, b) => a.number - b.number)
    .map(({ name }) => name);
}
