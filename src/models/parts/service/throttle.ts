import type { Clock } from '../../../core/index.ts';
import { rateBudget } from './rate-budget.ts';
import type { ServiceFault } from './fault.ts';

export interface ThrottleLimits {
  /** The most calls at once. */
  readonly concurrency: number;
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
}

/** Decides when the next call to a service may start; all calls to one service share one. */
export interface Throttle {
  /** Calls that may be under way now. */
  readonly limit: number;
  readonly inFlight: number;
  /** Waits for a turn, in the order of asking. @throws the reason of the signal that aborts first */
  start(estimatedTokens: number, signal?: AbortSignal): Promise<Turn>;
}

/** The permission for one call; it ends exactly once. */
export interface Turn {
  succeeded(usedTokens: number): void;
  failed(fault?: ServiceFault): void;
}

interface Waiting {
  readonly tokens: number;
  readonly go: () => void;
  /** Ends the waiting if it has been stopped. */
  readonly giveUp: () => void;
}

const firstHoldMs = 250;
const longestHoldMs = 20_000;
/** What is waited for of a limit per minute after a stop. */
const shortWaitMs = 1000;

/**
 * Additive increase, multiplicative decrease, as TCP does (Chiu and Jain 1989): a 429 halves the number of calls
 * at once, every `limit` successes add one back. Calls that were already under way when the limit was halved do
 * not halve it again. `Retry-After` holds all calls back, not only the one that was refused; and so does a second 429
 * without a success since the first, for twice as long with every further one, up to 20 s: a service that is asked by
 * many gets no more requests meanwhile than one that is asked by one.
 *
 * @param stop once aborted, it still waits for calls under way to end, but no longer for time to pass
 */
export function throttle(limits: ThrottleLimits, clock: Clock, stop?: AbortSignal): Throttle {
  const requests = rateBudget(limits.requestsPerMinute);
  const tokens = rateBudget(limits.tokensPerMinute);
  const queue: Waiting[] = [];
  let limit = limits.concurrency;
  let inFlight = 0;
  let epoch = 0;
  let heldUntil = -Infinity;
  /** Times in a row that the calls of an epoch met a 429. */
  let streak = 0;
  let timer: { readonly cancel: AbortController; readonly at: number } | undefined;

  const pump = () => {
    while (queue.length > 0 && inFlight < Math.floor(limit)) {
      const now = clock.monotonicMs();
      const [next] = queue;
      const wait = Math.max(heldUntil - now, requests.waitMs(1, now), tokens.waitMs(next.tokens, now));
      if (wait > 0) {
        if (stop?.aborted && (heldUntil > now || wait > shortWaitMs)) {
          next.giveUp();
          continue;
        }
        wakeAt(now + wait, now);
        return;
      }
      queue.shift();
      inFlight++;
      requests.use(1, now);
      tokens.use(next.tokens, now);
      next.go();
    }
    if (queue.length === 0) timer?.cancel.abort();
  };
  const wakeAt = (at: number, now: number) => {
    if (timer && !timer.cancel.signal.aborted && timer.at <= at) return;
    timer?.cancel.abort();
    const mine = { cancel: new AbortController(), at };
    timer = mine;
    const woken = () => {
      if (mine.cancel.signal.aborted) return;
      timer = undefined;
      pump();
    };
    clock.sleep(Math.ceil(at - now), mine.cancel.signal).then(woken, () => {});
  };

  const hold = (ms: number, now: number) => {
    heldUntil = Math.max(heldUntil, now + ms);
  };

  const turn = (estimated: number): Turn => {
    const started = epoch;
    const ended = () => {
      inFlight--;
      pump();
    };
    return {
      succeeded: (used) => {
        tokens.correct(used - estimated);
        limit = Math.min(limits.concurrency, limit + 1 / limit);
        streak = 0;
        ended();
      },
      failed: (fault) => {
        const now = clock.monotonicMs();
        if (fault?.kind === 'rate-limited' && started === epoch) {
          epoch++;
          limit = Math.max(1, limit / 2);
          if (streak > 0) hold(Math.min(firstHoldMs * 2 ** (streak - 1), longestHoldMs), now);
          streak++;
        }
        if (fault?.retryAfterMs !== undefined) hold(fault.retryAfterMs, now);
        ended();
      },
    };
  };

  stop?.addEventListener('abort', pump, { once: true });
  return {
    get limit() {
      return Math.floor(limit);
    },
    get inFlight() {
      return inFlight;
    },
    start: (estimated, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        const end = (by: AbortSignal | undefined) => {
          signal?.removeEventListener('abort', onAbort);
          queue.splice(queue.indexOf(waiting), 1);
          reject(by?.reason instanceof Error ? by.reason : new Error('aborted'));
        };
        const onAbort = () => {
          end(signal);
          pump();
        };
        const waiting: Waiting = {
          tokens: estimated,
          go: () => {
            signal?.removeEventListener('abort', onAbort);
            resolve(turn(estimated));
          },
          giveUp: () => end(stop),
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        queue.push(waiting);
        pump();
      }),
  };
}
