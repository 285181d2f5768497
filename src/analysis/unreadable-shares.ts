import type { LevelChoice } from '../stats/index.ts';
import type { AnalysisPlan } from './plan.ts';
import { column, type RunTable } from './run-table.ts';

/** Share of the decisions at these levels whose answer could not be read; undefined where it is not known. */
export type UnreadableShare = (at: LevelChoice) => number | undefined;

export function unreadableShares(plan: AnalysisPlan, table: RunTable): UnreadableShare {
  const { answers } = table;
  if (answers === undefined) return () => undefined;
  const names = plan.factors.map(({ name }) => name);
  const values = names.map((name) => column(table, name));
  const cells = new Map<string, { at: LevelChoice; unreadable: number; decisions: number }>();
  answers.forEach((own, row) => {
    if (!own) return;
    const at = Object.fromEntries(names.map((name, i) => [name, values[i][row]]));
    const key = JSON.stringify(at);
    const cell = cells.get(key) ?? { at, unreadable: 0, decisions: 0 };
    cell.unreadable += own.unreadable;
    cell.decisions += own.decisions;
    cells.set(key, cell);
  });
  const all = [...cells.values()];
  return (at) => {
    const wanted = Object.entries(at);
    let unreadable = 0;
    let decisions = 0;
    for (const cell of all) {
      if (!wanted.every(([name, level]) => cell.at[name] === level)) continue;
      unreadable += cell.unreadable;
      decisions += cell.decisions;
    }
    return decisions === 0 ? undefined : unreadable / decisions;
  };
}
