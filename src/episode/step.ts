import { type Action, StrategyError } from '../contracts/index.ts';
import { randomStream } from '../core/index.ts';
import type { DeciderSetting } from './setting.ts';
import type { Situation } from './situation.ts';

/** What all questions of one step share. */
export interface Step {
  readonly setting: DeciderSetting;
  readonly time: number;
  readonly situations: readonly Situation[];
  /** What an agent sees, put in words once. */
  observe(agent: number): string;
  /** Joint action of the step before. */
  readonly last: readonly Action[] | undefined;
  /** The seed of an agent's questions. */
  seed(agent: number): number;
  /** The number that an agent's draws from this sample take, uniform in [0, 1). */
  number(agent: number, sample: number): number;
  readonly signal: AbortSignal | undefined;
  /** Ends the step with this error, whatever the strategy makes of it. */
  fail(error: unknown): void;
  /** Rejects with what the step failed of. */
  readonly failed: Promise<never>;
  /** Questions under way. */
  underWay: number;
  closed: boolean;
}

export function beginStep(
  setting: DeciderSetting,
  now: Pick<Step, 'time' | 'situations' | 'last' | 'signal'>,
  drawn: readonly { readonly seed: number; readonly draw: number }[],
): Step {
  const { time, situations } = now;
  const seen: (string | undefined)[] = [];
  const further: number[][] = [];
  let fail!: (error: unknown) => void;
  const failed = new Promise<never>((_, reject) => (fail = reject));
  return {
    ...now,
    setting,
    observe: (agent) => (seen[agent] ??= situations[agent].observe()),
    seed: (agent) => drawn[agent].seed,
    number: (agent, sample) => {
      if (sample === 0) return drawn[agent].draw;
      if (!further[sample]) {
        const stream = randomStream('joint choice', ...setting.streamName, time, sample);
        further[sample] = drawn.map(() => stream.next());
      }
      return further[sample][agent];
    },
    fail,
    failed,
    underWay: 0,
    closed: false,
  };
}

/** An error of the strategy, with its name and the step. */
export function strategyError(
  { setting, time }: Pick<Step, 'setting' | 'time'>,
  what: string,
): StrategyError {
  const who = setting.strategyName === undefined ? 'The strategy' : `The strategy "${setting.strategyName}"`;
  return new StrategyError(`${who}, in step ${time + 1}: ${what}`);
}
