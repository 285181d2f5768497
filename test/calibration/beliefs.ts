import type { RandomStream } from '../../src/core/index.ts';
import { cellEstimates, partialPooling } from '../../src/stats/index.ts';
import { taskMeansOf } from './averages.ts';
import { fill, nullTable } from './null-table.ts';
import { settings, strategies, tasks } from './settings.ts';

/** Studies whose strategies have true effects, drawn anew for every study. */
export interface BeliefScenario {
  readonly name: string;
  readonly title: string;
  /** How scores scatter: the name of a setting. */
  readonly noise: string;
  readonly seeds: number;
  /** Standard deviations of a strategy's effect over all tasks, and of its effect on one task apart from that. */
  readonly main: number;
  readonly interaction: number;
}

/** Standard deviations of the scores of the four tasks of the quick study. */
const deviations = [0.075, 0.29, 0.18, 0.63];

const scenario = (
  title: string,
  main: number,
  interaction: number,
  seeds = 10,
  noise = 'normal',
): BeliefScenario => ({
  name: `${noise} ${seeds} ${main} ${interaction}`,
  title,
  noise,
  seeds,
  main,
  interaction,
});

/** Fixed before any was run. */
export const beliefScenarios: readonly BeliefScenario[] = [
  scenario('effects that tasks share', 0.1, 0.05),
  scenario('the same, 100 seeds', 0.1, 0.05, 100),
  scenario('effects of single tasks', 0, 0.1),
  scenario('large effects', 0.2, 0.1),
  scenario('small effects', 0.05, 0.02),
  scenario('effects that tasks share, residuals of the quick study', 0.1, 0.05, 10, 'residuals'),
];

/** What was said of the best guess, and how often that was right; sums over studies and tasks, plain data. */
export interface BeliefTally {
  readonly said: number;
  readonly right: number;
  readonly of: number;
}

/** Bounds of the stated probability between which it is compared with the truth. */
export const beliefBounds = [0, 0.3, 0.5, 0.7, 0.9, 1.001];

/** Tallies by bin of the stated probability, on single tasks. */
export function calibrateBeliefs(
  { noise, seeds, main, interaction }: BeliefScenario,
  { first, count }: { readonly first: number; readonly count: number },
  streams: (table: number) => RandomStream,
): BeliefTally[] {
  const setting = settings.find(({ name }) => name === noise)!;
  const tallies = beliefBounds.slice(1).map(() => ({ said: 0, right: 0, of: 0 }));
  const table = nullTable(seeds);
  const truth = new Float64Array(tasks * strategies);
  for (let number = first; number < first + count; number++) {
    const stream = streams(number);
    fill(table, setting, stream);
    for (let s = 0; s < strategies; s++) {
      const shared = main * stream.normal();
      for (let t = 0; t < tasks; t++) truth[t * strategies + s] = shared + interaction * stream.normal();
    }
    const { design } = table;
    design.groups.forEach(({ blocks }, t) => {
      const scale = setting.deviation === undefined ? 1 : deviations[t] / setting.deviation;
      for (const { cells } of blocks)
        for (let s = 0; s < strategies; s++) cells[s] = cells[s] * scale + truth[t * strategies + s];
    });
    const estimates = design.groups.map((group) => cellEstimates(group, design.cells));
    partialPooling(taskMeansOf(estimates), stream).tasks.forEach(({ means, best }, t) => {
      const guess = largestAt(means);
      const own = tallies[beliefBounds.findIndex((bound) => best[guess] < bound) - 1];
      own.said += best[guess];
      own.right += Number(guess === largestAt(truth.subarray(t * strategies, (t + 1) * strategies)));
      own.of++;
    });
  }
  return tallies;
}

function largestAt(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}
