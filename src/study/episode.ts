import {
  type AgentTrace,
  type AgentView,
  type Coordination,
  type Environment,
  type EpisodeRecord,
  type Json,
  type Model,
  type References,
  scoreOf,
  type StepTrace,
  type Strategy,
  type Task,
  TaskError,
} from '../contracts/index.ts';
import { AgentMeshError, exitCodes, type NamePart, randomStream } from '../core/index.ts';
import { composePrompt, messageText, type Remark } from '../prompt/index.ts';
import { fuse } from './fusion.ts';

/** A prompt did not fit the model, or the episode did not terminate within its interactions. */
export class TruncatedError extends AgentMeshError {
  override readonly exitCode = exitCodes.studyHadFailures;
}

export interface EpisodeSetting {
  readonly task: Task;
  readonly instance: Json;
  readonly references: References;
  readonly model: Model;
  readonly strategy: Strategy;
  readonly temperature: number;
  readonly maxInteractions: number;
  /** Agents also talk in free words: the task is a discussion and the model speaks. */
  readonly speech?: boolean;
  /** Names all random streams of the episode; two settings with the same name draw the same numbers. */
  readonly streamName: readonly NamePart[];
  /** What people call the episode; its decisions are named after it. */
  readonly name?: string;
  readonly signal?: AbortSignal;
}

export type PlayedEpisode = Omit<EpisodeRecord, 'run' | 'episode'>;

/**
 * Plays one episode to its end: the strategy coordinates, the model is asked once per agent and step (all agents
 * of a step at once), each agent samples from the fused distribution.
 *
 * @throws TruncatedError when a prompt was cut or the episode outlasts `maxInteractions`
 * @throws TaskError, ProviderError as the contracts say
 */
export async function playEpisode(setting: EpisodeSetting): Promise<PlayedEpisode> {
  const { task, instance, references, maxInteractions, streamName } = setting;
  const environment = task.start(instance);
  const coordinator = setting.strategy.begin(randomStream('strategy', ...streamName));
  const sampling = task.agentNames.map((_, agent) => randomStream('sampling', ...streamName, agent));
  const features = task.agentNames.map(() => new Float32Array(task.featureLength));
  const steps: StepTrace[] = [];
  const said: Remark[] = [];
  let total = 0;
  let last: readonly number[] | undefined;

  while (!environment.done) {
    if (steps.length >= maxInteractions) {
      throw new TruncatedError(
        `The episode did not terminate within ${maxInteractions} interactions. Raise maxInteractions or shorten the task.`,
      );
    }
    const views = task.agentNames.map((_, agent): AgentView => {
      environment.features(agent, features[agent]);
      return {
        features: features[agent],
        availableActions: environment.availableActions(agent),
        lastAction: last?.[agent],
      };
    });
    const coordinations = coordinator.coordinate(views);
    const agents = await Promise.all(
      views.map((view, agent) => {
        const call = setting.name && `${setting.name}, step ${steps.length + 1}, ${task.agentNames[agent]}`;
        return act(setting, environment, agent, view, coordinations, said, sampling[agent], call);
      }),
    );
    for (const [agent, { message }] of agents.entries()) {
      if (message !== undefined)
        said.push({ round: steps.length + 1, speaker: task.agentNames[agent], text: message });
    }
    last = agents.map((trace) => trace.action);
    const reward = environment.step(last);
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

async function act(
  setting: EpisodeSetting,
  environment: Environment,
  agent: number,
  { availableActions, lastAction }: AgentView,
  coordinations: readonly Coordination[],
  said: readonly Remark[],
  sampling: ReturnType<typeof randomStream>,
  call: string | undefined,
): Promise<AgentTrace> {
  const { task, model } = setting;
  const own = coordinations[agent];
  const told = {
    ...(own.broadcast !== undefined && { broadcast: own.broadcast }),
    ...(own.feedback !== undefined && { feedback: own.feedback }),
  };
  // Drawn in every step, asked or not, so that an agent's later draws do not depend on who had a choice.
  const seed = sampling.integer(0, 2 ** 31 - 1);
  const draw = sampling.next();
  if (availableActions.length === 1) return { availableActions, action: availableActions[0], ...told };

  const actions = availableActions.map((a) => task.actions[a]);
  const prompt = composePrompt({
    agentName: task.agentNames[agent],
    observation: environment.observe(agent),
    availableActions: actions,
    broadcasts: coordinations.flatMap(({ broadcast }, sender) =>
      sender === agent || broadcast === undefined
        ? []
        : [{ sender: task.agentNames[sender], action: task.actions[broadcast] }],
    ),
    ...(said.length > 0 && { said }),
    feedback:
      own.feedback !== undefined && lastAction !== undefined
        ? { lastAction: task.actions[lastAction], level: own.feedback }
        : undefined,
  });
  const decision = await model.decide(
    {
      prefix: task.rules,
      prompt,
      actions,
      temperature: setting.temperature,
      seed,
      // Nobody hears what is said in the last step.
      ...(setting.speech && environment.time + 1 < task.horizon && { speech: true }),
      ...(call !== undefined && { call }),
    },
    setting.signal,
  );
  if (decision.truncated)
    throw new TruncatedError(`The prompt of ${task.agentNames[agent]} did not fit the model.`);

  const message = decision.message === undefined ? undefined : messageText(decision.message);
  const common = {
    prompt,
    ...(decision.answer !== undefined && { answer: decision.answer }),
    availableActions,
    usage: decision.usage,
    ...told,
    ...(message !== undefined && { message }),
  };
  if (!decision.distribution) {
    const action = availableActions[Math.floor(draw * availableActions.length)];
    return { ...common, action, unparsable: true };
  }
  const policy = fuse(decision.distribution, own.advice);
  return {
    ...common,
    distribution: decision.distribution,
    ...(own.advice && { advice: own.advice }),
    ...(policy !== decision.distribution && { policy }),
    action: availableActions[inverse(policy, draw)],
  };
}

/** The index at which the cumulative distribution passes `u`; rounding never selects an impossible action. */
function inverse(distribution: readonly number[], u: number): number {
  let rest = u * distribution.reduce((sum, p) => sum + p, 0);
  let last = 0;
  for (let k = 0; k < distribution.length; k++) {
    if (distribution[k] <= 0) continue;
    last = k;
    rest -= distribution[k];
    if (rest < 0) return k;
  }
  return last;
}
