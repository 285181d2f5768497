import { systemClock } from '../core/index.ts';
import { type DeciderSetting, usualIdleTimeoutMs } from './setting.ts';
import type { IdleWatch } from './step.ts';

/** After so long a step that is idle is watched. Most have asked or decided by then, and cost one timer that is cleared. */
const glanceMs = 20;

/** What is watched. */
export interface Watched extends Pick<DeciderSetting, 'clock' | 'idleTimeoutMs'> {
  readonly signal?: AbortSignal | undefined;
  /** Ends it. */
  readonly fail: (error: unknown) => void;
  /** Why, where it has been idle for so many seconds. */
  readonly late: (seconds: number) => Error;
}

/**
 * Ends what awaits something other than its questions for too long, and what goes on after its signal has aborted: nobody
 * else would notice.
 */
export function idleWatch(watched: Watched): IdleWatch {
  const { clock = systemClock, idleTimeoutMs = usualIdleTimeoutMs, signal, fail, late } = watched;
  let ended = false;
  let glance: NodeJS.Timeout | undefined;
  let waiting: AbortController | undefined;

  const wait = () => {
    waiting = new AbortController();
    const either = signal ? AbortSignal.any([signal, waiting.signal]) : waiting.signal;
    clock.sleep(idleTimeoutMs, either).then(
      () => fail(late(idleTimeoutMs / 1000)),
      () => {
        if (signal?.aborted) fail(signal.reason);
      },
    );
  };
  const busy = () => {
    clearTimeout(glance);
    waiting?.abort();
    waiting = undefined;
  };

  return {
    busy,
    idle: () => {
      if (ended) return;
      busy();
      glance = setTimeout(wait, glanceMs);
    },
    end: () => {
      ended = true;
      busy();
    },
  };
}
