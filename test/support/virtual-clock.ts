import type { Clock } from '../../src/core/index.ts';

/** A clock that stands still until it is told to go on. */
export function virtualClock(): Clock & { advance(ms: number): Promise<void> } {
  let now = 0;
  const sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    monotonicMs: () => now,
    timestamp: () => new Date(now).toISOString(),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        const sleeper = { at: now + ms, wake: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', () => {
          sleepers.delete(sleeper);
          reject(signal.reason as Error);
        });
      }),
    /** Wakes sleepers in the order of their times, letting each act before the next. */
    advance: async (ms) => {
      const end = now + ms;
      await settle();
      for (;;) {
        const next = [...sleepers].sort((a, b) => a.at - b.at)[0];
        if (!next || next.at > end) break;
        now = Math.max(now, next.at);
        sleepers.delete(next);
        next.wake();
        await settle();
      }
      now = end;
      await settle();
    },
  };
}

/** A clock on which only sleeping takes time, and no real time: it leaps to the end of every sleep. */
export function leapingClock(): { readonly clock: Clock; readonly slept: readonly number[] } {
  const slept: number[] = [];
  let now = 0;
  const clock: Clock = {
    monotonicMs: () => now,
    timestamp: () => new Date(now).toISOString(),
    sleep: async (ms, signal) => {
      slept.push(ms);
      const end = now + ms;
      signal?.throwIfAborted();
      await new Promise<void>((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
      now = Math.max(now, end);
    },
  };
  return { clock, slept };
}
