import type { RandomStream } from '../../core/random.ts';
import { groupWidth } from './group-width.ts';
import type { SignPlan } from './plan.ts';
import { sumResample, type WorkSpace } from './work-space.ts';

/**
 * Gives resample b the sums per cell of the residuals with random signs. A sign changes no square, so the sums of
 * squares stay those of the data.
 */
export function signFlipper(space: WorkSpace, { deviations, offsets }: SignPlan) {
  const { plan, sums, squares } = space;
  const { labels, counts } = plan;
  const flipped = new Float64Array(counts.length);
  const signs = new Float64Array(counts.length);
  for (let b = 0; b < sums.length; b++) sumResample(space, b, squares);
  return (stream: RandomStream, b: number): void => {
    flipped.fill(0);
    signs.fill(0);
    let bits = 0;
    for (let i = 0; i < deviations.length; i++) {
      // 32 signs to a draw.
      bits = i % 32 === 0 ? stream.next() * 4294967296 : bits >>> 1;
      const sign = 1 - 2 * (bits & 1);
      const cell = labels[i];
      flipped[cell] += sign * deviations[i];
      signs[cell] += sign;
    }
    offsets.forEach((own, g) => {
      const { values } = sums[b][g];
      values.fill(0);
      for (let c = 0, at = 0; c < counts.length; c++) {
        for (let lane = 0; lane < groupWidth; lane++, at++) values[at] = flipped[c] + own[at] * signs[c];
      }
    });
  };
}
