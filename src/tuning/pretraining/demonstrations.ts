import {
  type Expert,
  type FeedbackLevel,
  feedbackLevels,
  type Json,
  type Simulator,
} from '../../contracts/index.ts';
import { randomStream, type RandomStream } from '../../core/index.ts';

/** What an agent is told, as words; the shape that prompts are composed from. */
export interface Told {
  readonly agentName: string;
  readonly observation: string;
  readonly availableActions: readonly string[];
  readonly broadcasts?: readonly { readonly sender: string; readonly action: string }[];
  readonly feedback?: { readonly lastAction: string; readonly level: FeedbackLevel };
}

/** A task that is demonstrated, with options fixed. */
export interface DemonstratedTask {
  readonly taskId: string;
  /** Tells the options apart: part of the names of random streams. */
  readonly variant: string;
  readonly task: Simulator;
}

/** One decision of an agent: what it was told, and what the expert would do. */
export interface Demonstration {
  readonly prompt: string;
  /** What it could choose, in words; at least two. */
  readonly actions: readonly string[];
  /** The expert's action. */
  readonly answer: string;
}

/**
 * How episodes are demonstrated; every list is drawn from uniformly, once per episode.
 *
 * Answers are always the expert's own, but the agents act at random in a share of their decisions, so that the
 * corpus contains the situations into which an imperfect player gets. Without such noise a model never sees how
 * to recover (Ross et al. 2011, arXiv 1011.0686, describe the problem).
 */
export interface DemonstrationSettings {
  /** Shares of decisions replaced by a random available action. */
  readonly noise: readonly number[];
  /**
   * Broadcasts: `none`; `truthful`, where teammates do what they say in this step; `uninformative`, where what
   * they say is drawn at random and the expert, who knows that, does not listen.
   */
  readonly broadcasts: readonly ('none' | 'truthful' | 'uninformative')[];
  /** Feedback on the last action: `none`; `truthful`, by the expert's opinion then; or drawn at random. */
  readonly feedback: readonly ('none' | 'truthful' | 'uninformative')[];
}

export const defaultDemonstrations: DemonstrationSettings = {
  noise: [0, 0.15, 0.3, 0.5, 0.8],
  broadcasts: ['none', 'none', 'none', 'truthful', 'truthful', 'uninformative'],
  feedback: ['none', 'none', 'none', 'truthful', 'uninformative'],
};

/**
 * Demonstrations of a task, episode after episode, without end. Instances come from a namespace, so that no
 * study, no development figure and no held-out figure ever meets one that a model was trained on.
 *
 * @param compose turns what an agent is told into the prompt, exactly as studies do
 * @throws RangeError when the task has no expert
 */
export function* demonstrations(
  { taskId, variant, task }: DemonstratedTask,
  compose: (told: Told) => string,
  seed: number,
  settings: DemonstrationSettings = defaultDemonstrations,
  namespace: 'pretrain' | 'development' | 'held-out' = 'pretrain',
): Generator<Demonstration> {
  if (!task.expert) throw new RangeError(`The task ${taskId} has no expert, so it cannot be demonstrated.`);
  for (let episode = 0; ; episode++) {
    const instance = task.generate(randomStream('instance', namespace, taskId, variant, seed, episode));
    const stream = randomStream('demonstrations', namespace, taskId, variant, seed, episode);
    yield* demonstrateEpisode(task, task.expert, instance, compose, stream, settings);
  }
}

function* demonstrateEpisode(
  task: Simulator,
  expert: Expert,
  instance: Json,
  compose: (told: Told) => string,
  stream: RandomStream,
  settings: DemonstrationSettings,
): Generator<Demonstration> {
  const { agentNames, actions } = task;
  const noise = stream.pick(settings.noise);
  const broadcasts = stream.pick(settings.broadcasts);
  const feedback = stream.pick(settings.feedback);
  const environment = task.start(instance);
  let last: readonly { readonly action: number; readonly level: FeedbackLevel }[] | undefined;
  while (!environment.done) {
    const unasked = agentNames.map((_, agent) => expert(environment, agent, []));
    const joint = unasked.map((action, agent) =>
      stream.next() < noise ? stream.pick(environment.availableActions(agent)) : action,
    );
    for (let agent = 0; agent < agentNames.length; agent++) {
      const available = environment.availableActions(agent);
      if (available.length < 2) continue;
      const heard = joint.map((action, other) => {
        if (other === agent || broadcasts === 'none') return undefined;
        return broadcasts === 'truthful' ? action : stream.pick(environment.availableActions(other));
      });
      const best = broadcasts === 'truthful' ? expert(environment, agent, heard) : unasked[agent];
      const choices = available.map((action) => actions[action]);
      yield {
        prompt: compose({
          agentName: agentNames[agent],
          observation: environment.observe(agent),
          availableActions: choices,
          broadcasts: heard.flatMap((action, other) =>
            action === undefined ? [] : [{ sender: agentNames[other], action: actions[action] }],
          ),
          feedback:
            last && feedback !== 'none'
              ? { lastAction: actions[last[agent].action], level: last[agent].level }
              : undefined,
        }),
        actions: choices,
        answer: actions[best],
      };
    }
    last = joint.map((action, agent) => ({
      action,
      level:
        feedback === 'truthful' ? opinion(action === unasked[agent], stream) : stream.pick(feedbackLevels),
    }));
    environment.step(joint);
  }
}

/** The expert has no scale for how wrong an action is, so the middle level is drawn now and then. */
function opinion(agrees: boolean, stream: RandomStream): FeedbackLevel {
  const undecided = stream.next();
  if (agrees) return undecided < 1 / 6 ? 'fair' : 'good';
  return undecided < 1 / 3 ? 'fair' : 'poor';
}
