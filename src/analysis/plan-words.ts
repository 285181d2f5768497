import { type Alternative, maxTLevel } from '../stats/index.ts';

/**
 * With few blocks and many comparisons even a level that wins every block cannot be told from chance: the exact sign
 * test of n blocks has no p below 2^-n, and neither have sign flips.
 */
export function tooFewBlocks(
  blocks: number,
  comparisons: number,
  places: number,
  alpha: number,
): string | undefined {
  if (places === 0) return undefined;
  const needed = Math.ceil(-Math.log2(maxTLevel(alpha / 2 / places, comparisons, 0)));
  if (blocks >= needed) return undefined;
  return (
    `with ${blocks} blocks per group, a level that wins every block by the same amount is not shown to gain: ` +
    `among ${comparisons} comparison(s) at ${places} place(s) that takes ${needed} blocks`
  );
}

/** Where the error of the verdicts goes. */
export function sidesOf(alternative: Alternative = 'two-sided'): string {
  return { 'two-sided': 'half of it a side', greater: 'all of it for gains', less: 'all of it for harms' }[
    alternative
  ];
}

/** A share as a percentage. */
export function percent(share: number): string {
  return `${Number((100 * share).toPrecision(6))}%`;
}
