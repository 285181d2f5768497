import type { CsvLine } from '../core/csv.ts';
import { InputError, nearest } from '../core/index.ts';
import type { ModelSize, RunTable } from './run-table.ts';
import { separatedCells, type TableCells } from './table-cells.ts';

export interface CsvTableOptions {
  /** Column with the response. */
  readonly response: string;
  /** Columns that are factors. */
  readonly factors: readonly string[];
  /** Columns that together name a block. */
  readonly block?: readonly string[];
  /**
   * Column that says how a run ended: only rows with another word than `done` may lack a response (nothing there
   * is a run that has not ended yet). Default `status`, if there is one.
   */
  readonly status?: string;
  /** Which factor holds models; its facts are read from columns, see `modelColumns`. Default `model`. */
  readonly model?: string;
}

/** Columns with what is known of each row's model; all optional. */
const modelColumns = {
  totalParameters: 'parametersTotal',
  activeParameters: 'parametersActive',
  architecture: 'architecture',
} as const;

/** Columns with what each run used, named as `agentmesh export` names them; all optional. */
const usageColumns = ['inputTokens', 'outputTokens', 'costUsd'] as const;

/** Columns with how many answers were asked for and could not be read, named likewise; both or none. */
const answerColumns = ['decisions', 'unparsable'] as const;

/** What in a cell counts as "no value". */
const missingWords = new Set(['', 'NA', 'null', 'None']);

/**
 * Reads a table of separated values (RFC 4180, a header line, UTF-8; commas, or semicolons or tabs where the header
 * has more of them) into a `RunTable`.
 *
 * A row without a response is a run that could not finish: kept, counted, never taken as 0. What happened to it
 * must be said in the status column, so that a gap in the data is no accident.
 *
 * @param file name for messages
 * @throws InputError with the place when a column does not exist or exists twice, a response is text, not finite or
 *   missing without a status that says why, a factor's cell is empty, or the file is no table
 */
export function readCsvTable(text: string, file: string, options: CsvTableOptions): RunTable {
  return runTableOf(separatedCells(text, file), file, options);
}

/** The same for cells that are read already; see `readCsvTable`. */
export function runTableOf({ names, rows }: TableCells, file: string, options: CsvTableOptions): RunTable {
  if (rows.length === 0) throw new InputError('The table has no rows.', { file });
  const indexOf = (name: string, what: string): number => {
    const index = names.indexOf(name);
    if (names.lastIndexOf(name) > index) {
      throw new InputError(`Two columns are called "${name}". Rename one of them.`, { file, line: 1 });
    }
    if (index >= 0) return index;
    const near = nearest(name, names);
    throw new InputError(
      `There is no column "${name}" for the ${what}.${near ? ` Did you mean "${near}"?` : ''} ` +
        `The table has ${names.join(', ')}.`,
      { file, line: 1 },
    );
  };
  const responseAt = indexOf(options.response, 'response');
  const labels = [...new Set([...options.factors, ...(options.block ?? [])])];
  if (labels.includes(options.response)) {
    const what = options.factors.includes(options.response) ? 'a factor' : 'a block column';
    throw new InputError(`"${options.response}" is the response and cannot be ${what}, too.`, { file });
  }
  // Names that every object of the language has would be found where nobody put them.
  const taken = labels.find((name) => name in {});
  if (taken !== undefined) {
    throw new InputError(`A factor or block column cannot be called "${taken}". Rename the column.`, {
      file,
      line: 1,
    });
  }
  const columns = Object.fromEntries(
    labels.map((name) => {
      const at = indexOf(name, options.factors.includes(name) ? 'factors' : 'block');
      return [name, rows.map((row) => label(row, at, name, file))];
    }),
  );
  const statusAt = options.status === undefined ? names.indexOf('status') : indexOf(options.status, 'status');
  const response = rows.map((row) => responseOf(row, responseAt, options.response, file));
  requireSquares(response, options.response, file);
  const status = rows.map((row, i) => {
    if (response[i] !== null) return 'done';
    const word = statusAt < 0 ? 'done' : row.cells[statusAt].trim();
    if (word !== 'done') return word === '' ? 'not run' : word;
    throw new InputError(
      `The response "${options.response}" is empty here. Leave the row out, or say in a column "status" what ` +
        'happened to the run (another word than "done").',
      { file, line: row.line },
    );
  });
  const usage = numbersOf(usageColumns, names, rows, file);
  const counted = answerColumns.every((name) => names.includes(name));
  const answers = counted ? numbersOf(answerColumns, names, rows, file)?.map(answersOf) : undefined;
  const model = options.model ?? 'model';
  const models = Object.hasOwn(columns, model) ? modelFacts(names, rows, columns[model], file) : {};
  return {
    responseName: options.response,
    response,
    status,
    columns,
    models,
    ...(usage && { usage }),
    ...(answers && { answers }),
  };
}

function label({ cells, line }: CsvLine, at: number, name: string, file: string): string {
  const value = cells[at].trim();
  if (value === '') throw new InputError(`The column "${name}" is empty here.`, { file, line });
  return value;
}

function responseOf({ cells, line }: CsvLine, at: number, name: string, file: string): number | null {
  const text = cells[at].trim();
  if (missingWords.has(text)) return null;
  const value = Number(text);
  if (decimal.test(text) && Number.isFinite(value)) return value;
  const remedy = /^[-+]?\d+,\d+$/.test(text)
    ? 'Write decimals with a point.'
    : 'Give a number, or leave the row out.';
  throw new InputError(
    `The response "${name}" is ${JSON.stringify(text)} here, which is no finite number. ${remedy}`,
    { file, line },
  );
}

/** What people write as a number; programs' other forms, such as 0x10, are rather a mistake. */
const decimal = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

const largest = 1e100;

/** Refuses values and spreads whose squares are beyond what numbers hold, for every statistic rests on them. */
function requireSquares(response: readonly (number | null)[], name: string, file: string): void {
  let low = Infinity;
  let high = -Infinity;
  for (const value of response) {
    if (value === null) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const range = high - low;
  if (Math.max(-low, high) <= largest && !(range > 0 && range < 1 / largest)) return;
  throw new InputError(
    `The response "${name}" lies between ${low} and ${high}; squares of such numbers cannot be computed with. ` +
      'Give it in another unit.',
    { file },
  );
}

function answersOf({ decisions, unparsable }: Partial<Record<(typeof answerColumns)[number], number>>) {
  return decisions === undefined || unparsable === undefined
    ? undefined
    : { decisions, unreadable: unparsable };
}

/** The numbers that each row has in these columns; undefined when the table has no such column. */
function numbersOf<Name extends string>(
  columns: readonly Name[],
  names: readonly string[],
  rows: readonly CsvLine[],
  file: string,
): Partial<Record<Name, number>>[] | undefined {
  const present = columns.filter((name) => names.includes(name));
  if (present.length === 0) return undefined;
  return rows.map(({ cells, line }) => {
    const own = Object.fromEntries(
      present.flatMap((name) => {
        const text = cells[names.indexOf(name)].trim();
        if (missingWords.has(text)) return [];
        const value = Number(text);
        if (value >= 0 && Number.isFinite(value)) return [[name, value] as const];
        throw new InputError(
          `"${name}" is ${JSON.stringify(text)}; it must be a number of at least 0 or empty.`,
          {
            file,
            line,
          },
        );
      }),
    );
    return own as Partial<Record<Name, number>>;
  });
}

function modelFacts(
  names: readonly string[],
  rows: readonly CsvLine[],
  models: readonly string[],
  file: string,
): Record<string, ModelSize> {
  const facts = new Map<string, ModelSize>();
  rows.forEach(({ cells, line }, i) => {
    const read = (name: string) => {
      const at = names.indexOf(name);
      const text = at < 0 ? '' : cells[at].trim();
      return missingWords.has(text) ? undefined : text;
    };
    const size = (name: string) => {
      const text = read(name);
      if (text === undefined) return undefined;
      const value = Number(text);
      if (value > 0 && Number.isFinite(value)) return value;
      throw new InputError(`"${name}" is ${JSON.stringify(text)}; it must be a positive number or empty.`, {
        file,
        line,
      });
    };
    const own: ModelSize = {
      totalParameters: size(modelColumns.totalParameters),
      activeParameters: size(modelColumns.activeParameters),
      architecture: read(modelColumns.architecture),
    };
    const known = facts.get(models[i]);
    if (known && JSON.stringify(known) !== JSON.stringify(own)) {
      throw new InputError(`The facts of model "${models[i]}" differ from those on an earlier line.`, {
        file,
        line,
      });
    }
    facts.set(models[i], own);
  });
  return Object.fromEntries(facts);
}
