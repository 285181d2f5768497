import { describe, expect, it } from 'vitest';
import { randomStream } from '../core/index.ts';
import { expertPolicy, meanScores, simulatorConformance } from '../testing/index.ts';
import type { ForagingInstance, ForagingState } from './parts/foraging/world.ts';
import { type Cell, manhattan } from './parts/grid.ts';
import { levelBasedForaging, levelBasedForagingOptions } from './level-based-foraging.ts';

const make = (options: object) => levelBasedForaging.create(levelBasedForagingOptions.parse(options));

describe('level-based foraging conforms to the contract', () => {
  const short = make({ sight: 2 });
  const checks = simulatorConformance(levelBasedForaging, {
    options: { sight: 2 },
    // Swaps a teammate out of sight with a free cell out of sight.
    perturbHidden: (_, json, environment, agent, stream) => {
      const instance = json as ForagingInstance;
      const state = environment.snapshot() as ForagingState;
      const grid = 8;
      const cell = (c: number): Cell => [c % grid, Math.floor(c / grid)];
      const far = (c: Cell) => manhattan(c, cell(state.cells[agent])) > 2;
      const hidden = state.cells.flatMap((c, k) => (far(cell(c)) ? [k] : []));
      const target = stream.integer(0, grid * grid - 1);
      const free = !state.cells.includes(target) && !instance.foods.some(([x, y]) => y * grid + x === target);
      if (hidden.length === 0 || !far(cell(target)) || !free) return undefined;
      const mover = stream.pick(hidden);
      const other = short.start(instance);
      other.restore({ ...state, cells: state.cells.map((c, k) => (k === mover ? target : c)) });
      return other;
    },
    instances: 8,
    bruteForce: {
      options: { agents: 2, foods: 1, grid: 5, horizon: 5 },
      instances: 6,
      meanSlack: 0.02,
    },
  });
  for (const check of checks) it(check.name, check.run);
});

describe('level-based foraging', () => {
  // Foods of level 3 at (2,2) and level 1 at (1,4), agents of level 1 at (2,1) and level 2 at (0,2).
  const small = make({ agents: 2, grid: 6, horizon: 6 });
  const instance: ForagingInstance = {
    agents: [[2, 1], [0, 2]], // prettier-ignore
    levels: [1, 2],
    foods: [[2, 2], [1, 4]], // prettier-ignore
    foodLevels: [3, 1],
    numbering: [[0, 1], [1, 0]], // prettier-ignore
  };
  const act = (...words: string[]) => words.map((word) => small.actions.indexOf(word));

  it('pays every load at once, its share of all food levels, and ends when nothing is left', () => {
    const environment = small.start(instance);
    expect(environment.step(act('load', 'east'))).toBe(0); // level 1 of 3: nothing happens
    expect(environment.step(act('load', 'load'))).toBe(3 / 4);
    expect(environment.step(act('none', 'south'))).toBe(0);
    expect(environment.step(act('none', 'load'))).toBe(1 / 4);
    expect(environment.done).toBe(true);
    expect(small.oracle(instance)).toBe(1);
  });

  it('shows the published vector: foods, then the agent itself, then the others; -1, -1, 0 for what is gone', () => {
    const environment = small.start(instance);
    const features = (agent: number) => {
      const out = new Float32Array(small.featureLength);
      environment.features(agent, out);
      // Back to cells and levels: the grid is 6 wide, the highest sum of three levels is 6.
      return [...out].map((x, k) => (x === -1 ? -1 : Math.round(k % 3 === 2 ? 6 * x : 5 * x)));
    };
    expect(features(0)).toEqual([2, 2, 3, 4, 1, 1, 1, 2, 1, 2, 0, 2]);
    expect(features(1)).toEqual([2, 2, 3, 4, 1, 1, 2, 0, 2, 1, 2, 1]);
    environment.step(act('none', 'east'));
    environment.step(act('load', 'load'));
    expect(features(0).slice(0, 3)).toEqual([-1, -1, 0]);
  });

  it('gives every food the level of the three lowest agents together in the cooperative variant', () => {
    const cooperative = make({ agents: 4, cooperative: true, grid: 10 });
    for (let seed = 0; seed < 5; seed++) {
      const drawn = cooperative.generate(randomStream('cooperative', seed)) as ForagingInstance;
      const [a, b, c] = drawn.levels.slice().sort();
      expect(drawn.foodLevels).toEqual(drawn.foodLevels.map(() => a + b + c));
    }
  });

  it('has an expert that collects nearly everything', () => {
    const task = make({});
    expect(meanScores(task, { expert: expertPolicy }, 20).expert).toBeGreaterThan(0.9);
  });
});
