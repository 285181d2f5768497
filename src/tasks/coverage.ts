import { z } from 'zod';
import type { Simulation, Expert, Simulator, SimulatorDefinition } from '../contracts/index.ts';
import type { RandomStream } from '../core/index.ts';
import {
  allCells,
  type Cell,
  insideGrid,
  manhattan,
  moves,
  relativeText,
  sameCell,
  shifted,
} from './parts/grid.ts';
import { withCoupling } from './parts/coupling.ts';
import { coverageMove } from './parts/coverage/expert.ts';
import { coverageScene, coverageSight } from './parts/coverage/scene.ts';
import { leastDistance } from './parts/coverage/oracle.ts';
import { costToGo } from './parts/coverage/potential.ts';
import { type Dynamics, environmentOf } from './parts/environment.ts';
import { maxAgents, teamNames } from './parts/names.ts';
import { steps } from './parts/counts.ts';

/**
 * Cooperative navigation on a grid, with a dense reward.
 *
 * Agents spread out over beacons. Every step pays the team
 *   -(sum over beacons of the Manhattan distance to the nearest agent) / (beacons * 2 (grid - 1))
 *   - 0.1 per pair of agents on one cell,
 * after the move. Beacons are always visible, teammates within `sight`. Every agent has its own numbering of
 * the beacons, so that "agent 1 takes beacon 1" is no way to coordinate.
 *
 * After "cooperative navigation" of Lowe et al. 2017, arXiv 1706.02275, on a grid instead of a plane.
 */
const options = z.strictObject({
  agents: z.int().min(2).max(maxAgents).default(3).describe('Size of the team.'),
  beacons: z.int().min(1).max(6).default(3).describe('Number of beacons.'),
  grid: z.int().min(3).max(15).default(7).describe('Cells along one side of the grid.'),
  sight: z.int().min(0).max(28).default(3).describe('Manhattan distance up to which teammates are seen.'),
  horizon: z.int().min(1).max(100).default(12).describe('Steps of an episode.'),
});
export const coverageOptions = withCoupling(options, {
  low: { sight: 28 },
  middle: { sight: 3 },
  high: { sight: 0 },
});
export type CoverageOptions = z.output<typeof coverageOptions>;

const actions = ['stay', 'north', 'south', 'east', 'west'] as const;
const moveOf = actions.map((action) => moves[action]);
const collisionPenalty = 0.1;

export type CoverageInstance = {
  /** Where the agents start, all on different cells. */
  readonly agents: readonly Cell[];
  /** Where the beacons stand, all on different cells. */
  readonly beacons: readonly Cell[];
  /** Per agent, the beacons in the order in which it numbers them. */
  readonly numbering: readonly (readonly number[])[];
};

export const coverage: SimulatorDefinition<CoverageOptions> = {
  id: 'coverage',
  title: 'Cooperative navigation: cover every beacon',
  type: 'dense',
  revision: 2,
  source: 'Lowe et al. 2017, arXiv 1706.02275 (cooperative navigation), on a grid',
  optionsSchema: coverageOptions,
  create: (options): Simulator<CoverageInstance> => {
    const names = teamNames(options.agents);
    const fixed: Fixed = {
      options,
      names,
      teammates: names.map((_, agent) => names.map((_, other) => other).filter((other) => other !== agent)),
      available: allCells(options.grid).map((cell) => availableMoves(cell, options.grid)),
    };
    return {
      agentNames: names,
      horizon: options.horizon,
      actions,
      featureLength: 1 + options.agents + 7 * options.beacons + 3 * (options.agents - 1),
      stateLength: 1 + 2 * options.agents + 2 * options.beacons + options.agents * options.beacons,
      rules: rulesText(options, names),
      generate: (stream) => generate(options, stream),
      start: (instance) => environment(fixed, instance),
      oracle: (instance) => -leastDistance({ ...options, ...instance }) / distanceScale(options),
      expert: expert(options),
    };
  },
};

function rulesText(options: CoverageOptions, names: readonly string[]): string {
  const { beacons, grid, sight } = options;
  return (
    `The team is ${names.join(', ')}. They stand on a ${grid} by ${grid} grid with ${beacons} beacons. ` +
    'Each step every agent stays or moves one cell. Each step the team loses points for the distance from ' +
    'each beacon to the nearest agent, and for agents on the same cell. Cover every beacon soon. ' +
    `You see all beacons, and teammates up to ${sight} cells away.`
  );
}

function generate(options: CoverageOptions, stream: RandomStream): CoverageInstance {
  const cells = allCells(options.grid);
  const beaconNumbers = Array.from({ length: options.beacons }, (_, k) => k);
  return {
    agents: stream.shuffle(cells).slice(0, options.agents),
    beacons: stream.shuffle(cells).slice(0, options.beacons),
    numbering: Array.from({ length: options.agents }, () => stream.shuffle(beaconNumbers)),
  };
}

type State = {
  readonly time: number;
  readonly cells: readonly Cell[];
  /** Never changes; kept here so that a snapshot says all that there is to know. */
  readonly beacons: readonly Cell[];
};

/** What all instances of a task have in common. */
interface Fixed {
  readonly options: CoverageOptions;
  readonly names: readonly string[];
  /** Per agent, the others. */
  readonly teammates: readonly (readonly number[])[];
  /** Per cell, row by row, the actions that stay on the grid. */
  readonly available: readonly (readonly number[])[];
}

function environment(
  { options, names, teammates, available }: Fixed,
  instance: CoverageInstance,
): Simulation {
  const { grid, horizon, sight } = options;
  const { beacons, numbering } = instance;
  const sees = ({ cells }: State, agent: number, other: number) =>
    manhattan(cells[agent], cells[other]) <= sight;

  const dynamics: Dynamics<State> = {
    time: (state) => state.time,
    done: (state) => state.time >= horizon,
    availableActions: ({ cells }, agent) => available[cells[agent][1] * grid + cells[agent][0]],
    observe: (state, agent) => {
      const own = state.cells[agent];
      const seenBeacons = nearestFirst(own, beacons).map((beacon) => {
        const number = numbering[agent].findIndex((b) => beacons[b] === beacon) + 1;
        const theirs = teammates[agent].map((other) => {
          const distance = manhattan(state.cells[other], beacon);
          return `, ${names[other]} ${sees(state, agent, other) ? `${steps(distance)} off` : 'unseen'}`;
        });
        return `Beacon ${number} is ${relativeText(own, beacon)}${theirs.join('')}.`;
      });
      const seenTeammates = teammates[agent].map((other) => {
        const where = sees(state, agent, other) ? relativeText(own, state.cells[other]) : 'far out of sight';
        return `${names[other]} is ${where}.`;
      });
      return [`Step ${state.time + 1} of ${horizon}.`, ...seenBeacons, ...seenTeammates].join(' ');
    },
    features: (state, agent, out, offset) => {
      const own = state.cells[agent];
      let p = offset;
      out[p++] = 1 - state.time / horizon;
      for (let i = 0; i < names.length; i++) out[p++] = i === agent ? 1 : 0;
      for (const beacon of nearestFirst(own, beacons)) {
        const dx = beacon[0] - own[0];
        const dy = beacon[1] - own[1];
        const distance = Math.abs(dx) + Math.abs(dy);
        let nearestOther = 2 * grid;
        for (const other of teammates[agent]) {
          if (sees(state, agent, other))
            nearestOther = Math.min(nearestOther, manhattan(state.cells[other], beacon));
        }
        out[p++] = dx / grid;
        out[p++] = dy / grid;
        out[p++] = Math.sign(dx);
        out[p++] = Math.sign(dy);
        out[p++] = distance / grid;
        out[p++] = nearestOther / grid;
        out[p++] = nearestOther < distance ? 1 : 0;
      }
      for (const other of teammates[agent]) {
        const seen = sees(state, agent, other);
        out[p++] = seen ? (state.cells[other][0] - own[0]) / grid : 0;
        out[p++] = seen ? (state.cells[other][1] - own[1]) / grid : 0;
        out[p++] = seen ? 1 : 0;
      }
    },
    potential: ({ time, cells }) => -costToGo(cells, beacons, horizon - time) / distanceScale(options),
    stateVector: ({ time, cells }, out, offset) => {
      let p = offset;
      out[p++] = 1 - time / horizon;
      for (const cell of [...cells, ...beacons]) {
        out[p++] = cell[0] / (grid - 1);
        out[p++] = cell[1] / (grid - 1);
      }
      for (const cell of cells) for (const beacon of beacons) out[p++] = manhattan(cell, beacon) / grid;
    },
    step: (state, jointAction) => {
      const cells = state.cells.map((cell, agent) => shifted(cell, moveOf[jointAction[agent]]));
      return { state: { time: state.time + 1, cells, beacons }, reward: reward(options, cells, beacons) };
    },
    view: (state, viewer) =>
      viewer === undefined
        ? coverageScene(grid, { names, cells: state.cells, beacons })
        : coverageSight(
            { names, cells: state.cells, beacons: numbering[viewer].map((b) => beacons[b]) },
            (other) => sees(state, viewer, other),
          ),
  };
  return environmentOf(dynamics, { time: 0, cells: instance.agents, beacons }, names.length, actions);
}

/** Reads of the state only what the agent's observation says: beacons, and teammates in sight. */
function expert({ grid, sight }: CoverageOptions): Expert {
  return (environment, agent, announced) => {
    const { cells, beacons } = environment.snapshot() as State;
    const own = cells[agent];
    const others = cells
      .map((cell, other) => ({ cell, other }))
      .filter(({ cell, other }) => other !== agent && manhattan(cell, own) <= sight);
    const move = coverageMove({
      grid,
      own,
      beacons: beacons.slice().sort((a, b) => a[1] - b[1] || a[0] - b[0]),
      seen: others.map(({ cell, other }) => {
        const said = announced[other];
        return said === undefined ? { cell } : { cell, announced: actions[said] };
      }),
      before: others.filter(({ other }) => other < agent).length,
    });
    return actions.indexOf(move);
  };
}

function availableMoves(cell: Cell, grid: number): readonly number[] {
  const available: number[] = [];
  for (let a = 0; a < actions.length; a++) if (insideGrid(shifted(cell, moveOf[a]), grid)) available.push(a);
  return available;
}

function reward(options: CoverageOptions, cells: readonly Cell[], beacons: readonly Cell[]): number {
  let distance = 0;
  for (const beacon of beacons) {
    let nearest = Infinity;
    for (const cell of cells) nearest = Math.min(nearest, manhattan(cell, beacon));
    distance += nearest;
  }
  let collisions = 0;
  for (let i = 0; i < cells.length; i++)
    for (let j = 0; j < i; j++) if (sameCell(cells[i], cells[j])) collisions++;
  return -distance / distanceScale(options) - collisionPenalty * collisions;
}

/** The largest possible summed distance, which brings a step's distance term into [-1, 0]. */
function distanceScale({ beacons, grid }: CoverageOptions): number {
  return beacons * 2 * (grid - 1);
}

/** Beacons by distance, ties by position as seen: an order that no two agents share by convention. */
function nearestFirst(own: Cell, beacons: readonly Cell[]): readonly Cell[] {
  const rank = (b: Cell) => (manhattan(own, b) * 64 + (b[0] - own[0] + 16)) * 64 + (b[1] - own[1]);
  return beacons.slice().sort((a, b) => rank(a) - rank(b));
}
