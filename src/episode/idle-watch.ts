import { systemClock } from '../core/index.ts';
import { usualIdleTimeoutMs } from './setting.ts';
import { type IdleWatch, type Step, strategyError } from './step.ts';

/**
 * Ends a step whose strategy awaits something other than its questions for too long, and one whose signal aborts
 * meanwhile: nobody else would notice. Most steps ask or decide before the event loop turns, and cost no timer.
 */
export function idleWatch(step: Step): IdleWatch {
  const { clock = systemClock, idleTimeoutMs = usualIdleTimeoutMs } = step.setting;
  let looking = false;
  let waiting: AbortController | undefined;

  const wait = () => {
    looking = false;
    if (step.closed || step.underWay > 0 || waiting) return;
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
    waiting?.abort();
    waiting = undefined;
  };

  return {
    busy,
    idle: () => {
      if (looking) return;
      looking = true;
      setImmediate(wait);
    },
    end: busy,
  };
}
