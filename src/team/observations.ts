import type { Offer, Simulator } from '../contracts/index.ts';
import { InputError, nearest } from '../core/index.ts';
import type { Situation } from '../episode/index.ts';

/** What one agent sees in a step: words, and what else it needs beyond them. */
export type Observation =
  | string
  | {
      readonly text: string;
      /** The task's `featureLength` numbers, roughly within [-2, 2]; for strategies that learned. */
      readonly features?: readonly number[];
      /** What it can do now; every action of the task when absent. */
      readonly availableActions?: readonly string[];
    };

/** What every agent of the team sees, by agent name. */
export type Observations = { readonly [agentName: string]: Observation };

/** Agents of an own environment choose. */
export interface ChoosingSituation extends Situation {
  readonly offer: Extract<Offer, { kind: 'choice' }>;
}

export type ObservedTask = Pick<Simulator, 'agentNames' | 'actions' | 'featureLength'>;

/**
 * One situation per agent, in the order of the team.
 * @throws InputError for a missing or unknown agent, an unknown action, or features of the wrong length
 */
export function situationsOf(task: ObservedTask, observations: Observations): ChoosingSituation[] {
  for (const name of Object.keys(observations)) {
    if (!task.agentNames.includes(name)) throw unknown('agent', name, task.agentNames);
  }
  return task.agentNames.map((name): ChoosingSituation => {
    const seen = observations[name];
    if (seen === undefined)
      throw new InputError(
        `The observations lack ${name}. Every agent of the team sees something in a step.`,
      );
    const { text, features, availableActions } = typeof seen === 'string' ? { text: seen } : seen;
    return {
      observe: () => text,
      features: featuresOf(task, name, features),
      offer: { kind: 'choice', actions: indicesOf(task, name, availableActions) },
    };
  });
}

function featuresOf(
  { featureLength }: ObservedTask,
  name: string,
  features?: readonly number[],
): Float32Array {
  if (features === undefined) {
    if (featureLength === 0) return new Float32Array();
    throw new InputError(
      `The observation of ${name} has no features, but this team's strategy may read ${featureLength} of them. ` +
        'Pass {text, features}, or set featureLength to 0.',
    );
  }
  if (features.length !== featureLength)
    throw new InputError(
      `The observation of ${name} has ${features.length} features; the task's featureLength is ${featureLength}.`,
    );
  const bad = features.findIndex((x) => !Number.isFinite(x));
  if (bad >= 0)
    throw new InputError(`Feature ${bad} of ${name} is ${features[bad]}. Features are finite numbers.`);
  return Float32Array.from(features);
}

/** Indices of action words, ascending. */
function indicesOf(task: ObservedTask, name: string, words?: readonly string[]): readonly number[] {
  if (words === undefined) return task.actions.map((_, a) => a);
  if (words.length === 0)
    throw new InputError(
      `${name} has no available action. Leave availableActions out when it has all of them.`,
    );
  return [...new Set(words.map((word) => indexOf(task, word)))].sort((a, b) => a - b);
}

/** @throws InputError when the task has no such action */
export function indexOf({ actions }: ObservedTask, word: string): number {
  const index = actions.indexOf(word);
  if (index < 0) throw unknown('action', word, actions);
  return index;
}

function unknown(kind: string, word: string, known: readonly string[]): InputError {
  const near = nearest(word, known);
  return new InputError(
    `The task has no ${kind} "${word}".${near ? ` Did you mean "${near}"?` : ''} It has ${known.join(', ')}.`,
  );
}
