import { csvLines } from '../../../core/csv.ts';
import { InputError } from '../../../core/index.ts';
import { parquetTable } from '../../../core/parquet.ts';
import { decoded, jsonLines } from '../json-lines.ts';

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

const remedy = 'Write one object on each line: {"question": "...", "answer": "..."}.';

function jsonRecords(text: string, file: string, named: FieldNames): RawRecord[] {
  return jsonLines(text, file, remedy).map(({ object, line }) => {
    const fields = Object.fromEntries(
      questionFields.flatMap((field) => {
        const name = named[field] ?? field;
        return Object.hasOwn(object, name) ? [[field, object[name]]] : [];
      }),
    );
    const names = Object.keys(object).filter((name) => object[name] !== null && object[name] !== '');
    return { fields, line, place: `line ${line}`, names };
  });
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
