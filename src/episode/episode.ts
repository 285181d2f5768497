import {
  type EpisodeRecord,
  type Json,
  type Offer,
  type References,
  scoreOf,
  type StepTrace,
  type Task,
  TaskError,
} from '../contracts/index.ts';
import { decider, type DeciderSetting, type Situation, TruncatedError } from './decider.ts';

export interface EpisodeSetting extends DeciderSetting {
  readonly task: Task;
  readonly instance: Json;
  readonly references: References;
  readonly maxInteractions: number;
  readonly signal?: AbortSignal;
}

export type PlayedEpisode = Omit<EpisodeRecord, 'run' | 'episode'>;

/**
 * Plays one episode of a task's simulator to its end.
 *
 * @throws TruncatedError when a prompt was cut or the episode outlasts `maxInteractions`
 * @throws TaskError, ProviderError as the contracts say
 */
export async function playEpisode(setting: EpisodeSetting): Promise<PlayedEpisode> {
  const { task, instance, references, maxInteractions, signal } = setting;
  const environment = task.start(instance);
  const team = decider(setting);
  const { simulation } = environment;
  const { featureLength = 0, stateLength = 0 } = task.simulator ?? {};
  const features = task.agentNames.map(() => new Float32Array(featureLength));
  const state = new Float32Array(stateLength);
  const steps: StepTrace[] = [];
  let total = 0;

  while (!environment.done) {
    if (steps.length >= maxInteractions) {
      throw new TruncatedError(
        `The episode did not terminate within ${maxInteractions} interactions. Raise maxInteractions or shorten the task.`,
      );
    }
    const situations = task.agentNames.map((_, agent): Situation => {
      simulation?.features(agent, features[agent]);
      return {
        observe: () => environment.observe(agent),
        features: features[agent],
        availableActions: choicesOf(environment.offer(agent)),
      };
    });
    const agents = await team.decide(
      situations,
      signal,
      simulation &&
        (() => {
          simulation.state(state);
          return state;
        }),
    );
    const { reward } = await environment.step(
      agents.map((trace) => trace.action),
      signal,
    );
    if (!Number.isFinite(reward))
      throw new TaskError(`The task paid a reward of ${reward} in step ${steps.length + 1}.`);
    total += reward;
    steps.push({ agents, reward });
  }
  return {
    instance,
    references,
    return: total,
    score: scoreOf(total, references),
    prefix: task.rules,
    steps,
  };
}

function choicesOf(offer: Offer): readonly number[] {
  if (offer.kind === 'choice') return offer.actions;
  throw new TaskError('An agent is to write, and this strategy only lets agents choose.');
}
