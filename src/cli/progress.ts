import type { Progress } from '../api/index.ts';
import type { Clock } from '../core/index.ts';
import { note } from './output.ts';

export interface ProgressDisplay {
  show(progress: Progress): void;
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
  let last: Progress | undefined;
  let shown: Progress | undefined;
  const write = (progress: Progress) => {
    note(
      `${progress.completed}/${progress.total} runs, ${progress.failed} failed, ${spentText(progress)}` +
        left(progress, ', about '),
    );
    shown = progress;
  };
  return {
    show: (progress) => {
      last = progress;
      if (clock.monotonicMs() < next) return;
      next = clock.monotonicMs() + linePeriodMs;
      write(progress);
    },
    end: () => {
      if (last && last !== shown) write(last);
    },
  };
}

/**
 * Time left at the pace of the runs that were played since now. Runs found finished say nothing about the pace,
 * so a resumed study shows no time before it has played one.
 */
function timeLeft(clock: Clock): (progress: Progress, before: string) => string {
  const start = clock.monotonicMs();
  return ({ total, completed, played }, before) => {
    if (played === 0) return '';
    const seconds = Math.ceil(((total - completed) / played) * ((clock.monotonicMs() - start) / 1000));
    return `${before}${seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`} left`;
  };
}

function spentText({ spent }: Progress): string {
  const tokens =
    spent.tokens >= 1e6 ? `${(spent.tokens / 1e6).toFixed(1)}M` : `${Math.round(spent.tokens / 1000)}k`;
  return `${tokens} tokens${spent.usd > 0 ? `, $${spent.usd.toFixed(2)}` : ''}`;
}
