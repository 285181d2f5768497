import {
  actionWords,
  type AgentTrace,
  type EpisodeRecord,
  type StepTrace,
  sumUsage,
  type Simulator,
  TaskError,
  type Usage,
} from '../contracts/index.ts';
import { AgentMeshError, InputError } from '../core/index.ts';
import type { Decider } from '../episode/index.ts';
import { type LoggedEpisode, type LoggedStep, loggedObservations } from './log.ts';
import { indexOf, type Observations, situationsOf } from './observations.ts';

/** What the team does in one step. */
export interface TeamStep {
  /** What each agent does, by agent name. */
  readonly actions: { readonly [agentName: string]: string };
  /** What agents told each other: announced actions of this step, and free words for the next. */
  readonly messages: readonly TeamMessage[];
  /** Everything that each agent was told and did, in the order of the team. */
  readonly agents: readonly AgentTrace[];
  readonly usage: Usage;
}

export interface TeamMessage {
  readonly from: string;
  readonly kind: 'announcement' | 'words';
  /** The announced action, or what was said. */
  readonly text: string;
}

/** An episode in the format of a study's traces. Own tasks have no instance, no references and no score. */
export type TeamTrace = Omit<EpisodeRecord, 'references' | 'score'> &
  Partial<Pick<EpisodeRecord, 'references' | 'score'>>;

export interface StepOptions {
  /** Drops the step when it aborts; the episode cannot go on then. */
  readonly signal?: AbortSignal;
  /**
   * The whole situation as numbers, for the log and for central feedback, which rates the step once it is over. No
   * agent reads it.
   */
  readonly state?: readonly number[];
}

/** One episode of a team in somebody's own environment. */
export interface TeamEpisode {
  /**
   * What the agents do next, given what they see.
   * @throws InputError for observations that do not fit the task; these can be corrected and tried again
   * @throws BudgetReachedError, ProviderError, TruncatedError, or the signal's reason: the episode has ended then
   */
  step(observations: Observations, options?: StepOptions): Promise<TeamStep>;
  /** Adds to the team's reward for the last step. Needed only to learn from the log. */
  reward(amount: number): void;
  /** A step that was taken before: strategy and random numbers go on, and no model is asked. */
  recall(
    observations: Observations,
    actions: TeamStep['actions'],
    options?: Pick<StepOptions, 'state'>,
  ): void;
  /** Everything so far, in the format of a study's traces. Recalled steps are not in it. */
  readonly trace: TeamTrace;
  /** What a strategy can learn from: see `learnFromLog`. */
  readonly log: LoggedEpisode;
}

export function teamEpisode(
  task: Simulator,
  decider: Decider,
  identity: Pick<EpisodeRecord, 'run' | 'episode'>,
  teamSignal: AbortSignal | undefined,
): TeamEpisode {
  const steps: { agents: readonly AgentTrace[]; reward: number }[] = [];
  const logged: Omit<LoggedStep, 'reward'>[] = [];
  let busy = false;
  let ended: unknown;

  const ready = () => {
    if (busy) throw new InputError('A step of this episode is under way. Await it before the next one.');
    if (ended !== undefined)
      throw new TaskError('This episode has ended with an error. Begin another: team.begin().', {
        cause: ended,
      });
    if (decider.time >= task.horizon)
      throw new TaskError(
        `This episode has had its ${task.horizon} steps. Begin another, or give the task a larger horizon.`,
      );
  };

  const stateOf = (state: readonly number[]) => {
    return () => {
      if (state.length !== task.stateLength)
        throw new InputError(
          `The state has ${state.length} numbers; the task's stateLength is ${task.stateLength}.`,
        );
      return Float32Array.from(state);
    };
  };

  return {
    step: async (observations, { signal, state } = {}) => {
      ready();
      const situations = situationsOf(task, observations);
      const signals = [teamSignal, signal].filter((s) => s !== undefined);
      busy = true;
      try {
        const all = AbortSignal.any(signals);
        all.throwIfAborted();
        const agents = await decider.decide(situations, {
          ...(signals.length > 0 && { signal: all }),
          ...(state && { readState: stateOf(state) }),
          past: steps.map((step) => ({
            actions: step.agents.map(({ action }) => action),
            reward: step.reward,
            attempt: 0,
          })),
        });
        const told = { agents, reward: 0 };
        steps.push(told);
        const actions = byName(
          task,
          agents.map(({ action }) => actionWords(task.actions, action)),
        );
        logged.push({ observations: loggedObservations(observations), actions, ...(state && { state }) });
        return {
          actions,
          messages: messagesOf(task, agents),
          agents,
          usage: sumUsage(agents.map(({ usage = {} }) => usage)),
        };
      } catch (error) {
        ended = error ?? new AgentMeshError('aborted');
        throw error;
      } finally {
        busy = false;
      }
    },
    reward: (amount) => {
      const last = steps.at(-1);
      if (!last) throw new InputError('There is no step yet that a reward could be for.');
      if (!Number.isFinite(amount)) throw new InputError(`A reward is a finite number, not ${amount}.`);
      last.reward += amount;
    },
    recall: (observations, actions, { state } = {}) => {
      ready();
      const taken = task.agentNames.map((name) => {
        if (actions[name] === undefined) throw new InputError(`The recalled step lacks what ${name} did.`);
        return indexOf(task, actions[name]);
      });
      decider.recall(situationsOf(task, observations), taken, state && stateOf(state));
    },
    get trace() {
      return traceOf(task, identity, steps);
    },
    get log() {
      return { steps: logged.map((step, t) => ({ ...step, reward: steps[t].reward })) };
    },
  };
}

function traceOf(
  task: Simulator,
  identity: Pick<EpisodeRecord, 'run' | 'episode'>,
  steps: readonly StepTrace[],
): TeamTrace {
  return {
    ...identity,
    instance: null,
    return: steps.reduce((sum, { reward }) => sum + reward, 0),
    prefix: task.rules,
    steps: steps.map((step) => ({ ...step })),
  };
}

export function byName(
  task: Pick<Simulator, 'agentNames'>,
  values: readonly string[],
): Record<string, string> {
  return Object.fromEntries(task.agentNames.map((name, i) => [name, values[i]]));
}

function messagesOf({ agentNames, actions }: Simulator, agents: readonly AgentTrace[]): TeamMessage[] {
  return agents.flatMap(({ broadcast, message }, i): TeamMessage[] => [
    ...(broadcast === undefined
      ? []
      : [{ from: agentNames[i], kind: 'announcement' as const, text: actions[broadcast] }]),
    ...(message === undefined ? [] : [{ from: agentNames[i], kind: 'words' as const, text: message }]),
  ]);
}
