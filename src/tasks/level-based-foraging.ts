import { z } from 'zod';
import {
  type Simulation,
  randomRollout,
  type Simulator,
  type SimulatorDefinition,
  TaskError,
} from '../contracts/index.ts';
import type { RandomStream } from '../core/index.ts';
import { type Dynamics, environmentOf } from './parts/environment.ts';
import { foragingExpert } from './parts/foraging/expert.ts';
import { drawForaging } from './parts/foraging/generate.ts';
import { foragingScene } from './parts/foraging/scene.ts';
import { foragingStep } from './parts/foraging/step.ts';
import { foragingSight, foragingText } from './parts/foraging/view.ts';
import {
  foragingActions,
  foragingBound,
  type ForagingInstance,
  type ForagingState,
  type ForagingWorld,
  foragingWorld,
} from './parts/foraging/world.ts';
import { maxAgents, teamNames } from './parts/names.ts';
import { perInstance } from './parts/per-instance.ts';

/**
 * Level-based foraging as learners of the literature are tried on: every load is paid at once.
 *
 * Agents and foods have levels. A food is collected in a step in which the agents beside it that load have at
 * least its level together. Agents that target one cell all stay put. A load pays each loader
 * level * food / (levels of all loaders * all food levels), so the team gets food / all food levels and at most 1.
 *
 * What an agent sees as numbers is the published vector: row, column and level of every food, then of itself, then
 * of the others, as seen from the corner of what is in its sight; -1, -1, 0 for what is out of sight or gone.
 * Divided by the grid and by the highest level. There is no potential: learners train unshaped.
 *
 * Albrecht & Ramamoorthy 2013, arXiv 1506.01170; Papoudakis et al. 2021, arXiv 2006.07869.
 */
export const levelBasedForagingOptions = z.strictObject({
  agents: z.int().min(2).max(maxAgents).default(3).describe('Size of the team.'),
  maxLevel: z.int().min(1).max(4).default(2).describe('Levels of agents are drawn from 1 to this.'),
  foods: z.int().min(1).max(4).default(2).describe('Number of foods.'),
  grid: z.int().min(5).max(15).default(8).describe('Cells along one side of the grid.'),
  sight: z
    .int()
    .min(1)
    .max(28)
    .default(28)
    .describe('Manhattan distance up to which foods and teammates are seen; 28 sees all of any grid.'),
  cooperative: z
    .boolean()
    .default(false)
    .describe('Every food has the highest level, that of the three lowest agents together.'),
  horizon: z.int().min(1).max(100).default(50).describe('Most steps of an episode.'),
});
export type LevelBasedForagingOptions = z.output<typeof levelBasedForagingOptions>;

export const levelBasedForaging: SimulatorDefinition<LevelBasedForagingOptions> = {
  id: 'level-based-foraging',
  title: 'Level-based foraging, paid at every load',
  type: 'dense',
  revision: 1,
  source: 'Albrecht & Ramamoorthy 2013, arXiv 1506.01170; Papoudakis et al. 2021, arXiv 2006.07869',
  optionsSchema: levelBasedForagingOptions,
  create: (options): Simulator<ForagingInstance> => {
    const names = teamNames(options.agents);
    const worldOf = perInstance((instance: ForagingInstance) => foragingWorld(instance, options.grid));
    const task: Simulator<ForagingInstance> = {
      agentNames: names,
      horizon: options.horizon,
      actions: foragingActions,
      featureLength: 3 * (options.foods + options.agents),
      stateLength: 1 + 3 * (options.foods + options.agents),
      rules: rulesText(options, names),
      generate: (stream) => generate(options, task, stream),
      start: (instance) => environment(options, names, worldOf(instance)),
      oracle: (instance) => foragingBound(worldOf(instance), options.horizon),
      expert: foragingExpert({ ...options, worldOf }),
    };
    return task;
  },
};

function rulesText({ grid, sight }: LevelBasedForagingOptions, names: readonly string[]): string {
  const all = sight >= 2 * (grid - 1);
  return (
    `The team is ${names.join(', ')}. They collect food on a ${grid} by ${grid} grid. ` +
    'Each step every agent does none, moves one cell, or loads. Agents that want the same cell all stay. ' +
    'A food is collected when the agents next to it that load in the same step have at least its level together. ' +
    'Each food pays the team its share of all food levels. ' +
    `You see ${all ? 'the whole grid' : `food and teammates up to ${sight} cells away`}.`
  );
}

const attempts = 500;
const rollouts = 16;
/** Random play collects at most this share of what can be collected. */
const mostRandom = 0.7;

/** Rejects instances on which a score would mean little, because random play comes near the oracle. */
function generate(
  options: LevelBasedForagingOptions,
  task: Simulator<ForagingInstance>,
  stream: RandomStream,
): ForagingInstance {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const drawn = drawForaging(options, stream);
    if (!drawn) continue;
    const instance = options.cooperative ? withHighestFoods(drawn) : drawn;
    const oracle = task.oracle(instance);
    let random = 0;
    for (let k = 0; k < rollouts; k++) random += randomRollout(task, instance, stream) / rollouts;
    if (oracle > 0 && random <= mostRandom * oracle) return instance;
  }
  const { agents, foods, grid, horizon } = options;
  throw new TaskError(
    `level-based-foraging found no usable instance in ${attempts} attempts with agents ${agents}, foods ${foods}, ` +
      `grid ${grid}, horizon ${horizon}: the foods do not fit, nothing can be collected in time, or random play ` +
      'collects nearly everything. Raise the grid or lower the horizon.',
  );
}

function withHighestFoods(instance: ForagingInstance): ForagingInstance {
  const lowest = instance.levels
    .slice()
    .sort((a, b) => a - b)
    .slice(0, 3);
  const highest = lowest.reduce((sum, level) => sum + level, 0);
  return { ...instance, foodLevels: instance.foodLevels.map(() => highest) };
}

function environment(
  options: LevelBasedForagingOptions,
  names: readonly string[],
  world: ForagingWorld,
): Simulation {
  const { grid, horizon, maxLevel } = options;
  const { instance, foodCells, totalLevel } = world;
  const { levels, foodLevels } = instance;
  const sight = foragingSight(world, options.sight);
  const levelScale = 3 * maxLevel;
  const column = (cell: number) => cell % grid;
  const row = (cell: number) => Math.floor(cell / grid);
  const others = names.map((_, i) => names.map((__, j) => j).filter((j) => j !== i));
  /** Writes row, column and level of a thing; where it is not seen, -1, -1, 0. */
  const write = (out: Float32Array, p: number, seen: boolean, y: number, x: number, level: number) => {
    out[p] = seen ? y / (grid - 1) : -1;
    out[p + 1] = seen ? x / (grid - 1) : -1;
    out[p + 2] = seen ? level / levelScale : 0;
  };

  const dynamics: Dynamics<ForagingState> = {
    time: (state) => state.time,
    done: (state) => state.time >= horizon || state.left === 0,
    availableActions: ({ cells, left }, agent) => world.available(cells[agent], left),
    observe: (state, agent) => foragingText({ world, sight, names, horizon }, state, agent),
    features: (state, agent, out, offset) => {
      const own = state.cells[agent];
      const known = sight.knownFoods(state, own);
      // The corner of the square in sight, which is the grid's own where all is seen.
      const top = row(own) - Math.min(options.sight, row(own));
      const left = column(own) - Math.min(options.sight, column(own));
      let p = offset;
      foodCells.forEach((food, k) => {
        write(out, p, ((known >> k) & 1) === 1, row(food) - top, column(food) - left, foodLevels[k]);
        p += 3;
      });
      for (const i of [agent, ...others[agent]]) {
        const cell = state.cells[i];
        write(out, p, sight.sees(own, cell), row(cell) - top, column(cell) - left, levels[i]);
        p += 3;
      }
    },
    stateVector: (state, out, offset) => {
      out[offset] = 1 - state.time / horizon;
      let p = offset + 1;
      foodCells.forEach((food, k) => {
        write(out, p, ((state.left >> k) & 1) === 1, row(food), column(food), foodLevels[k]);
        p += 3;
      });
      state.cells.forEach((cell, i) => {
        write(out, p, true, row(cell), column(cell), levels[i]);
        p += 3;
      });
    },
    step: (state, jointAction) => {
      const { cells, left } = foragingStep(world, state, jointAction);
      let collected = 0;
      foodLevels.forEach((level, k) => {
        if (((state.left & ~left) >> k) & 1) collected += level;
      });
      return { state: { instance, time: state.time + 1, cells, left }, reward: collected / totalLevel };
    },
    view: (state, viewer) => foragingScene(world, sight, names, state, viewer),
  };
  const cells = instance.agents.map(([x, y]) => y * grid + x);
  const initial = { instance, time: 0, cells, left: (1 << foodLevels.length) - 1 };
  return environmentOf(dynamics, initial, names.length, foragingActions);
}
