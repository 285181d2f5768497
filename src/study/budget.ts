import type { Spending, Usage } from '../contracts/index.ts';
import { BudgetReachedError } from '../core/index.ts';
import type { StudySettings } from './schema.ts';

export type Amount = Spending;

export const nothing: Amount = { tokens: 0, usd: 0 };
export const plus = (a: Amount, b: Amount): Amount => ({ tokens: a.tokens + b.tokens, usd: a.usd + b.usd });

/** Input and output together; what is not reported counts as 0. */
export function amountOf({ inputTokens = 0, outputTokens = 0, costUsd = 0 }: Usage): Amount {
  return { tokens: inputTokens + outputTokens, usd: costUsd };
}

/** What was set aside for a call; it ends exactly once, with what the call came to. */
export interface Reservation {
  /** @param assumed the part of it that the service did not report, taken as the most that it can have been */
  settle(used: Amount, assumed?: Amount): void;
  /** Nobody will ever know what it came to: it counts as the most that it can have been. */
  lose(): void;
}

/** What one episode spends. */
export interface EpisodeAccount {
  readonly spent: Amount;
  /**
   * Sets the most that a call can come to aside, before it is sent. Waits while it would fit only if calls under
   * way come to less than was set aside for them.
   *
   * @throws BudgetReachedError when it does not fit; the signal's reason when it aborts first
   */
  call(most: Amount, signal?: AbortSignal): Promise<Reservation>;
  /** Counts what nothing was set aside for. */
  add(used: Amount): void;
  /** Notes an answer whose tokens were not reported. */
  noteUncounted(): void;
  end(): void;
}

/** Counts what a study spends against its limits, and what it may still come to. */
export interface BudgetMeter {
  readonly spent: Amount;
  /** The part of it that was lost sight of, or never reported. */
  readonly lost: Amount;
  /** Answers whose tokens were not reported. */
  readonly uncounted: number;
  /** The most that calls under way can come to. */
  readonly setAside: Amount;
  /** False when there is no limit, so that nothing has to be set aside. */
  readonly limited: boolean;
  /**
   * Opens an account once the episode can be expected to be paid in full, so that little is spent on episodes that
   * the budget then cuts off. This is an expectation; `call` is what holds the limit.
   *
   * @param expected what the whole episode will come to; undefined while nothing is known, and it then starts alone
   * @param aCall about what will be set aside for one of its calls, which must fit beside all that
   * @throws BudgetReachedError when it cannot; the signal's reason when it aborts first
   */
  episode(expected: () => Amount | undefined, aCall: Amount, signal?: AbortSignal): Promise<EpisodeAccount>;
}

/** What may be spent at most; Infinity where there is no limit. */
export function limitsOf({ tokens = Infinity, usd = Infinity }: StudySettings['budget']): Amount {
  return { tokens, usd };
}

/**
 * @param already what earlier starts of the study have spent
 * @param cover asked, before each call, whether the most that unfinished episodes and calls under way can come to is
 *   held; the call waits for it
 */
export function budgetMeter(
  budget: StudySettings['budget'],
  already: Amount,
  cover?: (underWay: () => Amount, call: Amount) => Promise<boolean>,
): BudgetMeter {
  const most = limitsOf(budget);
  const limited = most.tokens < Infinity || most.usd < Infinity;
  let spent = already;
  let lost = nothing;
  let setAside = nothing;
  let largestCall = nothing;
  let uncounted = 0;
  const open = new Map<EpisodeAccount, () => Amount | undefined>();
  const queue = waitingRoom();

  const fits = ({ tokens, usd }: Amount) => tokens <= most.tokens && usd <= most.usd;
  /** What episodes in flight are still expected to spend. */
  const expectedRest = () => {
    let rest = nothing;
    for (const [account, expected] of open)
      rest = plus(rest, atLeastNothing(expected() ?? nothing, account.spent));
    return rest;
  };

  /** The most that everything can come to that the store does not know of yet. */
  const underWay = () => {
    let sum = plus(setAside, lost);
    for (const { spent: own } of open.keys()) sum = plus(sum, own);
    return sum;
  };

  const account = (): EpisodeAccount => {
    let mine = nothing;
    let unreported = nothing;
    const add = (used: Amount) => {
      mine = plus(mine, used);
      spent = plus(spent, used);
    };
    const self: EpisodeAccount = {
      get spent() {
        return mine;
      },
      add,
      noteUncounted: () => {
        uncounted++;
      },
      call: async (worst, signal) => {
        largestCall = larger(largestCall, worst);
        while (!fits(plus(plus(spent, setAside), worst))) {
          if (!fits(plus(spent, worst)) || setAside.tokens === 0)
            throw reached(most, spent, 'the next call can cost', worst);
          await queue.change(signal);
        }
        setAside = plus(setAside, worst);
        const settle = (used: Amount, assumed = nothing) => {
          setAside = atLeastNothing(setAside, worst);
          unreported = plus(unreported, assumed);
          add(used);
          queue.wake();
        };
        try {
          const covered = (await cover?.(underWay, worst)) ?? true;
          if (!covered) throw reached(most, spent, 'the next call can cost', worst);
        } catch (error) {
          settle(nothing);
          throw error;
        }
        return {
          settle,
          lose: () => {
            lost = plus(lost, worst);
            settle(worst);
          },
        };
      },
      end: () => {
        open.delete(self);
        lost = plus(lost, unreported);
        queue.wake();
      },
    };
    return self;
  };

  return {
    get spent() {
      return spent;
    },
    get lost() {
      return lost;
    },
    get uncounted() {
      return uncounted;
    },
    get setAside() {
      return setAside;
    },
    limited,
    episode: async (expected, aCall, signal) => {
      for (;;) {
        const next = expected();
        const needed = plus(next ?? nothing, larger(largestCall, aCall));
        if (limited && open.size > 0 && (!next || !fits(plus(plus(spent, expectedRest()), needed)))) {
          await queue.change(signal);
          continue;
        }
        // Without a spare token there is no use in trying; an episode of unknown cost may try.
        if (limited && (!fits(plus(spent, needed)) || spent.tokens >= most.tokens || spent.usd >= most.usd))
          throw reached(most, spent, 'the next episode is expected to cost', needed);
        const opened = account();
        open.set(opened, expected);
        return opened;
      }
    },
  };
}

/** Those who wait for something to change, woken together. */
function waitingRoom() {
  let waiting: (() => void)[] = [];
  return {
    wake: () => {
      const woken = waiting;
      waiting = [];
      for (const go of woken) go();
    },
    change: (signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        const onAbort = () => reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
        if (signal?.aborted) {
          onAbort();
          return;
        }
        signal?.addEventListener('abort', onAbort, { once: true });
        waiting.push(() => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        });
      }),
  };
}

export function larger(a: Amount, b: Amount): Amount {
  return { tokens: Math.max(a.tokens, b.tokens), usd: Math.max(a.usd, b.usd) };
}

/** The difference, at least nothing. */
export function atLeastNothing(a: Amount, b: Amount): Amount {
  return { tokens: Math.max(0, a.tokens - b.tokens), usd: Math.max(0, a.usd - b.usd) };
}

function reached(most: Amount, spent: Amount, what: string, next: Amount): BudgetReachedError {
  const dollars = (usd: number) => `$${usd.toFixed(usd < 0.1 ? 4 : 2)}`;
  const lines = [
    ...(most.tokens < Infinity
      ? [{ is: `${spent.tokens} of ${most.tokens} tokens`, next: `${Math.ceil(next.tokens)} tokens` }]
      : []),
    ...(most.usd < Infinity
      ? [{ is: `${dollars(spent.usd)} of ${dollars(most.usd)}`, next: dollars(next.usd) }]
      : []),
  ];
  return new BudgetReachedError(
    `The budget is reached: ${lines.map(({ is }) => is).join(' and ')} are spent, and ${what} up to ` +
      `${lines.map((line) => line.next).join(' and ')} more. Finished runs are stored. ` +
      'Raise `budget` in the study file and start again to go on.',
  );
}
