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
  return process.stderr.isTTY ? bar() : lines(clock);
}

async function bar(): Promise<ProgressDisplay> {
  const { SingleBar } = await import('cli-progress');
  const single = new SingleBar({
    format: '{bar} {value}/{total} runs | {failed} failed | {spent} | {eta_formatted} left',
    stream: process.stderr,
    hideCursor: true,
    etaBuffer: 100,
  });
  let started = false;
  return {
    show: (progress) => {
      const payload = { failed: progress.failed, spent: spentText(progress) };
      if (!started) single.start(progress.total, progress.completed, payload);
      else single.update(progress.completed, payload);
      started = true;
    },
    end: () => single.stop(),
  };
}

function lines(clock: Clock): ProgressDisplay {
  const start = clock.monotonicMs();
  let next = start;
  let last: Progress | undefined;
  let shown: Progress | undefined;
  const write = (progress: Progress) => {
    const seconds = (clock.monotonicMs() - start) / 1000;
    const left =
      progress.played > 0 ? ((progress.total - progress.completed) / progress.played) * seconds : undefined;
    note(
      `${progress.completed}/${progress.total} runs, ${progress.failed} failed, ${spentText(progress)}` +
        (left === undefined ? '' : `, about ${Math.ceil(left)} s left`),
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

function spentText({ spent }: Progress): string {
  const tokens =
    spent.tokens >= 1e6 ? `${(spent.tokens / 1e6).toFixed(1)}M` : `${Math.round(spent.tokens / 1000)}k`;
  return `${tokens} tokens${spent.usd > 0 ? `, $${spent.usd.toFixed(2)}` : ''}`;
}
