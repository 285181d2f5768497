import { type Cell, manhattan } from '../grid.ts';

/**
 * The summed distances still to be paid if every beacon is given an agent who walks straight to it: over the
 * next `steps` steps, at most ceil(beacons / agents) beacons per agent, the cheapest such plan.
 *
 *   min over assignments of sum over beacons of sum_{k = 1..steps} max(0, distance - k)
 */
export function costToGo(cells: readonly Cell[], beacons: readonly Cell[], steps: number): number {
  const subsets = 1 << beacons.length;
  const share = Math.ceil(beacons.length / cells.length);
  let best = new Float64Array(subsets).fill(Infinity);
  best[0] = 0;
  for (const cell of cells) {
    const own = beacons.map((beacon) => walkingCost(manhattan(cell, beacon), steps));
    // Going on from `best` beacon by beacon, so that an agent takes at most its share of them.
    let layer = best;
    const next = best.slice();
    for (let taken = 0; taken < share; taken++) {
      const grown = new Float64Array(subsets).fill(Infinity);
      for (let s = 0; s < subsets; s++) {
        if (layer[s] === Infinity) continue;
        for (let b = 0; b < own.length; b++) {
          if ((s >> b) & 1) continue;
          const to = s | (1 << b);
          grown[to] = Math.min(grown[to], layer[s] + own[b]);
        }
      }
      for (let s = 0; s < subsets; s++) next[s] = Math.min(next[s], grown[s]);
      layer = grown;
    }
    best = next;
  }
  return best[subsets - 1];
}

/** (d - 1) + (d - 2) + ... for `steps` terms, none below 0. */
function walkingCost(distance: number, steps: number): number {
  const last = Math.max(0, distance - steps);
  return ((distance - 1 + last) * (distance - last)) / 2;
}
