import type { EpisodeBatch, Simulator } from '../contracts/index.ts';
import { InputError } from '../core/index.ts';
import { indexOf, type Observation, type Observations, situationsOf } from './observations.ts';

/** What one agent saw; the words are for people and not learned from. */
export type LoggedObservation = Partial<Exclude<Observation, string>>;

/** One step of a team's past: what an own program saw, did and earned. JSON. */
export interface LoggedStep {
  readonly observations: { readonly [agentName: string]: LoggedObservation };
  /** What each agent did, by agent name. */
  readonly actions: { readonly [agentName: string]: string };
  /** The team's reward for it. */
  readonly reward: number;
  /** The task's `stateLength` numbers, for strategies whose training reads them. */
  readonly state?: readonly number[];
}

/** One episode from its beginning to its end. */
export interface LoggedEpisode {
  readonly steps: readonly LoggedStep[];
}

/** An observation as it is logged. */
export function loggedObservations(observations: Observations): LoggedStep['observations'] {
  return Object.fromEntries(
    Object.entries(observations).map(([name, seen]) => [
      name,
      typeof seen === 'string' ? { text: seen } : seen,
    ]),
  );
}

/**
 * Logged episodes as learners take them; shorter ones are padded to the longest. An episode ends with its last logged
 * step: nothing is expected after it.
 *
 * Where the task has no state vector (`stateLength` 0), the features of all agents together are the state, as far as
 * training is concerned.
 *
 * @throws InputError for what does not fit the task, with the episode and the step
 */
export function episodesOf(task: Simulator, log: readonly LoggedEpisode[]): EpisodeBatch {
  if (log.length === 0) throw new InputError('The log has no episodes, so there is nothing to learn from.');
  const agents = task.agentNames.length;
  const { featureLength, horizon } = task;
  const actions = task.actions.length;
  const stateLength = trainingStateLength(task);
  const steps = Math.max(...log.map((episode) => episode.steps.length));
  const batch = {
    ...{ episodes: log.length, steps, exploration: 0 },
    features: new Float32Array(log.length * steps * agents * featureLength),
    states: new Float32Array(log.length * steps * stateLength),
    actions: new Int32Array(log.length * steps * agents),
    available: new Float32Array(log.length * steps * agents * actions).fill(1),
    rewards: new Float32Array(log.length * steps),
    mask: new Float32Array(log.length * steps),
  };
  log.forEach((episode, e) => {
    if (episode.steps.length === 0 || episode.steps.length > horizon)
      throw at(e, `has ${episode.steps.length} steps, but the task's episodes have 1 to ${horizon}`);
    episode.steps.forEach((step, t) => {
      try {
        write(task, step, e * steps + t, batch, stateLength);
      } catch (error) {
        throw error instanceof InputError ? at(e, `step ${t + 1}: ${error.message}`) : error;
      }
    });
  });
  return batch;
}

/** Numbers per step that training takes as the state. */
export function trainingStateLength({ stateLength, agentNames, featureLength }: Simulator): number {
  return stateLength > 0 ? stateLength : agentNames.length * featureLength;
}

function write(task: Simulator, step: LoggedStep, row: number, batch: EpisodeBatch, stateLength: number) {
  const agents = task.agentNames.length;
  const actions = task.actions.length;
  const worded = Object.entries(step.observations).map(
    ([name, seen]) => [name, { text: '', ...seen }] as const,
  );
  const situations = situationsOf(task, Object.fromEntries(worded));
  situations.forEach(({ features, offer: { actions: availableActions } }, i) => {
    const name = task.agentNames[i];
    batch.features.set(features, (row * agents + i) * task.featureLength);
    const word = step.actions[name];
    if (word === undefined) throw new InputError(`it does not say what ${name} did.`);
    const action = indexOf(task, word);
    if (!availableActions.includes(action))
      throw new InputError(`${name} did "${word}", which was not available to it.`);
    batch.actions[row * agents + i] = action;
    const place = (row * agents + i) * actions;
    batch.available.fill(0, place, place + actions);
    for (const a of availableActions) batch.available[place + a] = 1;
  });
  if (!Number.isFinite(step.reward)) throw new InputError(`its reward is ${step.reward}.`);
  batch.rewards[row] = step.reward;
  batch.mask[row] = 1;
  const state = task.stateLength > 0 ? step.state : situations.flatMap(({ features }) => [...features]);
  if (state?.length !== stateLength || !state.every(Number.isFinite))
    throw new InputError(`its state must be ${stateLength} finite numbers, as the task's stateLength says.`);
  batch.states.set(state, row * stateLength);
}

function at(episode: number, message: string): InputError {
  return new InputError(`Logged episode ${episode + 1}, ${message}`);
}
