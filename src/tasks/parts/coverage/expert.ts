import { type Cell, insideGrid, manhattan, moves, sameCell, shifted } from '../grid.ts';

/** What one agent of `coverage` knows when it plans. */
export interface CoverageKnowledge {
  readonly grid: number;
  readonly own: Cell;
  /** In an order on which all agents agree: by row, then by column. */
  readonly beacons: readonly Cell[];
  /** Teammates in sight: where they stand, and what they announced for this step. */
  readonly seen: readonly { readonly cell: Cell; readonly announced?: keyof typeof moves }[];
  /** How many of `seen` come before the agent in the team's order. */
  readonly before: number;
}

type Move = keyof typeof moves;

/**
 * Walks to the beacon that the cheapest division of beacons among the agent and the teammates in sight gives it,
 * around teammates where two ways are equally short. Who is out of sight is left out of the plan; a teammate
 * that announced a move is counted as having made it.
 */
export function coverageMove({ grid, own, beacons, seen, before }: CoverageKnowledge): Move {
  const others = seen.map(({ cell, announced }) => (announced ? shifted(cell, moves[announced]) : cell));
  const team = [...others.slice(0, before), own, ...others.slice(before)];
  const target = cheapestDivision(team, beacons)[before];
  if (!target || sameCell(target, own)) return 'stay';
  const [dx, dy] = [target[0] - own[0], target[1] - own[1]];
  const ways: Move[] = [];
  const vertical = dy < 0 ? 'north' : 'south';
  const horizontal = dx < 0 ? 'west' : 'east';
  // The longer leg first keeps both ways open for longest.
  if (Math.abs(dy) >= Math.abs(dx)) ways.push(vertical, horizontal);
  else ways.push(horizontal, vertical);
  const useful = ways.filter((way) => (way === vertical ? dy !== 0 : dx !== 0));
  const free = useful.find((way) => {
    const next = shifted(own, moves[way]);
    return insideGrid(next, grid) && !others.some((cell) => sameCell(cell, next));
  });
  return free ?? useful[0];
}

/**
 * For each agent the beacon it should serve, so that the summed distance is least and, among those, the
 * distances are even; undefined for agents that are left over. The first division found wins ties.
 */
function cheapestDivision(agents: readonly Cell[], beacons: readonly Cell[]): (Cell | undefined)[] {
  const idle = Math.max(0, agents.length - beacons.length);
  let best: (Cell | undefined)[] = [];
  let least = Infinity;
  const chosen: (Cell | undefined)[] = [];
  const search = (used: number, left: number, cost: number) => {
    if (cost >= least) return;
    const agent = chosen.length;
    if (agent === agents.length) {
      least = cost;
      best = [...chosen];
      return;
    }
    beacons.forEach((beacon, b) => {
      if ((used >> b) & 1) return;
      const distance = manhattan(agents[agent], beacon);
      chosen.push(beacon);
      search(used | (1 << b), left, cost + distance + distance ** 2 / 4096);
      chosen.pop();
    });
    if (left > 0) {
      chosen.push(undefined);
      search(used, left - 1, cost);
      chosen.pop();
    }
  };
  search(0, idle, 0);
  return best;
}
