import {
  type EpisodeRecord,
  type Json,
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
  const features = task.agentNames.map(() => new Float32Array(task.featureLength));
  const state = new Float32Array(task.stateLength);
  const steps: StepTrace[] = [];
  let total = 0;

  while (!environment.done) {
    if (steps.length >= maxInteractions) {
      throw new TruncatedError(
        `The episode did not terminate within ${maxInteractions} interactions. Raise maxInteractions or shorten the task.`,
      );
    }
    const situations = task.agentNames.map((_, agent): Situation => {
      environment.features(agent, features[agent]);
      return {
        observe: () => environment.observe(agent),
        features: features[agent],
        availableActions: environment.availableActions(agent),
      };
    });
    const agents = await team.decide(situations, signal, () => {
      environment.state(state);
      return state;
    });
    const reward = environment.step(agents.map((trace) => trace.action));
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
