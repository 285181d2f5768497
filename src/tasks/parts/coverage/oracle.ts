import { allCells, type Cell, manhattan } from '../grid.ts';

/** Where everybody and everything stands at the start. */
interface Placement {
  readonly grid: number;
  readonly horizon: number;
  readonly agents: readonly Cell[];
  readonly beacons: readonly Cell[];
}

/**
 * A lower bound on the summed distance, collisions aside: the sum over time of the least that any placement of
 * the agents reachable by then could have. It forgets that the placements must follow one another, so no policy
 * falls below it; a plan in which every beacon has an agent of its own that walks straight to it attains it
 * whenever such a plan is best at every step.
 *
 * At time t agent i can be anywhere in the ball of radius t around its start, and each beacon is served by one
 * agent, so the best placement is a minimum over the partitions of the beacons among agents, each agent
 * standing at the best cell of its ball for its share.
 */
export function leastDistance({ grid, horizon, agents, beacons }: Placement): number {
  const cells = allCells(grid);
  const subsets = 1 << beacons.length;
  const served = cells.map((cell) => {
    const cost = new Float64Array(subsets);
    for (let s = 1; s < subsets; s++) {
      const low = 31 - Math.clz32(s & -s);
      cost[s] = cost[s & (s - 1)] + manhattan(cell, beacons[low]);
    }
    return cost;
  });
  let total = 0;
  for (let t = 1; t <= horizon; t++) {
    // best[s]: least summed distance to the beacons in s with the agents considered so far.
    let best = new Float64Array(subsets).fill(Infinity);
    best[0] = 0;
    for (const start of agents) {
      const own = new Float64Array(subsets).fill(Infinity);
      cells.forEach((cell, c) => {
        if (manhattan(start, cell) > t) return;
        for (let s = 0; s < subsets; s++) if (served[c][s] < own[s]) own[s] = served[c][s];
      });
      const next = new Float64Array(subsets).fill(Infinity);
      for (let s = 0; s < subsets; s++) {
        for (let part = s; ; part = (part - 1) & s) {
          next[s] = Math.min(next[s], best[s ^ part] + own[part]);
          if (part === 0) break;
        }
      }
      best = next;
    }
    total += best[subsets - 1];
  }
  return total;
}
