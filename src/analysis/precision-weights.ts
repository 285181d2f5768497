import { cellsWith, type CellWeights, type LevelChoice } from '../stats/index.ts';
import { groupsAt, type Arranged } from './arranged.ts';
import type { AnalysisPlan } from './plan.ts';
import { taskMeans } from './task-means.ts';

/** How much each task counts in an average; the shares add up to 1. */
export type TaskShares = readonly { readonly at: LevelChoice; readonly share: number }[];

/**
 * The share of each task in an average whose weights are the inverse error variances, pooled over levels so that no
 * level's own luck moves them. Such an average speaks of tasks as far as they can be measured, not of all alike.
 *
 * @returns undefined where there is one task, or one without error
 */
export function precisionShares(arranged: Arranged, plan: AnalysisPlan): TaskShares | undefined {
  const tasks = taskMeans(arranged, plan, {})?.tasks;
  if (!tasks?.every(({ variance }) => variance > 0)) return undefined;
  const total = tasks.reduce((sum, { variance }) => sum + 1 / variance, 0);
  return tasks.map(({ at, variance }) => ({ at, share: 1 / variance / total }));
}

/** Equal weights over tasks, made those of the shares. */
export function reweighed({ design }: Arranged, weights: CellWeights, shares: TaskShares): CellWeights {
  const own = weights.map((cells) => Float64Array.from(cells));
  for (const { at, share } of shares) {
    const cells = cellsWith(design, at);
    for (const g of groupsAt(design, at)) for (const c of cells) own[g][c] *= share * shares.length;
  }
  return own;
}
