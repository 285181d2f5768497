/** Situations that an agent cannot tell from its own: what the measure of coupling averages over. */
import type { Simulation, Json, Simulator } from '../../src/contracts/index.ts';
import type { RandomStream } from '../../src/core/index.ts';
import type { HiddenProfileInstance, HiddenProfileOptions } from '../../src/tasks/hidden-profile.ts';
import { favouriteOf, fitsProfile, ownClue, sumsOf } from '../../src/tasks/parts/hidden-profile/draw.ts';
import type { HiddenProfileState } from '../../src/tasks/parts/hidden-profile/view.ts';
import type { AssemblyInstance } from '../../src/tasks/assembly.ts';
import type { CoverageInstance, CoverageOptions } from '../../src/tasks/coverage.ts';
import type { ForagingInstance, ForagingOptions } from '../../src/tasks/foraging.ts';
import { type Cell, manhattan, sameCell } from '../../src/tasks/parts/grid.ts';

/** The instance with what the agent does not see of its teammates at the start drawn anew; undefined where the draw does not fit. */
export type Redraw = (instance: never, agent: number, stream: RandomStream) => Json | undefined;

export function redrawCoverage({ sight, grid }: CoverageOptions): Redraw {
  return (instance: CoverageInstance, agent, stream) => {
    const own = instance.agents[agent];
    const cells = [...instance.agents];
    for (let other = 0; other < cells.length; other++) {
      if (other === agent || manhattan(own, cells[other]) <= sight) continue;
      const target: Cell = [stream.integer(0, grid - 1), stream.integer(0, grid - 1)];
      if (manhattan(own, target) <= sight) return undefined;
      cells[other] = target;
    }
    return allDifferent(cells) ? { ...instance, agents: cells } : undefined;
  };
}

export function redrawForaging({ sight, grid, maxLevel }: ForagingOptions): Redraw {
  return (instance: ForagingInstance, agent, stream) => {
    const own = instance.agents[agent];
    const hidden = instance.agents.map((cell) => manhattan(own, cell) > sight);
    const agents = instance.agents.map((cell, i): Cell =>
      hidden[i] ? [stream.integer(0, grid - 1), stream.integer(0, grid - 1)] : cell,
    );
    const levels = instance.levels.map((level, i) => (hidden[i] ? stream.integer(1, maxLevel) : level));
    if (agents.some((cell, i) => hidden[i] && manhattan(own, cell) <= sight)) return undefined;
    return allDifferent([...agents, ...instance.foods]) ? { ...instance, agents, levels } : undefined;
  };
}

/** The colours in which the teammates' machines start. */
export function redrawAssembly({ colours }: { readonly colours: number }): Redraw {
  return (instance: AssemblyInstance, agent, stream) => ({
    ...instance,
    colours: instance.colours.map((colour, i) => (i === agent ? colour : stream.integer(0, colours - 1))),
  });
}

function allDifferent(cells: readonly Cell[]): boolean {
  return cells.every((cell, k) => cells.slice(0, k).every((other) => !sameCell(cell, other)));
}

/** What an agent does, from a situation. */
export type Policy = (environment: Simulation, agent: number, stream: RandomStream) => number;

/** The policy of the team that is measured: the expert, who errs with this probability. */
export function erringExpert(task: Simulator, errors: number): Policy {
  return (environment, agent, stream) => {
    const available = environment.availableActions(agent);
    if (available.length === 1) return available[0];
    return stream.next() < errors ? stream.pick(available) : task.expert!(environment, agent, []);
  };
}

/** What is known of a decision: the situation, how it came about, and whose decision it is. */
export interface Decision {
  readonly instance: Json;
  readonly environment: Simulation;
  /** The joint actions of all earlier steps. */
  readonly past: readonly (readonly number[])[];
  readonly agent: number;
}

/** One situation that the agent cannot tell from that of the decision; undefined where a try leads elsewhere. */
export type Belief = (decision: Decision, stream: RandomStream) => Simulation | undefined;

function reads(environment: Simulation, agent: number): string {
  return `${environment.observe(agent)} ${environment.availableActions(agent).join()}`;
}

/**
 * An instance that looks the same to the agent at the start, played by the team up to this step, the agent doing
 * what it did: kept where the agent then reads the very words that it reads now.
 */
export function replayed(task: Simulator, redraw: Redraw, policy: Policy): Belief {
  return ({ instance, environment: now, past, agent }, stream) => {
    const other = redraw(instance as never, agent, stream);
    if (!other) return undefined;
    const environment = task.start(other);
    for (const joint of past) {
      if (environment.done || !environment.availableActions(agent).includes(joint[agent])) return undefined;
      environment.step(
        task.agentNames.map((_, i) => (i === agent ? joint[i] : policy(environment, i, stream))),
      );
    }
    return !environment.done && reads(environment, agent) === reads(now, agent) ? environment : undefined;
  };
}

/**
 * The clues that the agent neither holds nor heard, drawn anew by the rules of the task. What was said stays as it
 * was: the agent draws no conclusion from what others chose to say.
 */
export function unheardClues(task: Simulator, options: HiddenProfileOptions): Belief {
  const { agents, options: count } = options;
  return ({ instance, environment: now, agent }, stream) => {
    const { clues } = instance as HiddenProfileInstance;
    const state = now.snapshot() as HiddenProfileState;
    const favourite = favouriteOf(
      sumsOf(
        count,
        clues.filter(({ holders }) => holders.includes(agent)),
      ),
    );
    const hidden = stream.next() < (options.hiddenShare ?? 1 - 1 / count);
    const best = hidden ? (favourite + stream.integer(1, count - 1)) % count : favourite;
    const redrawn = clues.map((clue, k) => {
      if (clue.holders.includes(agent) || (state.said >> k) & 1) return clue;
      const rank = hidden ? 1 : 0;
      const kind = { rank, favourite, best };
      return ownClue(options, kind, stream.integer(0, count - 1), clue.holders[0], stream);
    });
    const shared = redrawn.filter(({ holders }) => holders.length === agents);
    const sums = sumsOf(count, shared);
    const rank = sums.filter((sum, o) => o !== best && sum > sums[best]).length;
    const unique = Array.from({ length: agents }, (_, i) =>
      redrawn.filter(({ holders }) => holders.length < agents && holders.includes(i)),
    );
    if (!fitsProfile(options, { rank: hidden ? Math.max(1, rank) : 0, favourite, best }, shared, unique))
      return undefined;
    const other = { clues: redrawn };
    const environment = task.start(other);
    environment.restore({ ...state, instance: other });
    return environment;
  };
}
