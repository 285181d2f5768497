import {
  type Action,
  type Environment,
  type Items,
  type Offer,
  type Outcome,
  type Task,
  TaskError,
} from '../contracts/index.ts';
import { AgentMeshError, reasonOf } from '../core/index.ts';
import type { Situation } from './situation.ts';

/** What is wrong with a task before anything is played; undefined where nothing is. */
export function oddTask(task: Partial<Task> | null | undefined): string | undefined {
  if (typeof task !== 'object' || task === null) return 'is none: its `create` gave no object';
  const { agentNames, actions, horizon, rules } = task;
  if (!areTexts(agentNames)) return 'has no list of names in `agentNames`';
  if (agentNames.length === 0) return 'has no agents: `agentNames` is empty';
  if (new Set(agentNames).size < agentNames.length)
    return `has two agents of one name (${agentNames.join(', ')})`;
  if (!areTexts(actions)) return 'has no list of words in `actions`; where all is written, it is empty';
  if (new Set(actions).size < actions.length) return `has two actions of one word (${actions.join(', ')})`;
  if (!(Number.isInteger(horizon) && horizon! >= 1))
    return `has a horizon of ${horizon}: say the most steps of an episode, a whole number from 1`;
  if (typeof rules !== 'string') return 'has no text in `rules`';
  for (const method of ['generate', 'start', 'references'] as const)
    if (typeof task[method] !== 'function') return `has no method \`${method}\``;
  return task.items && oddItems(task.items);
}

function oddItems({ names, of }: Partial<Items>): string | undefined {
  if (!areTexts(names?.test) || !areTexts(names.train) || typeof of !== 'function')
    return 'has no lists of names `train` and `test` in `items.names`, or no `items.of`';
  if (names.test.length === 0) return 'has no item for a study to play: `items.names.test` is empty';
  const seen = new Set<string>();
  const twice = [...names.train, ...names.test].find((name) => seen.size === seen.add(name).size);
  return twice === undefined ? undefined : `has two items of the name ${JSON.stringify(twice)}`;
}

function areTexts(values: unknown): values is readonly string[] {
  return Array.isArray(values) && values.every((value) => typeof value === 'string');
}

/** What an agent meets in this step, held to the contract. @throws TaskError for an offer or words that are none */
export function situationOf(
  task: Pick<Task, 'agentNames' | 'actions'>,
  environment: Environment,
  agent: number,
  features: Float32Array,
): Situation {
  const who = task.agentNames[agent];
  const at = () => `in step ${environment.time + 1}`;
  const offer = environment.offer(agent);
  const wrong = oddOffer(offer, task.actions.length);
  if (wrong !== undefined) throw new TaskError(`The task offers ${who} ${wrong} ${at()}.`);
  return {
    features,
    offer,
    observe: () => {
      const seen = environment.observe(agent);
      if (typeof seen === 'string') return seen;
      throw new TaskError(`The task gives ${who} no text to read ${at()}: \`observe\` gave ${String(seen)}.`);
    },
  };
}

function oddOffer(offer: Offer | undefined, words: number): string | undefined {
  switch (offer?.kind) {
    case 'choice': {
      if (!Array.isArray(offer.actions) || offer.actions.length === 0) return 'a choice without actions';
      for (const action of offer.actions)
        if (!(Number.isInteger(action) && action >= 0 && action < words))
          return `action ${String(action)}, which it does not have,`;
      return undefined;
    }
    case 'text':
      if (!(Number.isInteger(offer.maxTokens) && offer.maxTokens >= 1))
        return `a text of ${String(offer.maxTokens)} tokens`;
      return offer.form === 'prose' || offer.form === 'code'
        ? undefined
        : 'a text that is neither prose nor code';
    case 'none':
      return undefined;
    case undefined:
    default:
      return 'neither a choice nor a text nor nothing (`kind`)';
  }
}

/**
 * What a joint action comes to, held to the contract.
 *
 * @param step from 1
 * @throws TaskError for what is no outcome or not in numbers, and with whatever else the task throws
 */
export async function outcomeOf(
  environment: Environment,
  actions: readonly Action[],
  step: number,
  signal?: AbortSignal,
): Promise<Outcome> {
  let outcome: Outcome | undefined;
  try {
    outcome = await environment.step(actions, signal);
  } catch (error) {
    if (error instanceof AgentMeshError || signal?.aborted) throw error;
    throw new TaskError(`The task failed in step ${step} with "${reasonOf(error)}".`, { cause: error });
  }
  const wrong = oddOutcome(outcome, actions.length);
  if (wrong !== undefined) throw new TaskError(`The task ${wrong} in step ${step}.`);
  return outcome;
}

function oddOutcome(outcome: Outcome | undefined, agents: number): string | undefined {
  if (typeof outcome !== 'object' || outcome === null) return 'gave no outcome, an object with a reward,';
  const { reward, measures, shares, notJudged = 0 } = outcome;
  if (!Number.isFinite(reward)) return `paid a reward of ${reward}`;
  if (shares && !(Array.isArray(shares) && shares.length === agents && shares.every(Number.isFinite)))
    return `gave the shares ${String(shares)}, which are not one number for each of ${agents} agents,`;
  if (!(Number.isInteger(notJudged) && notJudged >= 0))
    return `counted ${notJudged} things that were not judged`;
  if (measures === undefined) return undefined;
  if (typeof measures !== 'object' || measures === null) return 'gave `measures` that are no numbers by name';
  for (const [name, value] of Object.entries(measures))
    if (!Number.isFinite(value)) return `measured ${name} as ${value}`;
  return undefined;
}
