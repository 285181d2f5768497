import { systemClock } from '../core/index.ts';
import { usualIdleTimeoutMs } from './setting.ts';
import { type IdleWatch, type Step, strategyError } from './step.ts';

/** After so long a step that is idle is watched. Most have asked or decided by then, and cost one timer that is cleared. */
const glanceMs = 20;

/**
 * Ends a step whose strategy awaits something other than its questions for too long, and one whose signal aborts
 * meanwhile: nobody else would notice.
 */
export function idleWatch(step: Step): IdleWatch {
  const { clock = systemClock, idleTimeoutMs = usualIdleTimeoutMs } = step.setting;
  let glance: NodeJS.Timeout | undefined;
  let waiting: AbortController | undefined;

  const wait = () => {
    waiting = new AbortController();
    const { signal } = step;
    const either = signal ? AbortSignal.any([signal, waiting.signal]) : waiting.signal;
    const idled = () =>
      step.fail(
        strategyError(
          step,
          `it has asked nobody and decided nothing for ${idleTimeoutMs / 1000} s. Let \`decide\` return its actions, or ` +
            'give it more time with `idleTimeoutMs`.',
        ),
      );
    clock.sleep(idleTimeoutMs, either).then(idled, () => {
      if (signal?.aborted) step.fail(signal.reason);
    });
  };
  const busy = () => {
    clearTimeout(glance);
    waiting?.abort();
    waiting = undefined;
  };

  return {
    busy,
    idle: () => {
      busy();
      glance = setTimeout(wait, glanceMs);
    },
    end: busy,
  };
}
