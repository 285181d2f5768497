/**
 * Writes the small committed subset of the golden statistics (values from R and from multiple-precision
 * arithmetic) that the tests read where the whole set is not present.
 *
 *     npx tsx scripts/golden-subset.ts [FOLDER OF THE WHOLE SET]
 *
 * Same file names and field names as the whole set, fewer rows; what is left out is left out by rule below.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { interquartileMean } from '../src/stats/index.ts';
import { goldenFolders } from '../test/golden/statistics.ts';

type Json = Record<string, unknown>;

const from = process.argv[2] ?? goldenFolders.whole;
const to = goldenFolders.subset;
mkdirSync(to, { recursive: true });

const read = (file: string) => readFileSync(path.join(from, file), 'utf8');
const readJson = (file: string) => JSON.parse(read(file)) as Json;
const every = (rows: unknown, step: number) => (rows as unknown[]).filter((_, i) => i % step === 0);

/** JSON with one line per row of a table, so that a change shows as a small difference. */
function writeJson(file: string, value: Json): void {
  writeFileSync(path.join(to, file), layOut(value, '') + '\n');
}

function layOut(value: unknown, indent: string): string {
  const inner = indent + ' ';
  const isTable = Array.isArray(value) && value.some((item) => typeof item === 'object');
  if (isTable) return `[\n${value.map((row) => inner + JSON.stringify(row)).join(',\n')}\n${indent}]`;
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return JSON.stringify(value);
  const fields = Object.entries(value).map(
    ([key, v]) => `${inner}${JSON.stringify(key)}: ${layOut(v, inner)}`,
  );
  return `{\n${fields.join(',\n')}\n${indent}}`;
}

function goldenSubset(): Json {
  const golden = readJson('golden.json');
  const dist = golden.dist as Json;
  const dataSet = (name: string) => {
    const { lmer_seed: _notUsed, perm25, ...rest } = golden[name] as Json;
    const permutations = perm25 as Record<string, number[][]>;
    const first = Object.entries(permutations).map(([kind, rows]) => [
      kind,
      rows.map((row) => row.slice(0, 1)),
    ]);
    return { ...rest, perm25: Object.fromEntries(first) as Json };
  };
  const balanced: Json = dataSet('balanced');
  const unbalanced: Json = dataSet('unbalanced');
  // In a balanced design the three types are the same numbers.
  balanced.anova = { type3: (balanced.anova as Json).type3 };
  delete balanced.simple_by_model_holm28;
  delete balanced.cellmeans;
  delete unbalanced.perm25;
  return {
    balanced,
    unbalanced,
    rankdef: golden.rankdef,
    dist: Object.fromEntries(
      // 7 is prime to the sizes of the grids, so every level of every argument stays in.
      Object.entries(dist).map(([name, rows]) => [name, every(rows, name === 'ncF' ? 31 : 7)]),
    ),
    power: golden.power,
  };
}

writeJson('golden.json', goldenSubset());

const precise = readJson('mp_golden.json');
writeJson('mp_golden.json', { ...precise, ncF: every(precise.ncF, 7) });

// Rank statistics of the unbalanced data need its rows, which the subset does not hold.
const { unbalanced: _unbalanced, ...golden2 } = readJson('golden2.json');
writeJson('golden2.json', golden2);
writeJson('nested1400.json', readJson('nested1400.json'));

// The bootstrap replicates that R's resamples give, instead of the 80,000 indices: each is a sum of twenty
// numbers with six decimals over twenty, so eight decimals are exact.
const { x } = golden2.boot as { x: number[] };
const replicates = read('boot_idx_search_m7.csv')
  .trim()
  .split('\n')
  .map((line) => interquartileMean(line.split(',').map((index) => x[Number(index)])));
writeFileSync(
  path.join(to, 'boot_replicates_search_m7.txt'),
  replicates.map((value) => value.toFixed(8)).join('\n') + '\n',
);

// The designs are full grids, so the scores in order are the whole tables.
for (const name of ['balanced1400', 'nested1400']) {
  const lines = read(`${name}.csv`).trim().split('\n').slice(1);
  writeFileSync(
    path.join(to, `${name}.scores.txt`),
    lines.map((line) => line.slice(line.lastIndexOf(',') + 1)).join('\n') + '\n',
  );
}
writeFileSync(
  path.join(to, 'balanced1400_perms25.csv'),
  read('balanced1400_perms25.csv').split('\n')[0] + '\n',
);
