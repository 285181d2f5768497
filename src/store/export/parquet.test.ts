import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import type { PlannedRun } from '../../contracts/index.ts';
import {
  type Cell,
  exportRuns,
  exportTraces,
  memoryStore,
  type ParquetColumns,
  type Row,
  runColumns,
  traceColumns,
  writeParquet,
} from '../index.ts';
import { emptyDefinition } from '../../testing/store-samples.ts';

async function* stream(rows: readonly Row[]): AsyncGenerator<Row> {
  yield* rows;
}

/** The whole file. */
async function written(
  rows: AsyncIterable<Row>,
  columns: ParquetColumns,
  rowGroup?: number,
): Promise<ArrayBuffer> {
  const pieces: Uint8Array[] = [];
  await writeParquet(rows, columns, (bytes) => void pieces.push(bytes), { rowGroup });
  const bytes = new Uint8Array(Buffer.concat(pieces));
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
}

/** Another library reads it; it gives `undefined` for a list that is null. */
async function read(file: ArrayBuffer): Promise<Record<string, unknown>[]> {
  const rows = (await parquetReadObjects({ file })) as Record<string, unknown>[];
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, cell ?? null])),
  );
}

const everyType: ParquetColumns = {
  text: 'text',
  flag: 'flag',
  integer: 'integer',
  count: 'count',
  number: 'number',
  time: 'time',
  words: { list: 'text' },
  numbers: { list: 'number' },
};
const full: Row = {
  text: 'ünïcode \u0000 \u202e <script>',
  flag: false,
  integer: -(2 ** 31),
  count: 2 ** 40,
  number: 0.1,
  time: '2001-02-03T04:05:06.789Z',
  words: ['', 'a', null],
  numbers: [0.25, 1e-300],
};
const empty: Row = Object.fromEntries(Object.keys(full).map((name) => [name, null]));

it('reads back what was written, missing values and empty lists included', async () => {
  const rows = [full, empty, { ...full, words: [], numbers: [] }];
  const file = await written(stream(rows), everyType);
  const back = { ...full, count: BigInt(full.count as number), time: new Date(full.time as string) };
  expect(await read(file)).toEqual([back, empty, { ...back, words: [], numbers: [] }]);
});

it('hands out one row group after the other and holds no more', async () => {
  let alive = 0;
  async function* rows(): AsyncGenerator<Row> {
    for (let n = 0; n < 25; n++) {
      alive++;
      yield { n };
    }
  }
  const seen: number[] = [];
  const pieces: Uint8Array[] = [];
  await writeParquet(
    rows(),
    { n: 'integer' },
    (bytes) => {
      seen.push(alive);
      pieces.push(bytes);
    },
    { rowGroup: 10 },
  );
  // Written when 10, 20 and all 25 rows had been asked for, and the footer last.
  expect(seen).toEqual([10, 20, 25, 25]);
  const file = Buffer.concat(pieces);
  const { num_rows, row_groups } = parquetMetadata(
    file.buffer.slice(file.byteOffset, file.byteOffset + file.length),
  );
  expect([num_rows, ...row_groups.map((group) => group.num_rows)]).toEqual([25n, 10n, 10n, 5n]);
});

it('a table without rows is a file with columns', async () => {
  const file = await written(stream([]), everyType);
  const { num_rows, schema } = parquetMetadata(file);
  expect(num_rows).toBe(0n);
  expect(schema.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(everyType)));
});

it.each<[string, Cell]>([
  ['integer', 1.5],
  ['integer', 2 ** 31],
  ['number', '1'],
  ['flag', 0],
  ['words', 'a'],
])('refuses a value of another type: %s %j', async (name, cell) => {
  await expect(written(stream([{ ...full, [name]: cell }]), everyType)).rejects.toThrow(`column "${name}"`);
});

it('refuses a row with other columns', async () => {
  await expect(written(stream([{ a: 1, b: 2 }]), { a: 'number' })).rejects.toThrow('expected a');
});

const run = (hash: string, factors: PlannedRun['factors']): PlannedRun => ({
  hash,
  model: 'm',
  strategy: 'none',
  task: 't',
  seed: 1,
  factors,
});

async function study() {
  const store = memoryStore();
  const runs = [
    run('a', { temperature: 0.5, adviceStrength: 'default', tell: true }),
    run('b', { temperature: 1, adviceStrength: 0.3, tell: false }),
  ];
  await store.saveStudy({ name: 's', definition: emptyDefinition, runs });
  const usage = { inputTokens: 7, outputTokens: 1 };
  const asked = { prompt: 'Go.', answer: 'stay', availableActions: [0, 1], distribution: [0.25, 0.75] };
  await store.saveEpisode(
    {
      run: 'b',
      episode: 0,
      instance: null,
      references: { high: 1, low: 0, lowStandardError: 0 },
      return: 0.5,
      score: 0.5,
      prefix: 'Rules.',
      steps: [
        {
          agents: [
            { availableActions: [1], action: 1 },
            { ...asked, action: 1, broadcast: 0, usage },
          ],
          reward: 0.5,
        },
      ],
    },
    { startedAt: '2001-02-03T04:05:06.000Z', wallMs: 2 },
    {
      hash: 'b',
      status: 'done',
      score: 0.5,
      return: 0.5,
      episodes: 1,
      steps: 1,
      decisions: 1,
      unparsable: 0,
      usage,
    },
  );
  return { store, runs };
}

/** As Parquet gives it back: whole counts as bigint, times as Date, mixed levels as words. */
function expected(row: Row, columns: ParquetColumns): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, cell]): [string, unknown] => {
      if (cell === null) return [name, null];
      if (columns[name] === 'count') return [name, BigInt(cell as number)];
      if (columns[name] === 'time') return [name, new Date(cell as string)];
      return [name, columns[name] === 'text' ? String(cell) : cell];
    }),
  );
}

async function collected(rows: AsyncIterable<Row>): Promise<Row[]> {
  const out: Row[] = [];
  for await (const row of rows) out.push(row);
  return out;
}

describe('the tables of a study', () => {
  it.each([false, true])('runs (timings %s) hold what the export of runs holds', async (timings) => {
    const { store, runs } = await study();
    const columns = runColumns({ runs, definition: emptyDefinition }, { timings });
    const file = await written(exportRuns(store, { timings }), columns);
    const rows = await collected(exportRuns(store, { timings }));
    expect(await read(file)).toEqual(rows.map((row) => expected(row, columns)));
    expect(columns).toMatchObject({
      'factor.temperature': 'number',
      'factor.adviceStrength': 'text',
      'factor.tell': 'flag',
    });
  });

  it.each([false, true])('traces (prefixes %s) hold what the export of traces holds', async (prefixes) => {
    const { store, runs } = await study();
    const columns = traceColumns(runs, { prefixes });
    const actions = () => ['stay', 'go'];
    const file = await written(exportTraces(store, { actions, prefixes }), columns);
    const rows = await collected(exportTraces(store, { actions, prefixes }));
    expect(rows).toHaveLength(2);
    expect(await read(file)).toEqual(rows.map((row) => expected(row, columns)));
  });
});

const python = process.env.AGENTMESH_PYTHON ?? 'python3';
const hasPandas = works(python, ['-c', 'import pandas, pyarrow']);
const hasArrow = works('Rscript', ['-e', 'library(arrow)']);
if (!hasPandas)
  console.warn(
    '\nSKIPPED, NO PANDAS: Parquet files are read by hyparquet only. AGENTMESH_PYTHON names another Python.\n',
  );
if (!hasArrow) console.warn('\nSKIPPED, NO ARROW FOR R: Parquet files are not read by R here.\n');

function works(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function withFile<T>(use: (name: string) => T): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'agentmesh-parquet-'));
  try {
    const { store, runs } = await study();
    const file = await written(exportTraces(store, { actions: () => ['stay', 'go'] }), traceColumns(runs));
    const name = path.join(folder, 'traces.parquet');
    writeFileSync(name, Buffer.from(file));
    return use(name);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it.runIf(hasPandas)('pandas reads it in one line', async () => {
  const json = await withFile((name) =>
    execFileSync(python, [
      '-c',
      `import pandas; print(pandas.read_parquet(${JSON.stringify(name)}).to_json(orient="records"))`,
    ]),
  );
  expect(JSON.parse(String(json))).toMatchObject([
    { run: 'b', agent: 0, prompt: null, distribution: null, 'factor.temperature': 1 },
    {
      agent: 1,
      prompt: 'Go.',
      distribution: [0.25, 0.75],
      availableActionWords: ['stay', 'go'],
      inputTokens: 7,
    },
  ]);
});

it.runIf(hasArrow)('R reads it in one line', async () => {
  const out = await withFile((name) =>
    execFileSync('Rscript', [
      '-e',
      `d <- arrow::read_parquet(${JSON.stringify(name)}); cat(nrow(d), d$prompt[2], d$distribution[[2]])`,
    ]),
  );
  expect(String(out)).toBe('2 Go. 0.25 0.75');
});
