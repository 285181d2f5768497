import type { RandomStream } from '../../src/core/index.ts';
import {
  decide,
  type HowSettled,
  lookLevels,
  meanCorrelation,
  pairedEvidence,
  settledBy,
} from '../../src/stats/index.ts';
import { strategies, tasks, type Setting } from './settings.ts';

/** What the simulated studies are asked to settle. */
export interface Growing {
  /** Seeds by each look. */
  readonly looks: readonly number[];
  /** What the scores of a setting are multiplied by. */
  readonly scale: number;
  /** The gain of strategy s on a task; 0 for the baseline, which is strategy 0. */
  readonly gain: (task: number, s: number) => number;
}

/** What one study that grew has come to. */
export interface Grown {
  /** Runs played, of all strategies and tasks. */
  readonly runs: number;
  readonly claims: readonly {
    readonly task: number;
    readonly s: number;
    readonly how: HowSettled | undefined;
    readonly shown?: 'gain' | 'harm';
    readonly low: number | null;
    readonly high: number | null;
  }[];
}

const margin = 0.1;
const alpha = 0.05;

/** The levels of the looks, for all studies of one plan. */
export function levelsFor(looks: readonly number[]) {
  const comparisons = tasks * (strategies - 1);
  return {
    gains: lookLevels(alpha / 2, looks, comparisons),
    equals: lookLevels(alpha, looks, comparisons),
  };
}

/** Plays a study look by look as `followLooks` does, on scores that are drawn whole and read as far as they are played. */
export function grow(
  setting: Setting,
  { looks, scale, gain }: Growing,
  { gains, equals }: ReturnType<typeof levelsFor>,
  stream: RandomStream,
): Grown {
  const most = looks.at(-1)!;
  const block = new Float64Array(strategies);
  const scores = Array.from({ length: tasks }, (_, task) =>
    Array.from({ length: most }, () => {
      setting.draw(block, task, stream);
      return Array.from(block, (x, s) => x * scale + gain(task, s));
    }),
  );
  const compared = Array.from({ length: strategies - 1 }, (_, i) => i + 1);
  const rows = scores.map(() => compared.map(() => new Float64Array(most).fill(NaN)));
  const open = scores.map(() => compared.map(() => true));
  const claims: Grown['claims'][number][] = [];
  let runs = 0;
  let seen = 0;
  looks.forEach((seeds, k) => {
    if (!open.some((own) => own.includes(true))) return;
    for (let task = 0; task < tasks; task++) {
      if (!open[task].includes(true)) continue;
      runs += seeds - seen;
      compared.forEach((s, i) => {
        if (!open[task][i]) return;
        runs += seeds - seen;
        for (let b = seen; b < seeds; b++) rows[task][i][b] = scores[task][b][s] - scores[task][b][0];
      });
    }
    seen = seeds;
    const evidence = rows.map((own) => own.map((row) => pairedEvidence(row, 1)));
    const decisions = decide(
      rows.map((own, task) => ({
        comparisons: evidence[task],
        correlation: meanCorrelation(own),
        margin,
        range: 1,
      })),
      2 * gains[k],
      equals[k],
    );
    for (let task = 0; task < tasks; task++)
      compared.forEach((s, i) => {
        const own = decisions[task].comparisons[i];
        if (!open[task][i] || !own) return;
        const how = settledBy(
          { asGood: own.asGood, shown: own.shown !== undefined },
          evidence[task][i]!,
          margin,
        );
        if (how === undefined && k < looks.length - 1) return;
        open[task][i] = false;
        const { shown, low, high } = own;
        claims.push({ task, s, how, low, high, ...(shown && { shown }) });
      });
  });
  return { runs, claims };
}
