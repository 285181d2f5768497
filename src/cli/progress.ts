import type { Progress, ServiceWait } from '../api/index.ts';
import type { Clock } from '../core/index.ts';
import { note } from './output.ts';

export interface ProgressDisplay {
  show(progress: Progress): void;
  /** Says once that a service has to be waited for, however many calls wait for it. */
  wait(wait: ServiceWait): void;
  end(): void;
}

const linePeriodMs = 10_000;

/** A bar on a terminal; elsewhere a plain line every ten seconds. */
export async function progressDisplay(clock: Clock): Promise<ProgressDisplay> {
  return process.stderr.isTTY ? bar(clock) : lines(clock);
}

async function bar(clock: Clock): Promise<ProgressDisplay> {
  const { SingleBar } = await import('cli-progress');
  const single = new SingleBar({
    format: '{bar} {value}/{total} runs | {failed} failed | {spent}{left}',
    stream: process.stderr,
    hideCursor: true,
  });
  const left = timeLeft(clock);
  let started = false;
  return {
    wait: once(clock, (text) => {
      // Above the bar, which is drawn again below.
      if (started) process.stderr.write('\r\u001b[K');
      note(text);
    }),
    show: (progress) => {
      const payload = { failed: progress.failed, spent: spentText(progress), left: left(progress, ' | ') };
      if (!started) single.start(progress.total, progress.completed, payload);
      else single.update(progress.completed, payload);
      started = true;
    },
    end: () => single.stop(),
  };
}

function lines(clock: Clock): ProgressDisplay {
  const left = timeLeft(clock);
  let next = clock.monotonicMs();
  let last = '';
  let shown = '';
  const write = () => {
    if (last !== shown) note(last);
    shown = last;
  };
  return {
    wait: once(clock, note),
    show: (progress) => {
      const { completed, total, failed } = progress;
      last = `${completed}/${total} runs, ${failed} failed, ${spentText(progress)}${left(progress, ', about ')}`;
      if (clock.monotonicMs() < next) return;
      next = clock.monotonicMs() + linePeriodMs;
      write();
    },
    end: write,
  };
}

/** Calls that wait for the same thing say so together. */
const togetherMs = 5000;

function once(clock: Clock, say: (text: string) => void): (wait: ServiceWait) => void {
  const until = new Map<string, number>();
  return ({ model, ms, why }) => {
    const end = clock.monotonicMs() + ms;
    if (end < (until.get(model) ?? -Infinity) + togetherMs) return;
    until.set(model, end);
    const time = new Date(Date.parse(clock.timestamp()) + ms).toISOString().slice(11, 19);
    say(
      `Waiting ${Math.round(ms / 1000)} s for ${model}, until ${time} UTC; Ctrl-C ends it. It says: ${why}`,
    );
  };
}

/**
 * Time left at the pace of the later half of the runs that were played since now. The first ones say little: while
 * the models warm up and the references of the instances are computed, none finishes. So nothing is said before runs
 * have been finishing for a quarter of the time that the first one took, nor about runs found finished.
 */
export function timeLeft(clock: Clock): (progress: Progress, before: string) => string {
  const start = clock.monotonicMs();
  /** When so many runs, and one more, had been played. */
  const reached: number[] = [];
  return ({ total, completed, played }, before) => {
    const now = clock.monotonicMs();
    while (reached.length < played) reached.push(now);
    if (completed === total || played < 2 || now - reached[0] <= (reached[0] - start) / 4) return '';
    const half = Math.floor(played / 2);
    const msPerRun = (now - reached[half - 1]) / (played - half);
    const seconds = Math.ceil(((total - completed) * msPerRun) / 1000);
    return `${before}${seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`} left`;
  };
}

function spentText({ spent, uncounted }: Progress): string {
  const tokens = shortCount(spent.tokens);
  const dollars = spent.usd > 0 ? `, $${spent.usd.toFixed(2)}` : '';
  if (uncounted === 0) return `${tokens} tokens${dollars}`;
  if (spent.tokens === 0) return 'tokens not reported';
  return `${tokens} tokens${dollars}, ${uncounted} answers without a count`;
}

function shortCount(tokens: number): string {
  if (tokens >= 1e6) return `${(tokens / 1e6).toFixed(1)}M`;
  return tokens >= 1000 ? `${Math.round(tokens / 1000)}k` : String(tokens);
}
