import {
  type Environment,
  type EpisodeRecord,
  type Json,
  lastAttempt,
  notJudgedIn,
  type PastStep,
  type References,
  scoreOf,
  type StepTrace,
  type Task,
} from '../contracts/index.ts';
import { type Decider, decider } from './decider.ts';
import { outcomeOf, situationOf } from './held-task.ts';
import { replayOf } from './replay.ts';
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
  const { task, instance, references, attempts = 1 } = setting;
  const judging = bench(setting);
  const team = decider(setting);
  const steps: StepTrace[] = [];
  const past: PastStep[] = [];
  let total = 0;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const environment = task.start(instance, judging.context);
    try {
      total = await played({ setting, environment, judging, team, attempt, steps, past });
    } finally {
      await environment.close?.();
    }
  }
  return {
    instance,
    references,
    return: total,
    ...(notJudgedIn(lastAttempt(steps)) === 0 && { score: scoreOf(total, references) }),
    prefix: task.rules,
    steps,
  };
}

interface Attempt {
  readonly setting: EpisodeSetting;
  readonly environment: Environment;
  readonly judging: Bench;
  readonly team: Decider;
  readonly attempt: number;
  /** Of all attempts; its own are added. */
  readonly steps: StepTrace[];
  readonly past: PastStep[];
}

/** @returns what the attempt earned */
async function played({
  setting,
  environment,
  judging,
  team,
  attempt,
  steps,
  past,
}: Attempt): Promise<number> {
  const { task, instance, maxInteractions, attempts = 1, signal } = setting;
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
  const replay = task.simulator && replayOf(task, instance, past);
  const first = steps.length;
  let total = 0;
  /** Each agent's own, of the step before. */
  let gains: readonly number[] | undefined;

  while (!environment.done) {
    if (steps.length - first >= maxInteractions) {
      throw new TruncatedError(
        `The episode did not terminate within ${maxInteractions} interactions. Raise maxInteractions or shorten the task.`,
      );
    }
    const situations = task.agentNames.map((_, agent) => {
      simulation?.features(agent, features[agent]);
      const situation = situationOf(task, environment, agent, features[agent]);
      return gains ? { ...situation, gain: gains[agent] } : situation;
    });
    const agents = await team.decide(situations, {
      ...(signal && { signal }),
      ...(readState && { readState }),
      ...(replay && { replay }),
      past,
      attempt,
    });
    const actions = agents.map((trace) => trace.action);
    const { outcome, judgements } = await judging.during(
      steps.length,
      () => outcomeOf(environment, actions, steps.length + 1, signal),
      signal,
    );
    const { reward, measures, shares, notJudged = 0 } = outcome;
    gains = shares;
    total += reward;
    const step = {
      ...{ agents, reward },
      ...(attempts > 1 && { attempt }),
      ...(measures && { measures }),
      ...(shares && { shares }),
      ...(notJudged > 0 && { notJudged }),
      ...(team.short && { short: true as const }),
    };
    steps.push(judgements.length > 0 ? { ...step, judgements } : step);
    past.push({ actions, reward, attempt, ...(measures && { measures }), ...(shares && { shares }) });
  }
  return total;
}
