import type { PlannedRun } from '../contracts/index.ts';
import { canonicalJson } from '../core/index.ts';
import { pairedDifference, type PairedDifference } from '../stats/index.ts';

/** What a strategy scores more than a baseline in the same cell, over the seeds that both have a score of. */
export interface PairedGain extends PairedDifference {
  readonly baseline: string;
}

/** Finds the cell of a run among cells of model, task and further factors. */
export type GainLookup = (
  cell: Pick<PlannedRun, 'model' | 'strategy' | 'task' | 'factors'>,
) => PairedGain | undefined;

/**
 * The gain of every strategy over the baseline per model, task and further factors, paired by seed, with a t
 * interval of its own. It needs no finished study: seeds that one of the two lacks do not count. Nothing is
 * adjusted for the number of cells.
 */
export function pairedGains(
  scored: Iterable<{ readonly run: PlannedRun; readonly score: number }>,
  baseline: string,
): GainLookup {
  const places = new Map<string, Map<string, Map<number, number>>>();
  const keyOf = ({ model, task, factors }: Pick<PlannedRun, 'model' | 'task' | 'factors'>) =>
    canonicalJson([model, task, factors]);
  for (const { run, score } of scored) {
    const key = keyOf(run);
    const place = places.get(key) ?? new Map<string, Map<number, number>>();
    places.set(key, place);
    const seeds = place.get(run.strategy) ?? new Map<number, number>();
    place.set(run.strategy, seeds);
    seeds.set(run.seed, score);
  }
  return (cell) => {
    const place = places.get(keyOf(cell));
    const own = place?.get(cell.strategy);
    const other = place?.get(baseline);
    if (!own || !other || cell.strategy === baseline) return undefined;
    const shared = [...own.keys()].filter((seed) => other.has(seed));
    if (shared.length === 0) return undefined;
    const of = (scores: ReadonlyMap<number, number>) => shared.map((seed) => scores.get(seed) ?? NaN);
    return { baseline, ...pairedDifference(of(own), of(other)) };
  };
}
