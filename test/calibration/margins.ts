import type { RandomStream } from '../../src/core/index.ts';
import { decide } from '../../src/stats/index.ts';
import { fill, nullTable } from './null-table.ts';
import { differenceRows, evidenceOf } from './sentences.ts';
import { settings, tasks, type Setting } from './settings.ts';
import { Counter, type Tallies } from './tally.ts';

/** The margin within which strategies are as good, in units of the score. */
const margin = 0.1;

/**
 * Studies in which every strategy truly differs from the baseline by exactly the margin, upwards in tables with an
 * even number and downwards in the others, on every task: how often any is called as good as the baseline (`as good`)
 * and all of a task (`all as good`). Scores scatter by 0.06 with ten seeds, and by as much more with more seeds as
 * keeps the error of a mean: with more scatter nothing would be said, with less the margin would be plain.
 */
export function calibrateMargins(
  setting: Setting,
  seeds: number,
  { first, count }: { readonly first: number; readonly count: number },
  streams: (table: number) => RandomStream,
): Tallies {
  const counter = new Counter();
  const table = nullTable(seeds);
  const rows = differenceRows(tasks, seeds);
  const scale = (0.06 * Math.sqrt(seeds / 10)) / (setting.deviation ?? 1);
  for (let number = first; number < first + count; number++) {
    fill(table, setting, streams(number));
    const gain = number % 2 === 0 ? margin : -margin;
    for (const { blocks } of table.design.groups)
      for (const { cells } of blocks)
        for (let s = 0; s < cells.length; s++) cells[s] = cells[s] * scale + (s > 0 ? gain : 0);
    const decisions = decide(evidenceOf(table, rows));
    const any = decisions.some(({ comparisons }) => comparisons.some((own) => own?.asGood));
    counter.add(gain > 0 ? 'as good +' : 'as good -', any);
    counter.add(
      'all as good',
      decisions.some(({ allEquivalent }) => allEquivalent),
    );
  }
  return counter.tallies();
}

/** Real residuals differ between tasks by more than a margin can bridge, so they are left out here. */
export const marginSettings = settings.filter(({ name }) => name !== 'residuals');
