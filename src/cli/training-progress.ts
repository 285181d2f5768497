import type { FirstUseProgress, ModelLoad, TrainingProgress } from '../api/index.ts';
import type { Clock } from '../core/index.ts';
import { note } from './output.ts';

export interface TrainingDisplay {
  readonly show: (progress: TrainingProgress) => void;
  end(): void;
}

const linePeriodMs = 5000;

/** A bar on a terminal; elsewhere a plain line every five seconds. */
export async function trainingDisplay(clock: Clock): Promise<TrainingDisplay> {
  if (!process.stderr.isTTY) return lines(clock);
  const { SingleBar } = await import('cli-progress');
  const single = new SingleBar({
    format: '{bar} {value}/{total} updates | return {recent}',
    stream: process.stderr,
    hideCursor: true,
  });
  const recent = recentReturn();
  let started = false;
  return {
    show: (progress) => {
      const payload = { recent: recent(progress) };
      if (!started) single.start(progress.updates, progress.update, payload);
      else single.update(progress.update, payload);
      started = true;
    },
    end: () => single.stop(),
  };
}

function lines(clock: Clock): TrainingDisplay {
  const recent = recentReturn();
  let next = clock.monotonicMs() + linePeriodMs;
  return {
    show: (progress) => {
      const text = recent(progress);
      if (clock.monotonicMs() < next) return;
      next = clock.monotonicMs() + linePeriodMs;
      note(`${progress.update}/${progress.updates} updates, return ${text}`);
    },
    end: () => {},
  };
}

/** The return of recent training episodes, exploration included: a mean that forgets. */
function recentReturn(): (progress: TrainingProgress) => string {
  let mean: number | undefined;
  return ({ meanReturn }) => {
    mean = mean === undefined ? meanReturn : 0.98 * mean + 0.02 * meanReturn;
    return mean.toFixed(2);
  };
}

/** Before this a load is no wait. */
const shortLoadMs = 2000;

/** A line every five seconds on a model file that takes a while to load. */
export function loadLines(clock: Clock, say: (text: string) => void = note): (load: ModelLoad) => void {
  const next = new Map<string, number>();
  return ({ file, share }) => {
    const now = clock.monotonicMs();
    const due = next.get(file) ?? now + shortLoadMs;
    next.set(file, now < due ? due : now + linePeriodMs);
    if (now >= due) say(`Loading ${file}: ${Math.floor(100 * share)}%`);
  };
}

/** A line every five seconds on networks that are trained before a study starts. */
export function firstUseLines(clock: Clock): (progress: FirstUseProgress) => void {
  let next = clock.monotonicMs();
  return ({ networks, done, name, update, updates, seconds }) => {
    const last = done + 1 === networks && update === updates;
    if (clock.monotonicMs() < next && !last) return;
    next = clock.monotonicMs() + linePeriodMs;
    note(
      `${done}/${networks} networks trained, ${Math.round(seconds)} s of processor time; ${name}: ${update}/${updates}`,
    );
  };
}
