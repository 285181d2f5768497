import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe } from 'vitest';

const here = path.dirname(fileURLToPath(import.meta.url));
const shared = process.env.AGENTMESH_SHARED ?? path.resolve(here, '../../../shared');

/** Where the golden statistics lie: the committed subset, and the whole set where somebody has it. */
export const goldenFolders = {
  subset: path.join(here, 'statistics'),
  whole: path.join(shared, 'golden/statistics'),
};

/** One set of golden values: the committed subset or the whole. */
export interface Golden {
  readonly kind: 'subset' | 'whole';
  /** A JSON file of the set. */
  json(file: string): unknown;
  /** A text file of the set. */
  text(file: string): string;
  has(file: string): boolean;
}

export interface GoldenRow {
  readonly strategy: string;
  readonly model: string;
  readonly task: string;
  readonly seed: number;
  readonly score: number;
}

/** The levels of the golden data sets, in R's order. */
export const goldenLevels = {
  strategy: ['none', 'hint', 'retry', 'search', 'ensemble'],
  model: ['m0.5', 'm1.5', 'm3', 'm7', 'm14', 'm32', 'm72'],
  task: ['grid', 'maze', 'logic', 'craft'],
};

function goldenIn(kind: Golden['kind']): Golden {
  const folder = goldenFolders[kind];
  const text = (file: string) => readFileSync(path.join(folder, file), 'utf8');
  return {
    kind,
    text,
    json: (file) => JSON.parse(text(file)) as unknown,
    has: (file) => existsSync(path.join(folder, file)),
  };
}

/**
 * Runs the tests on the committed subset, and on the whole set where it is present; where it is not, a
 * skipped test says so.
 */
export function describeGolden(title: string, tests: (golden: Golden) => void): void {
  describe(`${title} (committed subset)`, () => tests(goldenIn('subset')));
  if (existsSync(goldenFolders.whole)) {
    describe(`${title} (whole set)`, () => tests(goldenIn('whole')));
  } else {
    describe.skip(`${title} (WHOLE SET NOT FOUND at ${goldenFolders.whole}; set AGENTMESH_SHARED)`, () =>
      tests(goldenIn('subset')));
  }
}

/** The rows of a golden data set. */
export function goldenTable(
  golden: Golden,
  name: 'balanced1400' | 'unbalanced3400' | 'rankdef' | 'nested1400',
): GoldenRow[] {
  if (golden.has(`${name}.csv`)) return parseTable(golden.text(`${name}.csv`));
  if (name === 'nested1400') return nestedFromScores(golden.text('nested1400.scores.txt'));
  if (name === 'balanced1400') return balancedFromScores(golden.text('balanced1400.scores.txt'));
  const rows = unbalancedFromCells(golden);
  return name === 'rankdef'
    ? rows.filter((row) => !(row.strategy === 'ensemble' && row.model === 'm72'))
    : rows;
}

function parseTable(text: string): GoldenRow[] {
  const lines = text.trim().split('\n').slice(1);
  return lines.map((line) => {
    const [strategy, model, task, seed, score] = line.split(',');
    return { strategy, model, task, seed: Number(seed), score: Number(score) };
  });
}

/** The balanced design in the order of R's expand.grid: seed fastest, then strategy, model, task. */
function balancedFromScores(text: string): GoldenRow[] {
  const scores = text.trim().split('\n').map(Number);
  const rows: GoldenRow[] = [];
  for (const task of goldenLevels.task) {
    for (const model of goldenLevels.model) {
      for (const strategy of goldenLevels.strategy) {
        for (let seed = 1; seed <= 10; seed++) {
          rows.push({ strategy, model, task, seed, score: scores[rows.length] });
        }
      }
    }
  }
  return rows;
}

/** The levels of the nested data set, the design of a default study. */
const nestedLevels = {
  strategy: ['none', 'independent', 'vdn', 'qmix', 'commnet'],
  model: ['m1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7'],
  task: ['coverage', 'foraging', 'assembly', 'hidden-profile'],
};

/** In the order of R's expand.grid: strategy fastest, then model, seed, task. */
function nestedFromScores(text: string): GoldenRow[] {
  const scores = text.trim().split('\n').map(Number);
  const rows: GoldenRow[] = [];
  for (const task of nestedLevels.task) {
    for (let seed = 1; seed <= 10; seed++) {
      for (const model of nestedLevels.model) {
        for (const strategy of nestedLevels.strategy) {
          rows.push({ strategy, model, task, seed, score: scores[rows.length] });
        }
      }
    }
  }
  return rows;
}

/** The columns of a data set, block = (task, seed). */
export function goldenColumns(rows: readonly GoldenRow[]) {
  return {
    strategy: rows.map((row) => row.strategy),
    model: rows.map((row) => row.model),
    task: rows.map((row) => row.task),
    seed: rows.map((row) => String(row.seed)),
    block: rows.map((row) => `${row.task}:${row.seed}`),
    score: rows.map((row) => row.score),
  };
}

/**
 * Rows with the same count, mean and standard deviation in every cell as the unbalanced data. A linear model
 * in the cells' factors, with HC3 too where leverage is constant within a cell, depends on nothing else.
 */
function unbalancedFromCells(golden: Golden): GoldenRow[] {
  const { unbalanced } = golden.json('golden.json') as {
    unbalanced: { cellmeans: { strategy: string; model: string; task: string; score: number[] }[] };
  };
  return unbalanced.cellmeans.flatMap(({ strategy, model, task, score: [n, mean, sd] }) => {
    // One value up, one down, the rest at the mean: variance 2 d^2 / (n - 1).
    const spread = sd * Math.sqrt((n - 1) / 2);
    return Array.from({ length: n }, (_, i) => ({
      strategy,
      model,
      task,
      seed: i + 1,
      score: mean + (i === 0 ? spread : i === 1 ? -spread : 0),
    }));
  });
}

/** |actual / expected - 1|, or the absolute difference where the expected value is 0. */
export function relativeError(actual: number, expected: number): number {
  if (actual === expected) return 0;
  return expected === 0 ? Math.abs(actual) : Math.abs(actual / expected - 1);
}
