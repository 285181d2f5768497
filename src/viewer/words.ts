import type { StudyProgress } from '../contracts/index.ts';
import { count, plural } from '../report/format.ts';

/** "2 h 5 min", "48 s". */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.round(hours / 24)} days`;
}

/** A moment as people in the reader's place write it. */
export function moment(iso: string): string {
  return new Date(iso).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

export function settledRuns({ statuses }: StudyProgress): number {
  return Object.values(statuses).reduce((sum, n) => sum + n, 0);
}

export function failedRuns(progress: StudyProgress): number {
  return settledRuns(progress) - progress.statuses.done;
}

/** Episodes per second at the pace of the last ones. */
export function pace({ recent }: StudyProgress): number | undefined {
  return recent && recent.overMs > 0 ? (1000 * recent.episodes) / recent.overMs : undefined;
}

export function paceText(perSecond: number | undefined): string {
  if (perSecond === undefined) return '–';
  if (perSecond >= 1) return `${perSecond.toFixed(1)} episodes/s`;
  return perSecond >= 1 / 60
    ? `${(60 * perSecond).toFixed(1)} episodes/min`
    : `${(3600 * perSecond).toFixed(1)} episodes/h`;
}

export function tokensOf({ usage }: Pick<StudyProgress, 'usage'>): string {
  const { inputTokens, outputTokens } = usage;
  if (inputTokens === undefined && outputTokens === undefined) return 'not reported';
  return count((inputTokens ?? 0) + (outputTokens ?? 0));
}

/** A level of a further factor. */
export function level(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function levels(factors: Readonly<Record<string, unknown>>): string {
  return Object.entries(factors)
    .map(([name, value]) => `${name} ${level(value)}`)
    .join(', ');
}

export { count, plural };
