import { grouped, itemMean, type MeasuredCell } from './cells.ts';
import type { KindShares } from './results.ts';

/** The shares of a cell for everything that its task sorts into kinds. */
export function kindShares({ episodes, task }: MeasuredCell): readonly KindShares[] {
  const facts = Object.entries(task.measures ?? {});
  const names = [...new Set(facts.flatMap(([, { oneOf }]) => (oneOf === undefined ? [] : [oneOf])))];
  return names.flatMap((name) => {
    const own = facts.filter(([, { oneOf }]) => oneOf === name);
    const shares = own.flatMap(([measure, { says }]) => {
      const value = itemMean(episodes, ({ measures }) => measures[measure]);
      return value ? [{ measure, kind: says, value }] : [];
    });
    if (shares.length === 0) return [];
    // What was not measured, such as an answer that nobody judged, is of no kind.
    const measured = episodes.filter(({ measures }) => shares.every(({ measure }) => measure in measures));
    const seeds = [...grouped(measured, ({ seed }) => String(seed)).values()].map((played) => ({
      seed: played[0].seed,
      shares: shares.map(({ measure }) => mean(played.map(({ measures }) => measures[measure]))),
    }));
    const entropyWithinSeeds = mean(seeds.map((seed) => bits(seed.shares)));
    return [
      { name, shares, seeds, entropy: bits(shares.map(({ value }) => value.estimate)), entropyWithinSeeds },
    ];
  });
}

const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

function bits(shares: readonly number[]): number {
  return shares.reduce((sum, p) => sum - (p > 0 ? p * Math.log2(p) : 0), 0);
}
