import { runInNewContext } from 'node:vm';
import * as zlib from 'node:zlib';
import { parquetMetadata, parquetSchema } from 'hyparquet';
import { assembleNested } from 'hyparquet/src/assemble.js';
import { readColumn } from 'hyparquet/src/column.js';
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { getTreePath } from 'hyparquet/src/schema.js';
import { flatten } from 'hyparquet/src/utils.js';
import { InputError } from './errors.ts';

/** A table as it stands in a Parquet file. */
export interface ParquetTable {
  /** Of all columns, each once. */
  readonly names: readonly string[];
  /** By row and column, as JSON would hold them; undefined where a column was not wanted. */
  readonly rows: readonly (readonly unknown[])[];
}

type Chunk = ReturnType<typeof parquetMetadata>['row_groups'][number]['columns'][number];
type SchemaTree = ReturnType<typeof parquetSchema>;

/** More than these are no table that anybody asks one by one; a broken file may claim any number. */
const mostRows = 1_000_000;

/** Broken bytes can lead the reader round in a circle. */
const patienceMs = 30_000;

/**
 * Reads an Apache Parquet file, compressed by Snappy, gzip, Brotli or, from Node 22.15 on, Zstandard. Whole numbers
 * beyond 2^53 come as their digits, times in ISO 8601, NaN and missing values as null. It takes no promise, as options
 * of tasks are checked at once; so it calls the steps of the library by themselves.
 *
 * @param wanted whether a column is read; what stands in others does not matter
 * @throws InputError when it is no such file, cut short, too long, or holds what cannot be read
 */
export function parquetTable(
  bytes: Uint8Array,
  file: string,
  wanted: (name: string, names: readonly string[]) => boolean,
  timeout = patienceMs,
): ParquetTable {
  try {
    // Nothing runs in that context; only its clock can end what does not end by itself.
    const read = () => tableOf(bytes, wanted);
    return runInNewContext('read()', { read }, { timeout }) as ParquetTable;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(
      `This is no whole Parquet file that can be read (${reason}). Write it anew, or as JSON Lines or CSV.`,
      { file },
    );
  }
}

function tableOf(
  bytes: Uint8Array,
  wanted: (name: string, names: readonly string[]) => boolean,
): ParquetTable {
  const metadata = parquetMetadata(bytes, { geoparquet: false });
  const tree = parquetSchema(metadata);
  const names = tree.children.map(({ element }) => element.name);
  if (metadata.num_rows > mostRows)
    throw new Error(`it has ${metadata.num_rows} rows, and ${mostRows} are the most`);
  const rows = metadata.row_groups.flatMap((group) => {
    const count = Number(group.num_rows);
    const columns = tree.children.map((child) =>
      wanted(child.element.name, names) ? columnOf(bytes, group.columns, tree, child, count) : undefined,
    );
    return Array.from({ length: count }, (_, row) => columns.map((column) => column && json(column[row])));
  });
  return { names, rows };
}

/** The values of a column in one group of rows, whatever is nested in it. */
function columnOf(
  bytes: Uint8Array,
  chunks: readonly Chunk[],
  tree: SchemaTree,
  child: SchemaTree,
  count: number,
): ArrayLike<unknown> {
  const parts = new Map(
    chunks
      .filter(({ meta_data: meta }) => meta?.path_in_schema[0] === child.element.name)
      .map((chunk) => [chunk.meta_data!.path_in_schema.join('.'), leafOf(bytes, chunk, tree, count)]),
  );
  if (child.children.length > 0) assembleNested(parts, child, DEFAULT_PARSERS);
  const column = parts.get(child.element.name);
  if (column?.length !== count)
    throw new Error(`"${child.element.name}" has ${column?.length ?? 0} values for ${count} rows`);
  return column;
}

function leafOf(
  bytes: Uint8Array,
  { meta_data: meta, file_path: elsewhere }: Chunk,
  tree: SchemaTree,
  rows: number,
) {
  if (!meta || elsewhere) throw new Error('its values are in another file');
  const path = getTreePath(tree, meta.path_in_schema);
  const start = Number(meta.dictionary_page_offset ?? meta.data_page_offset);
  const end = start + Number(meta.total_compressed_size);
  if (!(start >= 0 && end <= bytes.length)) throw new Error('it ends too early');
  const { element } = path[path.length - 1];
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset + start, end - start), offset: 0 };
  const decoder = {
    ...meta,
    pathInSchema: meta.path_in_schema,
    element,
    schemaPath: path,
    parsers: DEFAULT_PARSERS,
    compressors,
  };
  const select = { groupStart: 0, selectStart: 0, selectEnd: rows, groupRows: rows };
  const values = flatten(readColumn(reader, select, decoder).data);
  return meta.type === 'FLOAT' ? Array.from(values, shortest) : values;
}

/** A number of 32 bits as it was written: 0.1, and not 0.10000000149. */
function shortest(value: unknown): unknown {
  if (typeof value !== 'number') return value;
  const digits = [6, 7, 8, 9].find((n) => Math.fround(Number(value.toPrecision(n))) === value);
  return digits === undefined ? value : Number(value.toPrecision(digits));
}

const { gunzipSync, brotliDecompressSync, zstdDecompressSync } = zlib as typeof zlib & {
  readonly zstdDecompressSync?: typeof zlib.gunzipSync;
};
const bounded = (unpack: typeof gunzipSync) => (input: Uint8Array, length: number) =>
  new Uint8Array(unpack(input, { maxOutputLength: Math.max(1, length) }));
const compressors = {
  GZIP: bounded(gunzipSync),
  BROTLI: bounded(brotliDecompressSync),
  ...(zstdDecompressSync && { ZSTD: bounded(zstdDecompressSync) }),
};

function json(value: unknown): unknown {
  if (value === undefined || Number.isNaN(value)) return null;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(json);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, json(part)]));
}
