import { type Action, StrategyError } from '../contracts/index.ts';
import { type Clock, randomStream, systemClock } from '../core/index.ts';
import type { DeciderSetting } from './setting.ts';
import type { Situation } from './situation.ts';

/** What one agent draws in every step, asked or not, so that its later draws do not depend on who had a choice. */
export interface OwnDraws {
  /** The seed of its questions. */
  readonly seed: number;
  /** The number of its draws, uniform in [0, 1). */
  readonly draw: number;
}

/** Whether anything is under way in a step. */
export interface IdleWatch {
  /** A question was put while none was under way. */
  busy(): void;
  /** No question is under way any more, and nothing is decided yet. */
  idle(): void;
  /** The step is over. */
  end(): void;
}

const nothing = () => {};
const unwatched: IdleWatch = { busy: nothing, idle: nothing, end: nothing };

/** What all questions of one step share. */
export class Step {
  readonly setting: DeciderSetting;
  readonly time: number;
  readonly situations: readonly Situation[];
  /** The joint action of the step before. */
  readonly last: readonly Action[] | undefined;
  readonly signal: AbortSignal | undefined;
  readonly clock: Clock;
  /** Questions under way. */
  underWay = 0;
  /** Nothing can be asked any more. */
  closed = false;
  /** Told when questions begin, and when none is under way any more. */
  watch: IdleWatch = unwatched;
  /** Ends the step with this error, whatever the strategy makes of it. */
  fail: (error: unknown) => void = nothing;
  readonly #draws: readonly OwnDraws[];
  readonly #seen: (string | undefined)[] = [];
  #further: number[][] | undefined;

  constructor(
    setting: DeciderSetting,
    { time, situations, last, signal }: Pick<Step, 'time' | 'situations' | 'last' | 'signal'>,
    draws: readonly OwnDraws[],
  ) {
    this.setting = setting;
    this.time = time;
    this.situations = situations;
    this.last = last;
    this.signal = signal;
    this.clock = setting.clock ?? systemClock;
    this.#draws = draws;
  }

  /** What an agent sees, put in words once. */
  observe(agent: number): string {
    return (this.#seen[agent] ??= this.situations[agent].observe());
  }

  seed(agent: number): number {
    return this.#draws[agent].seed;
  }

  /** The number that an agent's draws from this sample take, uniform in [0, 1). */
  number(agent: number, sample: number): number {
    if (sample === 0) return this.#draws[agent].draw;
    this.#further ??= [];
    if (!this.#further[sample]) {
      const stream = randomStream('joint choice', ...this.setting.streamName, this.time, sample);
      this.#further[sample] = this.#draws.map(() => stream.next());
    }
    return this.#further[sample][agent];
  }
}

/** An error of the strategy, with its name and the step. */
export function strategyError(
  { setting, time }: Pick<Step, 'setting' | 'time'>,
  what: string,
  options?: ErrorOptions,
): StrategyError {
  const who = setting.strategyName === undefined ? 'The strategy' : `The strategy "${setting.strategyName}"`;
  return new StrategyError(`${who}, in step ${time + 1}: ${what}`, options);
}
