import { randomStream } from '../../src/core/index.ts';
import {
  anova,
  contrastsAgainst,
  factor,
  fitLinearModel,
  permutationTest,
  robustAnova,
  wildBootstrapTest,
} from '../../src/stats/index.ts';
import type { Simulation } from './calibrate-studies.ts';
import { standardNoise, type NoiseKind } from './noise.ts';
import { Counter, type Tallies } from './tally.ts';

/** Tables without blocks and without any effect: 36 cells of 4 to 20 rows. */
export interface NullTables {
  readonly name: string;
  readonly title: string;
  readonly promised: boolean;
  /** Standard deviation of the rows of a cell with so many. */
  readonly noise: (rows: number) => number;
  readonly distribution?: NoiseKind;
}

const noisySmall = (rows: number) => (rows <= 8 ? 3 : 1);

/** Fixed before any was run. */
export const nullTables: readonly NullTables[] = [
  { name: 'table-small-cells', title: 'small cells three times noisier', promised: true, noise: noisySmall },
  {
    name: 'table-small-cells-skewed',
    title: 'small cells three times noisier, skewed noise',
    promised: false,
    noise: noisySmall,
    distribution: 'exponential',
  },
];

export const tableTerms = ['strategy', 'model', 'task', 'strategy:model', 'strategy:task', 'model:task'];

interface TableRow {
  readonly levels: readonly number[];
  /** Rows of its cell. */
  readonly inCell: number;
}

function tableRows(): TableRow[] {
  const rows: TableRow[] = [];
  let cell = 0;
  for (let a = 0; a < 4; a++)
    for (let b = 0; b < 3; b++)
      for (let c = 0; c < 3; c++) {
        // 4, 8, ..., 20 in a fixed scatter.
        const inCell = 4 * (1 + ((cell++ * 7) % 5));
        for (let i = 0; i < inCell; i++) rows.push({ levels: [a, b, c], inCell });
      }
  return rows;
}

/**
 * Null tables of one scenario: how often p <= 0.05 by the wild bootstrap (`primary TERM`), the HC3 F, the
 * studentised and the plain permutation and the plain F, and how often 95% HC3 intervals of contrasts cover the
 * truth: `pooled`, at each `task`, and `one` per table.
 */
export function calibrateTables(scenario: NullTables, { first, count, resamples }: Simulation): Tallies {
  const counter = new Counter();
  const rows = tableRows();
  const columns = ['strategy', 'model', 'task'].map((name, f) =>
    factor(
      name,
      rows.map(({ levels }) => String(levels[f])),
    ),
  );
  for (let table = first; table < first + count; table++) {
    const stream = randomStream('verify-statistics', scenario.name, table);
    const response = rows.map(
      ({ inCell }) => scenario.noise(inCell) * standardNoise(scenario.distribution ?? 'normal', stream),
    );
    const model = fitLinearModel(response, columns);
    const options = { seed: `verify-statistics ${scenario.name} ${table}`, resamples: resamples.terms };
    const results = {
      primary: wildBootstrapTest(model, options).rows.map((row) => row.estimable && row.p),
      'HC3 F': robustAnova(model).map((row) => row.estimable && row.p.p),
      'studentised permutation': permutationTest(model, { ...options, statistic: 'hc3' }).rows.map(
        (row) => row.estimable && row.p,
      ),
      'plain permutation': permutationTest(model, options).rows.map((row) => row.estimable && row.p),
      'plain F': anova(model).rows.map((row) => row.estimable && row.p.p),
    };
    for (const [method, p] of Object.entries(results)) {
      tableTerms.forEach((term, t) => {
        const own = p[t];
        counter.add(`${method} ${term}`, own !== false && own <= 0.05);
      });
    }
    for (const by of [[], ['task']]) {
      const contrasts = contrastsAgainst(model, 'strategy', '0', { by, adjust: 'none', covariance: 'hc3' });
      contrasts.forEach(({ low, high }, i) => {
        if (low === null || high === null) return;
        const covers = low <= 0 && high >= 0;
        counter.add(by.length > 0 ? 'per task' : 'pooled', covers);
        if (by.length === 0 && i === 0) counter.add('one', covers);
      });
    }
  }
  return counter.tallies();
}
