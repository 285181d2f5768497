import type { ColumnSource, SchemaElement } from 'hyparquet-writer';
import type { Cell, Row } from './row.ts';

/** What a column of a Parquet file holds. Every value may be null, a list's elements too. */
export type ParquetType =
  | 'text'
  | 'flag'
  | 'integer'
  | 'count'
  | 'number'
  | 'time'
  | { readonly list: 'text' | 'integer' | 'number' };

/** The columns of a table, in the order of its rows. */
export type ParquetColumns = Readonly<Record<string, ParquetType>>;

export interface ParquetOptions {
  /** Rows that are held in memory and written together; 10,000 by default. */
  readonly rowGroup?: number;
}

/**
 * Rows as an Apache Parquet file (format 2, Snappy), row group by row group, so that no table is too long.
 * `integer` is INT32, `count` INT64, `number` DOUBLE, `time` a timestamp in milliseconds (UTC). Text is UTF-8; half
 * a surrogate pair becomes U+FFFD. No rows give a file with columns and no rows.
 *
 * @throws RangeError when a row has other columns than `columns`, or a value of another type
 */
export async function writeParquet(
  rows: AsyncIterable<Row>,
  columns: ParquetColumns,
  write: (bytes: Uint8Array) => void | Promise<void>,
  { rowGroup = 10_000 }: ParquetOptions = {},
): Promise<void> {
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
  const buffer = new ByteWriter();
  const drain = async () => {
    const bytes = buffer.getBytes().slice();
    buffer.index = 0;
    if (bytes.length > 0) await write(bytes);
  };
  const names = Object.keys(columns);
  const file = new ParquetWriter({
    writer: buffer,
    schema: [
      { name: 'root', num_children: names.length },
      ...names.flatMap((name) => schemaOf(name, columns[name])),
    ],
    createdBy: 'agentmesh-stm',
  });
  let group: Row[] = [];
  const writeGroup = async () => {
    if (group.length === 0) return;
    const columnData = names.map((name): ColumnSource => {
      const convert = converter(name, columns[name]);
      return { name, data: group.map((row) => convert(row[name])) };
    });
    await file.write({ columnData, rowGroupSize: group.length });
    group = [];
    await drain();
  };
  const header = names.join('\n');
  for await (const row of rows) {
    if (Object.keys(row).join('\n') !== header) {
      throw new RangeError(
        `writeParquet: a row has the columns ${Object.keys(row).join(', ')}; expected ${names.join(', ')}`,
      );
    }
    group.push(row);
    if (group.length >= rowGroup) await writeGroup();
  }
  await writeGroup();
  await file.finish();
  await drain();
}

const elements = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  flag: { type: 'BOOLEAN' },
  integer: { type: 'INT32' },
  count: { type: 'INT64' },
  number: { type: 'DOUBLE' },
  time: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
} as const satisfies Record<string, Partial<SchemaElement>>;

/** Lists have the three levels that the format prescribes. */
function schemaOf(name: string, type: ParquetType): SchemaElement[] {
  if (typeof type === 'string') return [{ name, ...elements[type], repetition_type: 'OPTIONAL' }];
  return [
    { name, converted_type: 'LIST', repetition_type: 'OPTIONAL', num_children: 1 },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', ...elements[type.list], repetition_type: 'OPTIONAL' },
  ];
}

function converter(name: string, type: ParquetType): (cell: Cell) => unknown {
  if (typeof type === 'object') {
    const convert = converter(name, type.list);
    return (cell) => {
      if (cell === null) return null;
      if (!Array.isArray(cell)) throw wrongCell(name, 'a list', cell);
      return cell.map(convert);
    };
  }
  const plain = {
    text: 'string',
    flag: 'boolean',
    integer: 'number',
    count: 'number',
    number: 'number',
    time: 'string',
  }[type];
  return (cell) => {
    if (cell === null) return null;
    // Levels of a factor may be numbers beside words.
    if (type === 'text' && typeof cell !== 'object') return String(cell);
    if (typeof cell !== plain) throw wrongCell(name, `a ${plain}`, cell);
    if (type === 'count') return BigInt(cell as number);
    if (type === 'integer' && cell !== (Number(cell) | 0))
      throw wrongCell(name, 'a whole number of 32 bits', cell);
    return type === 'time' ? new Date(cell as string) : cell;
  };
}

function wrongCell(name: string, expected: string, cell: Cell): RangeError {
  return new RangeError(`writeParquet: column "${name}" takes ${expected}, got ${JSON.stringify(cell)}`);
}
