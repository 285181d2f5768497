import {
  type Action,
  type AgentTrace,
  type PastStep,
  type Protocol,
  type ProtocolStep,
  ProviderError,
  type Strategy,
} from '../contracts/index.ts';
import { AgentMeshError, InputError, randomStream, reasonOf } from '../core/index.ts';
import { tokensOf } from '../contracts/index.ts';
import { idleWatch } from './idle-watch.ts';
import { refuseOddActions } from './joint-action.ts';
import { SeatedMember } from './member.ts';
import { type DeciderSetting, modelOf } from './setting.ts';
import type { Situation } from './situation.ts';
import { Step, strategyError } from './step.ts';
import { togetherOf } from './together.ts';
import { traceOf } from './trace.ts';
import { TruncatedError } from './truncated.ts';

/** What is known of a step besides what the agents meet. */
export interface Moment {
  /** Drops what is under way when it aborts. */
  readonly signal?: AbortSignal;
  /** The global state before the step; called only where the strategy gives central feedback. */
  readonly readState?: () => Float32Array;
  /** The steps before it. */
  readonly past?: readonly PastStep[];
  /** Which attempt at the instance it belongs to, from 0; the first when absent. */
  readonly attempt?: number;
  readonly replay?: ProtocolStep['replay'];
}

/** A team of agents in one episode, whoever simulates what they act in. */
export interface Decider {
  /** Steps decided or recalled so far. */
  readonly time: number;
  /** The tokens of the last step paid for no further round. */
  readonly short: boolean;
  /**
   * One step: the strategy asks whom it wants and decides. After an error the episode cannot go on.
   *
   * @throws TruncatedError when a prompt was cut; ProviderError; the reason of the signal when it aborts; StrategyError
   *   when the strategy breaks its contract; InputError when it gives central feedback and there is no state to read
   */
  decide(situations: readonly Situation[], moment?: Moment): Promise<readonly AgentTrace[]>;
  /**
   * A step that was decided before, as if it were decided now: strategy and random streams go on, no model is asked.
   * Free words of such steps are not said again.
   */
  recall(situations: readonly Situation[], actions: readonly Action[], readState?: () => Float32Array): void;
}

export function decider(setting: DeciderSetting): Decider {
  const { task, streamName } = setting;
  const protocol = protocolOf(setting);
  const sampling = task.agentNames.map((_, agent) => randomStream('sampling', ...streamName, agent));
  const horizon = task.horizon * (setting.attempts ?? 1);
  let time = 0;
  let spentTokens = 0;
  let short = false;
  let last: readonly Action[] | undefined;

  /** What is left of the episode's tokens, spread evenly over the steps that are left. */
  const stepShare = () => {
    if (setting.tokens === undefined) return undefined;
    if (spentTokens >= setting.tokens && setting.capped !== false) {
      throw new TruncatedError(
        `The run's ${setting.tokens} tokens per episode were used up after step ${time} of at most ${horizon}. ` +
          'Raise `tokensPerRun` so that every strategy can ask at least once.',
      );
    }
    return Math.max(0, setting.tokens - spentTokens) / Math.max(1, horizon - time);
  };
  /** What everything random goes through in a step, asked or not. */
  const begin = (situations: readonly Situation[], signal?: AbortSignal) => {
    const drawn = sampling.map((stream) => ({ seed: stream.integer(0, 2 ** 31 - 1), draw: stream.next() }));
    const step = new Step(setting, { time, situations, last, signal }, drawn);
    return { step, members: situations.map((_, agent) => new SeatedMember(step, agent)) };
  };
  /** The state before the step, where the strategy is told of it afterwards. */
  const stateFor = (readState: (() => Float32Array) | undefined) => {
    if (!protocol.hindsight) return undefined;
    if (!readState) throw new InputError(stateless);
    return readState();
  };

  return {
    get time() {
      return time;
    },
    get short() {
      return short;
    },
    decide: async (situations, { signal, readState, past = [], attempt = 0, replay } = {}) => {
      if (attempt !== (past.at(-1)?.attempt ?? attempt)) last = undefined;
      const { step, members } = begin(situations, signal);
      const state = stateFor(readState);
      const tokens = stepShare();
      short = false;
      const together = asksForTeam(setting.strategy) ? togetherOf(step, members) : undefined;
      const actions = await ended(step, () =>
        protocol.decide({
          time,
          horizon,
          attempt,
          members,
          past,
          ...(replay && { replay }),
          ...(tokens !== undefined && { tokens, short: () => void (short = true) }),
          ...(together && { together }),
          ...(modelOf(setting, 0).embed && { embed: (texts) => vectorsFor(step, texts) }),
        }),
      );
      refuseOddActions(step, actions);
      const agents = members.map((member, agent) => traceOf(member, agent, actions[agent]));
      setting.onTimes?.(members.map(({ busyMs }) => busyMs));
      spentTokens += members.reduce((sum, member) => sum + spentBy(member), 0);
      time++;
      last = actions;
      if (state) protocol.hindsight!({ state, members, actions });
      return agents;
    },
    recall: (situations, actions, readState) => {
      const { step, members } = begin(situations);
      step.closed = true;
      protocol.recall?.(members, actions);
      time++;
      last = actions;
      const state = stateFor(readState);
      if (state) protocol.hindsight!({ state, members, actions });
    },
  };
}

/** The strategy in a new episode. @throws StrategyError where it cannot begin */
function protocolOf(setting: DeciderSetting): Protocol {
  const beginning = { setting, time: 0 };
  let protocol: Protocol | undefined;
  try {
    protocol = setting.strategy.begin(randomStream('strategy', ...setting.streamName));
  } catch (error) {
    if (error instanceof AgentMeshError) throw error;
    throw strategyError(beginning, `\`begin\` failed with "${reasonOf(error)}".`, { cause: error });
  }
  if (typeof protocol?.decide === 'function') return protocol;
  throw strategyError(beginning, '`begin` gave nothing that can `decide`. It returns a protocol, at once.');
}

/** The strategy is not idle while a model works out vectors. */
async function vectorsFor(step: Step, texts: readonly string[]): Promise<readonly Float32Array[]> {
  if (step.underWay++ === 0) step.watch.busy();
  try {
    const vectors = await modelOf(step.setting, 0).embed!(texts, step.signal);
    const [first] = vectors;
    if (vectors.length === texts.length && vectors.every((own) => own.length === first.length))
      return vectors;
    throw new ProviderError(
      `A model breaks its contract: it gave ${vectors.length} vectors for ${texts.length} texts, or not all of one length.`,
    );
  } catch (error) {
    step.fail(error);
    throw error;
  } finally {
    if (--step.underWay === 0) step.watch.idle();
  }
}

function asksForTeam({ asks }: Strategy): boolean {
  return asks !== undefined && asks.includes('team');
}

/** What the strategy decided, once everything that it asked has been answered. */
async function ended(step: Step, decide: () => Promise<readonly Action[]>): Promise<readonly Action[]> {
  try {
    step.watch = idleWatch({
      ...step.setting,
      signal: step.signal,
      fail: (error) => step.fail(error),
      late: (seconds) =>
        strategyError(
          step,
          `it has asked nobody and decided nothing for ${seconds} s. Let \`decide\` return its actions, or give it more ` +
            'time with `idleTimeoutMs`.',
        ),
    });
    const actions = await new Promise<readonly Action[]>((resolve, reject) => {
      step.fail = reject;
      // Before anything is asked: the first question ends the idling.
      step.watch.idle();
      Promise.resolve(decide()).then(resolve, reject);
    });
    if (step.underWay > 0)
      throw strategyError(
        step,
        `it decided while ${step.underWay} of its questions were under way. Await every answer.`,
      );
    return actions;
  } catch (error) {
    if (error instanceof AgentMeshError || step.signal?.aborted) throw error;
    throw strategyError(step, `it failed with "${reasonOf(error)}".`, { cause: error });
  } finally {
    step.closed = true;
    step.watch.end();
  }
}

function spentBy({ asked }: SeatedMember): number {
  return asked.reduce((sum, { told }) => sum + tokensOf(told?.usage ?? {}), 0);
}

const stateless =
  'The strategy gives central feedback, which reads the state of each step, but there is none here. ' +
  'Pass it: episode.step(observations, {state}), or use `feedback: local`.';
