import { z } from 'zod';
import {
  type Simulation,
  randomRollout,
  type Simulator,
  type SimulatorDefinition,
  TaskError,
} from '../contracts/index.ts';
import type { RandomStream } from '../core/index.ts';
import { withCoupling } from './parts/coupling.ts';
import { type Dynamics, environmentOf } from './parts/environment.ts';
import { foragingExpert } from './parts/foraging/expert.ts';
import { drawForaging } from './parts/foraging/generate.ts';
import { foragingStep } from './parts/foraging/step.ts';
import { foragingScene } from './parts/foraging/scene.ts';
import { foragingPotential } from './parts/foraging/potential.ts';
import {
  foragingFeatures,
  foragingFeatureLength,
  foragingSight,
  foragingText,
} from './parts/foraging/view.ts';
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

export type { ForagingInstance } from './parts/foraging/world.ts';

/**
 * Level-based foraging with a sparse reward.
 *
 * Agents and foods have levels. A food is collected in a step in which the agents beside it that load have at
 * least its level together. Agents that target one cell all stay put. The only reward comes at the end, at the
 * horizon or when no food is left: the collected food levels over all food levels.
 *
 * After Albrecht & Ramamoorthy 2013, arXiv 1506.01170, and the environment of Papoudakis et al. 2021,
 * arXiv 2006.07869, which pays each load at once. Every agent has its own numbering of the foods.
 */
const options = z.strictObject({
  agents: z.int().min(2).max(maxAgents).default(3).describe('Size of the team.'),
  maxLevel: z.int().min(1).max(4).default(2).describe('Levels of agents are drawn from 1 to this.'),
  foods: z.int().min(1).max(4).default(3).describe('Number of foods.'),
  grid: z.int().min(5).max(15).default(6).describe('Cells along one side of the grid.'),
  sight: z
    .int()
    .min(1)
    .max(28)
    .default(28)
    .describe('Manhattan distance up to which foods and teammates are seen; 28 sees all of any grid.'),
  horizon: z.int().min(1).max(100).default(20).describe('Most steps of an episode.'),
});
export const foragingOptions = withCoupling(options, {
  low: { sight: 28 },
  middle: { sight: 3 },
  high: { sight: 2 },
});
export type ForagingOptions = z.output<typeof foragingOptions>;

export const foraging: SimulatorDefinition<ForagingOptions> = {
  id: 'foraging',
  title: 'Level-based foraging, paid at the end',
  type: 'sparse',
  revision: 2,
  source: 'Albrecht & Ramamoorthy 2013, arXiv 1506.01170; Papoudakis et al. 2021, arXiv 2006.07869',
  optionsSchema: foragingOptions,
  create: (options): Simulator<ForagingInstance> => {
    const names = teamNames(options.agents);
    const worldOf = perInstance((instance: ForagingInstance) => foragingWorld(instance, options.grid));
    const task: Simulator<ForagingInstance> = {
      agentNames: names,
      horizon: options.horizon,
      actions: foragingActions,
      featureLength: foragingFeatureLength(options),
      stateLength: 1 + 3 * options.agents + 4 * options.foods + options.agents * options.foods,
      terminalReward: true,
      rules: rulesText(options, names),
      generate: (stream) => generate(options, task, stream),
      start: (instance) => environment(options, names, worldOf(instance)),
      oracle: (instance) => foragingBound(worldOf(instance), options.horizon),
      expert: foragingExpert({ ...options, worldOf }),
    };
    return task;
  },
};

function rulesText({ grid, sight, horizon }: ForagingOptions, names: readonly string[]): string {
  const all = sight >= 2 * (grid - 1);
  return (
    `The team is ${names.join(', ')}. They collect food on a ${grid} by ${grid} grid. ` +
    'Each step every agent does none, moves one cell, or loads. Agents that want the same cell all stay. ' +
    'A food is collected when the agents next to it that load in the same step have at least its level together. ' +
    `After ${horizon} steps the team gets the share of food levels collected. ` +
    `You see ${all ? 'the whole grid' : `food and teammates up to ${sight} cells away`}.`
  );
}

const attempts = 500;
const leastRoom = 0.25;

/** Rejects instances on which a score would mean little, because random play comes near the oracle. */
function generate(
  options: ForagingOptions,
  task: Simulator<ForagingInstance>,
  stream: RandomStream,
): ForagingInstance {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const instance = drawForaging(options, stream);
    if (!instance) continue;
    const oracle = task.oracle(instance);
    if (oracle < leastRoom) continue;
    if (leavesRoom(oracle, () => randomRollout(task, instance, stream))) return instance;
  }
  const { agents, foods, grid, horizon } = options;
  throw new TaskError(
    `foraging found no usable instance in ${attempts} attempts with agents ${agents}, foods ${foods}, ` +
      `grid ${grid}, horizon ${horizon}: the foods do not fit, or nothing can be collected in time, or random ` +
      'play collects nearly everything. Raise the grid or change the horizon.',
  );
}

/** Eight random episodes far below the oracle are enough; else the mean of 24 must stay 0.25 below it. */
function leavesRoom(oracle: number, rollout: () => number): boolean {
  let sum = 0;
  for (let k = 1; k <= 24; k++) {
    sum += rollout();
    if (k === 8 && sum / k <= oracle - 2 * leastRoom) return true;
  }
  return sum / 24 <= oracle - leastRoom;
}

function environment(options: ForagingOptions, names: readonly string[], world: ForagingWorld): Simulation {
  const { grid, horizon } = options;
  const { instance, foodCells, totalLevel } = world;
  const { levels, foodLevels } = instance;
  const foods = foodLevels.length;
  const sight = foragingSight(world, options.sight);

  const dynamics: Dynamics<ForagingState> = {
    time: (state) => state.time,
    done: (state) => state.time >= horizon || state.left === 0,
    availableActions: ({ cells, left }, agent) => world.available(cells[agent], left),
    observe: (state, agent) => foragingText({ world, sight, names, horizon }, state, agent),
    features: (state, agent, out, offset) =>
      foragingFeatures(
        { world, sight, names, horizon, maxLevel: options.maxLevel },
        state,
        agent,
        out,
        offset,
      ),
    potential: ({ cells, left }) => foragingPotential(world, cells, left),
    stateVector: ({ time, cells, left }, out, offset) => {
      const scale = 3 * options.maxLevel;
      const column = (cell: number) => cell % grid;
      const row = (cell: number) => Math.floor(cell / grid);
      let p = offset;
      out[p++] = 1 - time / horizon;
      cells.forEach((cell, i) => {
        out[p++] = column(cell) / (grid - 1);
        out[p++] = row(cell) / (grid - 1);
        out[p++] = levels[i] / options.maxLevel;
      });
      foodCells.forEach((food, k) => {
        const there = (left >> k) & 1;
        out[p++] = column(food) / (grid - 1);
        out[p++] = row(food) / (grid - 1);
        out[p++] = there ? foodLevels[k] / scale : 0;
        out[p++] = there;
        for (const cell of cells) {
          out[p++] = there
            ? (Math.abs(column(cell) - column(food)) + Math.abs(row(cell) - row(food))) / grid
            : 0;
        }
      });
    },
    step: (state, jointAction) => {
      const { cells, left } = foragingStep(world, state, jointAction);
      const time = state.time + 1;
      const ended = time >= horizon || left === 0;
      let collected = 0;
      if (ended) for (let k = 0; k < foods; k++) if (!((left >> k) & 1)) collected += foodLevels[k];
      return { state: { instance, time, cells, left }, reward: collected / totalLevel };
    },
    view: (state, viewer) => foragingScene(world, sight, names, state, viewer),
  };
  const cells = instance.agents.map(([x, y]) => y * grid + x);
  const initial = { instance, time: 0, cells, left: (1 << foods) - 1 };
  return environmentOf(dynamics, initial, names.length, foragingActions);
}
