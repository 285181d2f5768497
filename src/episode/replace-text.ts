import {
  type EpisodeRecord,
  lastAttempt,
  nobodyJudges,
  scoreOf,
  summarizeEpisode,
  type Task,
} from '../contracts/index.ts';
import { outcomeOf } from './held-task.ts';

/** What an episode comes to with another text in place of one agent's last one. */
export interface Replaced {
  readonly score: number;
  /** As they were at last. */
  readonly measures: Readonly<Record<string, number>>;
}

/**
 * Plays an episode's actions once more, with another text in place of what one agent wrote in the last step. No model is
 * asked.
 *
 * @param agent one that wrote in the last step
 * @throws TaskError where the task asks a judge
 */
export async function withTextReplaced(
  task: Task,
  episode: Pick<EpisodeRecord, 'instance' | 'steps' | 'references'>,
  agent: number,
  text: string,
): Promise<Replaced> {
  const environment = task.start(episode.instance, nobodyJudges);
  const steps = lastAttempt(episode.steps);
  const last = steps.length - 1;
  const measures: Record<string, number> = {};
  let total = 0;
  try {
    for (const [k, { agents }] of steps.entries()) {
      if (environment.done) break;
      const actions = agents.map(({ action }, own) => (k === last && own === agent ? text : action));
      const outcome = await outcomeOf(environment, actions, k + 1);
      total += outcome.reward;
      Object.assign(measures, outcome.measures);
    }
  } finally {
    await environment.close?.();
  }
  return { score: scoreOf(total, episode.references), measures };
}

/** The agents that wrote in the last step, with what they wrote. */
export function lastTexts({
  steps,
}: Pick<EpisodeRecord, 'steps'>): readonly { readonly agent: number; readonly text: string }[] {
  return (steps.at(-1)?.agents ?? []).flatMap(({ offer, action }, agent) =>
    offer === 'text' && typeof action === 'string' ? [{ agent, text: action }] : [],
  );
}

/** Whether an episode succeeded, by the measure that its task names for it; undefined where it names none. */
export function succeeded(
  task: Pick<Task, 'measures'>,
  measures: Readonly<Record<string, number>>,
): boolean | undefined {
  const [name] = Object.entries(task.measures ?? {}).find(([, { best }]) => best === 'pass') ?? [];
  return name === undefined || measures[name] === undefined ? undefined : measures[name] === 1;
}

export function measuresOf(episode: EpisodeRecord): Readonly<Record<string, number>> {
  return summarizeEpisode(episode).measures ?? {};
}
