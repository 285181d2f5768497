import type { Alternative } from '../../stats/index.ts';
import type { Arranged } from '../arranged.ts';
import type { AnalysisPlan } from '../plan.ts';
import type { RunTable } from '../run-table.ts';

/** What a further statistic is computed from. */
export interface FurtherContext {
  readonly plan: AnalysisPlan;
  readonly table: RunTable;
  /** Absent for tables without blocks. */
  readonly arranged?: Arranged;
  readonly alternative: Alternative;
}

/** A statistic beside the verdicts, as a table. JSON. */
export interface FurtherTable {
  readonly id: string;
  readonly title: string;
  readonly columns: readonly string[];
  /** One value per column; `null` where there is none. */
  readonly rows: readonly (readonly (string | number | null)[])[];
  readonly notes: readonly string[];
}

/** A statistic that people ask for by name: `analyze --also <id>`. It never decides a verdict. */
export interface FurtherStatistic {
  readonly id: string;
  /** What it answers, in one phrase. */
  readonly title: string;
  readonly compute: (context: FurtherContext) => Omit<FurtherTable, 'id' | 'title'>;
}

/** What a statistic says that needs what is not there. */
export function withoutRows(reason: string): Omit<FurtherTable, 'id' | 'title'> {
  return { columns: ['not estimable'], rows: [[reason]], notes: [] };
}
