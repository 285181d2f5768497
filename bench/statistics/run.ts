/**
 * Speed of the statistics beside the programs people use: `npm run bench:statistics`.
 *
 * Prints seconds of CPU time and ratios, and checks that all programs count the same. NumPy (python3) and R are
 * used where they are installed; R packages vegan and car too. One thread each.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  anova,
  blockDesign,
  blockTests,
  fitLinearModel,
  permutationTest,
  type PermutationStatistic,
  wildBootstrapTest,
} from '../../src/stats/index.ts';
import { balancedTable, millionTable, unbalancedTable, writeTable, type BenchTable } from './tables.ts';

/** One measurement of one program. */
interface Measured {
  readonly program: string;
  readonly task: string;
  /** CPU seconds, the least of the repetitions. */
  readonly seconds: number;
  /** Resamples at least as extreme as the data, per term; or F statistics. */
  readonly values: readonly number[];
  /** Why the values are not those of the same tests, where they are not. */
  readonly otherTests?: string;
}

const resamples = 10_000;
const here = path.dirname(fileURLToPath(import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'bench-statistics-'));

/** Least CPU seconds of some repetitions: what the work costs when nothing disturbs it. */
function cpuSeconds<T>(repetitions: number, work: () => T): { readonly seconds: number; readonly result: T } {
  let seconds = Infinity;
  let result: T;
  let left = repetitions;
  do {
    const start = process.cpuUsage();
    result = work();
    const { user, system } = process.cpuUsage(start);
    seconds = Math.min(seconds, (user + system) / 1e6);
  } while (--left > 0);
  return { seconds, result };
}

function ours(table: BenchTable, statistic: PermutationStatistic): Measured {
  const { seconds, result } = cpuSeconds(5, () =>
    permutationTest(fitLinearModel(table.response, table.factors), { seed: 1, resamples, statistic }),
  );
  const values = result.rows.map((row) => (row.estimable ? row.exceeding : NaN));
  return { program: 'agentmesh', task: `${table.name} ${statistic}`, seconds, values };
}

function oursWild(table: BenchTable): Measured {
  const { seconds, result } = cpuSeconds(3, () =>
    wildBootstrapTest(fitLinearModel(table.response, table.factors), { seed: 1, resamples }),
  );
  const values = result.rows.map((row) => (row.estimable ? row.exceeding : NaN));
  return { program: 'agentmesh', task: `${table.name} wild bootstrap`, seconds, values };
}

/** The primary analysis of a study: its blocks, and the sign-flip tests of all seven terms. */
function oursPrimary(table: BenchTable): Measured {
  const [strategy, model, task] = table.factors.map(({ levels, codes }) =>
    Array.from(codes, (code) => levels[code]),
  );
  // Rows of a cell follow each other, one per seed.
  const block = task.map((name, row) => `${name} ${row % 10}`);
  const { seconds, result } = cpuSeconds(5, () => {
    const design = blockDesign({ response: table.response, factors: { strategy, model, task }, block });
    return blockTests(design, { seed: 1, resamples });
  });
  const values = result.map(({ p }) => (p === null ? NaN : Math.round(p * (resamples + 1)) - 1));
  return { program: 'agentmesh', task: `${table.name} primary`, seconds, values };
}

function oursMillion(table: BenchTable): Measured {
  const { seconds, result } = cpuSeconds(3, () =>
    anova(fitLinearModel(table.response, table.factors), 'III'),
  );
  const values = result.rows.map((row) => (row.estimable ? row.F : NaN));
  return { program: 'agentmesh', task: 'anova million', seconds, values };
}

/** Runs a peer's script; an empty list where the program is missing or fails, with a line that says so. */
function peer(command: string, script: string, args: readonly string[]): Measured[] {
  const env = {
    ...process.env,
    OMP_NUM_THREADS: '1',
    OPENBLAS_NUM_THREADS: '1',
    MKL_NUM_THREADS: '1',
  };
  try {
    const text = execFileSync(command, [path.join(here, script), ...args], {
      encoding: 'utf8',
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Measured);
  } catch (error) {
    console.log(`not measured: ${command} ${script} (${(error as Error).message.split('\n')[0]})`);
    return [];
  }
}

/** Two counts of the same event in independent sets of resamples differ by less than six standard errors. */
function agree(own: Measured, other: Measured): boolean {
  return own.values.every((value, t) => {
    if (own.task.startsWith('anova')) return Math.abs(value / other.values[t] - 1) < 1e-8;
    const share = (value + other.values[t] + 1) / (2 * resamples);
    return Math.abs(value - other.values[t]) < 6 * Math.sqrt(2 * resamples * share * (1 - share)) + 1;
  });
}

function verdict(own: Measured, row: Measured): string {
  if (row === own) return '';
  if (row.otherTests) return row.otherTests;
  return agree(own, row) ? 'same answer' : `DIFFERENT: ${row.values.join(', ')}`;
}

const tables = [balancedTable(), unbalancedTable()];
const million = millionTable();
const measured: Measured[] = [];
try {
  for (const table of [...tables, million]) writeTable(table, path.join(folder, `${table.name}.csv`));
  for (const table of tables) {
    measured.push(ours(table, 'F'), ours(table, 'hc3'), oursWild(table));
    const file = path.join(folder, `${table.name}.csv`);
    measured.push(...peer('python3', 'permutation_numpy.py', [file, table.name, String(resamples)]));
    measured.push(...peer('Rscript', 'permutation.R', [file, table.name, String(resamples)]));
  }
  const [study] = tables;
  const studyFile = path.join(folder, `${study.name}.csv`);
  measured.push(oursPrimary(study));
  measured.push(...peer('python3', 'sign_flips_numpy.py', [studyFile, study.name, String(resamples)]));
  measured.push(...peer('Rscript', 'strata.R', [studyFile, study.name]));
  measured.push(oursMillion(million));
  const file = path.join(folder, 'million.csv');
  measured.push(...peer('python3', 'anova_numpy.py', [file]));
  measured.push(...peer('Rscript', 'anova.R', [file]));
} finally {
  rmSync(folder, { recursive: true });
}

console.log(`${cpus()[0].model}, Node ${process.version}, ${resamples} resamples of all terms, CPU seconds`);
for (const task of new Set(measured.map((m) => m.task))) {
  const rows = measured.filter((m) => m.task === task);
  const own = rows.find((m) => m.program === 'agentmesh');
  if (!own) continue;
  for (const row of rows) {
    const ratio = row === own ? '' : `${(row.seconds / own.seconds).toFixed(1)} x`;
    console.log(
      [
        task.padEnd(22),
        row.program.padEnd(26),
        row.seconds.toFixed(3).padStart(9),
        ratio.padStart(9),
        verdict(own, row),
      ].join(' '),
    );
  }
}
