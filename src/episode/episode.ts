import {
  type Environment,
  type EpisodeRecord,
  type Json,
  type PastStep,
  type References,
  scoreOf,
  type StepTrace,
  type Task,
} from '../contracts/index.ts';
import { decider } from './decider.ts';
import { outcomeOf, situationOf } from './held-task.ts';
import type { DeciderSetting } from './setting.ts';
import { type Bench, bench } from './judging.ts';
import { TruncatedError } from './truncated.ts';

export interface EpisodeSetting extends DeciderSetting {
  readonly task: Task;
  readonly instance: Json;
  readonly references: References;
  readonly maxInteractions: number;
  readonly signal?: AbortSignal;
}

export type PlayedEpisode = Omit<EpisodeRecord, 'run' | 'episode'>;

/**
 * Plays one episode of a task to its end.
 *
 * @throws TruncatedError when a prompt was cut or the episode outlasts `maxInteractions`
 * @throws TaskError, ProviderError as the contracts say
 */
export async function playEpisode(setting: EpisodeSetting): Promise<PlayedEpisode> {
  const judging = bench(setting);
  const environment = setting.task.start(setting.instance, judging.context);
  try {
    return await played(setting, environment, judging);
  } finally {
    await environment.close?.();
  }
}

async function played(
  setting: EpisodeSetting,
  environment: Environment,
  judging: Bench,
): Promise<PlayedEpisode> {
  const { task, instance, references, maxInteractions, signal } = setting;
  const team = decider(setting);
  const { simulation } = environment;
  const { featureLength = 0, stateLength = 0 } = task.simulator ?? {};
  const features = task.agentNames.map(() => new Float32Array(featureLength));
  const state = new Float32Array(stateLength);
  const readState =
    simulation &&
    (() => {
      simulation.state(state);
      return state;
    });
  const steps: StepTrace[] = [];
  const past: PastStep[] = [];
  let total = 0;

  while (!environment.done) {
    if (steps.length >= maxInteractions) {
      throw new TruncatedError(
        `The episode did not terminate within ${maxInteractions} interactions. Raise maxInteractions or shorten the task.`,
      );
    }
    const situations = task.agentNames.map((_, agent) => {
      simulation?.features(agent, features[agent]);
      return situationOf(task, environment, agent, features[agent]);
    });
    const agents = await team.decide(situations, {
      ...(signal && { signal }),
      ...(readState && { readState }),
      past,
    });
    const actions = agents.map((trace) => trace.action);
    const { outcome, judgements } = await judging.during(
      steps.length,
      () => outcomeOf(environment, actions, steps.length + 1, signal),
      signal,
    );
    const { reward, measures } = outcome;
    total += reward;
    const step = {
      ...{ agents, reward },
      ...(measures && { measures }),
      ...(team.short && { short: true as const }),
    };
    steps.push(judgements.length > 0 ? { ...step, judgements } : step);
    past.push(measures ? { actions, reward, measures } : { actions, reward });
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
