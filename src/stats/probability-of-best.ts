import type { RandomStream } from '../core/index.ts';
import { InputError } from '../core/index.ts';
import { resampleCount } from './bootstrap.ts';

/**
 * How often each level would come out best if the blocks had been drawn again: stratified bootstrap over blocks.
 *
 * Blocks are redrawn with replacement inside their group (seeds inside their task); a level's value is the mean
 * over groups of its mean over blocks; the level with the highest value gets the resample, ties share it. A
 * description of how settled the ranking is: no posterior probability and no test.
 *
 * @param groups scores, [groups][blocks][levels], all finite
 * @param options.resamples default 2,000
 * @returns one share per level, adding up to 1
 * @throws InputError when there are no groups, a group has no blocks, rows differ in length, or a score is not
 *   finite
 */
export function probabilityOfBest(
  groups: readonly (readonly ArrayLike<number>[])[],
  options: { readonly stream: RandomStream; readonly resamples?: number },
): number[] {
  const levels = groups[0]?.[0]?.length ?? 0;
  if (levels === 0) throw new InputError('probabilityOfBest: there are no scores.');
  groups.forEach((blocks, g) => {
    if (blocks.length === 0) throw new InputError(`probabilityOfBest: group ${g + 1} has no blocks.`);
    for (const row of blocks) {
      if (row.length !== levels) {
        throw new InputError(`probabilityOfBest: a block has ${row.length} scores, the first has ${levels}.`);
      }
      for (let s = 0; s < levels; s++) {
        if (!Number.isFinite(row[s])) throw new InputError(`probabilityOfBest: a score is ${row[s]}.`);
      }
    }
  });
  const resamples = resampleCount(options);
  const { stream } = options;
  const wins = new Float64Array(levels);
  const values = new Float64Array(levels);
  for (let r = 0; r < resamples; r++) {
    values.fill(0);
    for (const blocks of groups) {
      const n = blocks.length;
      for (let b = 0; b < n; b++) {
        const row = blocks[Math.floor(stream.next() * n)];
        for (let s = 0; s < levels; s++) values[s] += row[s] / n;
      }
    }
    award(values, wins);
  }
  return Array.from(wins, (won) => won / resamples);
}

function award(values: Float64Array, wins: Float64Array): void {
  let best = -Infinity;
  for (const value of values) best = Math.max(best, value);
  // Equal scores summed in another order differ by rounding.
  const least = best - 1e-12 * Math.abs(best);
  let ties = 0;
  for (const value of values) if (value >= least) ties++;
  for (let s = 0; s < values.length; s++) if (values[s] >= least) wins[s] += 1 / ties;
}
