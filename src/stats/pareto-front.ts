import { requireFinite } from './require-finite.ts';

/**
 * Which options are not dominated: no other costs at most as much and scores at least as high, one of them
 * strictly (Pareto efficiency).
 *
 * @param scores higher is better
 * @param costs lower is better, one per score
 * @throws InputError when empty, NaN or infinite
 */
export function paretoFront(scores: ArrayLike<number>, costs: ArrayLike<number>): boolean[] {
  requireFinite('paretoFront, scores', scores);
  requireFinite('paretoFront, costs', costs, scores.length);
  return Array.from(scores, (score, i) => {
    for (let j = 0; j < scores.length; j++) {
      const asGood = scores[j] >= score && costs[j] <= costs[i];
      if (asGood && (scores[j] > score || costs[j] < costs[i])) return false;
    }
    return true;
  });
}
