import { type Simulator, TaskError } from '../contracts/index.ts';
import { InputError } from '../core/index.ts';

/**
 * A task without a simulator: what agents, rules and actions there are. The environment is your program, which
 * says in every step what the agents see and carries out what they choose.
 */
export interface OwnTask {
  readonly id: string;
  /** One name per agent. */
  readonly agentNames: readonly string[];
  /** Every action that any agent can ever have, as words. */
  readonly actions: readonly string[];
  /** The rules in English, the same for every agent and step. */
  readonly rules: string;
  /** The most steps of an episode; 20 when absent. */
  readonly horizon?: number;
  /** Numbers per agent and step that a learned strategy reads; 0 when absent, which is enough for `none`. */
  readonly featureLength?: number;
  /** Numbers per step about the whole situation, for strategies whose training reads it; 0 when absent. */
  readonly stateLength?: number;
  /** True when agents of strategies that advise also talk in free words, where their models can. */
  readonly discussion?: true;
}

/**
 * The own task in the form that strategies are made for. Whatever would simulate it throws a TaskError.
 * @throws InputError when something is missing or named twice, with the remedy
 */
export function taskOf(own: OwnTask): Simulator {
  const { id, agentNames, actions, rules, horizon = 20, featureLength = 0, stateLength = 0 } = own;
  refuseNames(id, 'agent', agentNames, 1);
  refuseNames(id, 'action', actions, 2);
  refuseCount(id, 'horizon', horizon, 1);
  refuseCount(id, 'featureLength', featureLength, 0);
  refuseCount(id, 'stateLength', stateLength, 0);
  const absent = (what: string) => (): never => {
    throw new TaskError(
      `The task "${id}" has no simulator, so ${what}. Feed it step by step: team.begin(), episode.step(...).`,
    );
  };
  return {
    ...{ agentNames, actions, rules, horizon, featureLength, stateLength },
    generate: absent('no instance of it can be drawn'),
    start: absent('it cannot be started'),
    oracle: absent('its best return is not known'),
  };
}

function refuseNames(id: string, kind: string, names: readonly string[], least: number) {
  if (names.length < least)
    throw new InputError(`The task "${id}" has ${names.length} ${kind}s. It needs at least ${least}.`);
  const blank = names.findIndex((name) => name.trim() === '');
  if (blank >= 0)
    throw new InputError(`The task "${id}" has an ${kind} without a name (number ${blank + 1}).`);
  const twice = names.find((name, k) => names.indexOf(name) < k);
  if (twice !== undefined)
    throw new InputError(`The task "${id}" has two ${kind}s called "${twice}". Give each its own name.`);
}

function refuseCount(id: string, name: string, value: number, least: number) {
  if (Number.isInteger(value) && value >= least) return;
  throw new InputError(
    `The task "${id}" has ${name} ${value}. It must be a whole number, at least ${least}.`,
  );
}
