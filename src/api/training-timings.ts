import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Json } from '../contracts/index.ts';

/** What a training had cost when an update was over; apart from all that is the same for the same seed. */
export type Lap = { readonly update: number; readonly cpuSeconds: number };

/** Counts processor seconds of this program, on top of those that a training had taken before it went on. */
export function cpuMeter(before: readonly Lap[]) {
  const start = process.cpuUsage();
  const already = before.at(-1)?.cpuSeconds ?? 0;
  const laps = [...before];
  return {
    laps: laps as readonly Lap[] & Json,
    lap: (update: number) => {
      const { user, system } = process.cpuUsage(start);
      laps.push({ update, cpuSeconds: Math.round(already * 10 + (user + system) / 1e5) / 10 });
    },
  };
}

export const timingsFile = 'timings.json';

/** What was counted of the training in this folder; nothing where nobody did. */
export function lapsIn(folder: string): readonly Lap[] {
  const file = path.join(folder, timingsFile);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as readonly Lap[]) : [];
}
