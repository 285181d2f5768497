import { usualMargin } from '../contracts/index.ts';
import { InputError } from '../core/index.ts';
import type { LevelChoice } from '../stats/index.ts';
import type { AnalysisDescription } from './description.ts';

/** The largest difference that counts as none: of the study, and of tasks that declare another. */
export interface PlannedMargin {
  readonly margin: number;
  readonly byTask: Readonly<Record<string, number>>;
}

/** @throws InputError unless the margin is a finite number above 0 */
export function plannedMargin(description: AnalysisDescription, wanted: number | undefined): PlannedMargin {
  const { margin = usualMargin, byTask = {} } = description.margin ?? {};
  const own = wanted === undefined ? { margin, byTask } : { margin: wanted, byTask: {} };
  for (const value of [own.margin, ...Object.values(own.byTask)]) {
    if (Number.isFinite(value) && value > 0) continue;
    throw new InputError(`The margin is ${value}; it must be a number above 0, in units of the response.`);
  }
  return own;
}

/** The margin at a place: that of its task, or the smallest of the tasks that it averages over. */
export function marginAt({ margin }: { readonly margin: PlannedMargin }, at: LevelChoice): number {
  const { byTask } = margin;
  if ('task' in at) return byTask[at.task] ?? margin.margin;
  return Math.min(margin.margin, ...Object.values(byTask));
}
