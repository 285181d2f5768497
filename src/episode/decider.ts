import {
  type AgentTrace,
  type AgentView,
  choiceOf,
  type Coordination,
  type FeedbackLevel,
  type Model,
  type Strategy,
  type Task,
} from '../contracts/index.ts';
import { InputError, type NamePart, randomStream } from '../core/index.ts';
import { composePrompt, messageText, type Remark } from '../prompt/index.ts';
import { actOn } from './acting.ts';
import { type AdviceForm, defaultAdvice, spokenAdvice } from './advice.ts';
import { fuse } from './fusion.ts';
import { drawFrom } from './draw-from.ts';
import { askFor, together, tokensOf } from './repeat.ts';
import { decideTogether } from './single.ts';
import type { Situation } from './situation.ts';
import { TruncatedError } from './truncated.ts';

export { TruncatedError };
export type { Situation };

/** What of a task its agents' decisions depend on: all of it but the simulator. */
export type TaskWords = Pick<Task, 'agentNames' | 'actions' | 'rules' | 'horizon'>;

export interface DeciderSetting {
  readonly task: TaskWords;
  /** One for all agents, or one per agent. */
  readonly model: Model | readonly Model[];
  readonly strategy: Strategy;
  readonly temperature: number;
  /** How advice reaches the models; what each of them gives decides when absent. */
  readonly advice?: AdviceForm;
  /** Agents also talk in free words, those whose model can: the task is a discussion. */
  readonly speech?: boolean;
  /**
   * Tokens for the whole episode. What a step's share of them pays for beyond one question is spent on asking again.
   * Undefined: everything is asked once.
   */
  readonly tokens?: number;
  /** Names all random streams of the episode; two settings with the same name draw the same numbers. */
  readonly streamName: readonly NamePart[];
  /** What people call the episode; its decisions are named after it. */
  readonly name?: string;
}

/** A team of agents in one episode, whoever simulates what they act in. */
export interface Decider {
  /** Steps decided or recalled so far. */
  readonly time: number;
  /**
   * One step: the strategy coordinates, each agent's model is asked (all at once), each agent acts on its answer and its
   * advice. After an error the episode cannot go on.
   *
   * @param readState the global state before the step; called only where the strategy gives central feedback
   * @throws TruncatedError when a prompt was cut; ProviderError; the reason of `signal` when it aborts; InputError
   *   when the strategy gives central feedback and there is no state to read
   */
  decide(
    situations: readonly Situation[],
    signal?: AbortSignal,
    readState?: () => Float32Array,
  ): Promise<readonly AgentTrace[]>;
  /**
   * A step that was decided before, as if it were decided now: strategy and random streams go on, no model is asked.
   * Free words of such steps are not said again.
   */
  recall(situations: readonly Situation[], actions: readonly number[], readState?: () => Float32Array): void;
}

export function decider(setting: DeciderSetting): Decider {
  const { task, streamName } = setting;
  const coordinator = setting.strategy.begin(randomStream('strategy', ...streamName));
  const sampling = task.agentNames.map((_, agent) => randomStream('sampling', ...streamName, agent));
  const said: Remark[] = [];
  let time = 0;
  let spentTokens = 0;
  let last: readonly number[] | undefined;
  /** Central feedback on what each agent did last. */
  let rated: readonly (FeedbackLevel | undefined)[] | undefined;

  /** What is left of the episode's tokens, spread evenly over the steps that are left. */
  const stepShare = () => {
    if (setting.tokens === undefined) return undefined;
    if (spentTokens >= setting.tokens) {
      throw new TruncatedError(
        `The run's ${setting.tokens} tokens per episode were used up after step ${time} of at most ${task.horizon}. ` +
          'Raise `tokensPerRun` so that every strategy can ask at least once.',
      );
    }
    return (setting.tokens - spentTokens) / Math.max(1, task.horizon - time);
  };
  const decideApart = (
    situations: readonly Situation[],
    { coordinations, draws }: ReturnType<typeof prepare>,
    share: number | undefined,
    signal?: AbortSignal,
  ) => {
    const asked = situations.filter(({ availableActions }) => availableActions.length > 1).length;
    const each = share === undefined ? {} : { share: share / asked };
    return Promise.all(
      situations.map((situation, agent) =>
        act(setting, { time, agent, situation, last, coordinations, said, ...draws[agent], ...each }, signal),
      ),
    );
  };

  /** What everything random and every strategy goes through in a step, asked or not. */
  const prepare = (situations: readonly Situation[]) => {
    const views = situations.map(({ features, availableActions }, agent): AgentView => ({
      features,
      availableActions,
      lastAction: last?.[agent],
    }));
    const own = coordinator.coordinate(views);
    const told = rated;
    const coordinations = told
      ? own.map((given, i) =>
          told[i] === undefined ? given : { ...given, feedback: told[i], privileged: true as const },
        )
      : own;
    // Drawn in every step, so that an agent's later draws do not depend on who had a choice.
    const draws = sampling.map((stream) => ({ seed: stream.integer(0, 2 ** 31 - 1), draw: stream.next() }));
    return { views, coordinations, draws };
  };
  /** Reads the state before the step and rates the joint action after it; undefined without central feedback. */
  const hindsightOf = (views: readonly AgentView[], readState: (() => Float32Array) | undefined) => {
    const { hindsight } = coordinator;
    if (!hindsight) return undefined;
    if (!readState) throw new InputError(stateless);
    const state = readState();
    return (jointAction: readonly number[]) => hindsight({ state, views, jointAction });
  };

  return {
    get time() {
      return time;
    },
    decide: async (situations, signal, readState) => {
      const prepared = prepare(situations);
      const rate = hindsightOf(prepared.views, readState);
      const { single } = setting.strategy;
      const share = stepShare();
      const { task: words, temperature, name } = setting;
      const agents = await (single
        ? decideTogether(
            {
              task: words,
              model: modelOf(setting, 0),
              how: single,
              temperature,
              situations,
              draws: prepared.draws,
              streamName,
              time,
              ...(name !== undefined && { name: `${name}, step ${time + 1}` }),
              ...(share !== undefined && { share }),
            },
            signal,
          )
        : decideApart(situations, prepared, share, signal));
      for (const { usage = {} } of agents) spentTokens += tokensOf(usage);
      time++;
      for (const [agent, { message }] of agents.entries()) {
        if (message !== undefined) said.push({ round: time, speaker: task.agentNames[agent], text: message });
      }
      const joint = agents.map((trace) => choiceOf(trace.action));
      last = joint;
      rated = rate?.(joint);
      return agents;
    },
    recall: (situations, actions, readState) => {
      const { views } = prepare(situations);
      time++;
      last = actions;
      rated = hindsightOf(views, readState)?.(actions);
    },
  };
}

const stateless =
  'The strategy gives central feedback, which reads the state of each step, but there is none here. ' +
  'Pass it: episode.step(observations, {state}), or use `feedback: local`.';

function modelOf({ model }: DeciderSetting, agent: number): Model {
  return 'decide' in model ? model : model[agent];
}

interface Turn {
  readonly time: number;
  readonly agent: number;
  readonly situation: Situation;
  readonly last?: readonly number[];
  readonly coordinations: readonly Coordination[];
  readonly said: readonly Remark[];
  readonly seed: number;
  readonly draw: number;
  /** Tokens for this decision. */
  readonly share?: number;
}

async function act(setting: DeciderSetting, turn: Turn, signal?: AbortSignal): Promise<AgentTrace> {
  const { task } = setting;
  const { time, agent, situation, last, coordinations, said, seed, draw } = turn;
  const { availableActions } = situation;
  const agentName = task.agentNames[agent];
  const own = coordinations[agent];
  const told = {
    ...(own.broadcast !== undefined && { broadcast: own.broadcast }),
    ...(own.feedback !== undefined && { feedback: own.feedback }),
    ...(own.privileged && { privileged: own.privileged }),
  };
  if (availableActions.length === 1) return { availableActions, action: availableActions[0], ...told };
  if (own.unasked) {
    const distribution = availableActions.map(() => 1 / availableActions.length);
    const policy = fuse(distribution, own.advice);
    const { advice } = own;
    const action = availableActions[drawFrom(policy, draw)];
    return { availableActions, distribution, ...(advice && { advice }), policy, action, ...told };
  }

  const model = modelOf(setting, agent);
  const form = setting.advice ?? defaultAdvice(model);
  const actions = availableActions.map((a) => task.actions[a]);
  const spoken = form.kind === 'words' ? spokenAdvice(own.advice) : undefined;
  const lastAction = last?.[agent];
  const prompt = composePrompt({
    agentName,
    observation: situation.observe(),
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
    ...(spoken && { advice: { action: actions[spoken.pick], strength: spoken.strength } }),
  });
  const { share } = turn;
  // Without advice several answers are worth one.
  const least = form.kind === 'samples' && own.advice?.some((x) => x !== 0) ? form.n : 1;
  const decisions = await askFor(
    { least, ...(share !== undefined && { share }) },
    model,
    {
      prefix: task.rules,
      prompt,
      actions,
      temperature: setting.temperature,
      seed,
      // Nobody hears what is said in the last step.
      ...(setting.speech && model.speaks && time + 1 < task.horizon && { speech: true }),
      ...(setting.name !== undefined && { call: `${setting.name}, step ${time + 1}, ${agentName}` }),
    },
    signal,
  );
  if (decisions.some(({ truncated }) => truncated))
    throw new TruncatedError(`The prompt of ${agentName} did not fit the model.`);

  const { message: raw, ...asked } = together(decisions);
  const message = raw === undefined ? undefined : messageText(raw);
  const { pick, answered, ...acted } = actOn(decisions, own.advice, form, availableActions.length, draw);
  return {
    prompt,
    ...asked,
    availableActions,
    ...told,
    ...(message !== undefined && { message }),
    ...acted,
    ...(answered !== undefined && { answered: availableActions[answered] }),
    action: availableActions[pick],
  };
}
