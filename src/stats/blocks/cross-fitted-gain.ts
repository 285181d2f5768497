import { InputError } from '../../core/index.ts';
import { tQuantile, tTwoSided } from '../distributions/index.ts';

export interface CrossFittedGain {
  /** Mean gain over the baseline of the level chosen on the other folds; `null` when not estimable. */
  readonly estimate: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly p: number | null;
  readonly confidence: number;
  /** Gain of the level that is best on all the data, measured on the same data: too large on average. */
  readonly naive: number | null;
  /** The level that is best on all the data. */
  readonly chosen: string | null;
  /** How often each level was chosen; only levels chosen at least once. */
  readonly choices: Readonly<Record<string, number>>;
  readonly folds: number;
  readonly reason?: string;
}

/**
 * What choosing the best strategy gains over a baseline, on seeds that were not used to choose it.
 *
 * The mean of the best of several noisy means overstates its worth (the winner's curse). So each seed is left
 * out once, the level with the highest mean over the other seeds is chosen, and its gain is measured on the seed
 * left out (leave-one-out cross-fitting). The interval is a t interval over the seeds' gains; the choices share
 * data, so it is approximate.
 *
 * @param scores [seeds][levels], means over whatever else varies; NaN leaves the seed out
 * @param levels names, the baseline among them; the baseline itself may be chosen, for a gain of 0
 * @param options.preferred the level that wins ties; default the baseline
 * @throws InputError when the baseline or the preferred level is not among the levels, or a row has another length
 */
export function crossFittedGain(
  scores: readonly ArrayLike<number>[],
  levels: readonly string[],
  baseline: string,
  options: { readonly confidence?: number; readonly preferred?: string } = {},
): CrossFittedGain {
  const { confidence = 0.95, preferred = baseline } = options;
  const base = levels.indexOf(baseline);
  if (base < 0) throw new InputError(`Baseline "${baseline}" is not among ${levels.join(', ')}.`);
  const first = levels.indexOf(preferred);
  if (first < 0) throw new InputError(`The level "${preferred}" is not among ${levels.join(', ')}.`);
  for (const row of scores) {
    if (row.length !== levels.length) {
      throw new InputError(`crossFittedGain: a row has ${row.length} values for ${levels.length} levels.`);
    }
  }
  const rows = scores.map((row) => Array.from(row)).filter((row) => row.every(Number.isFinite));
  const n = rows.length;
  const none = { estimate: null, low: null, high: null, p: null, confidence, folds: n };
  if (n < 3) {
    return { ...none, naive: null, chosen: null, choices: {}, reason: `${n} complete seed(s), but 3 needed` };
  }
  const totals = levels.map((_, s) => rows.reduce((sum, row) => sum + row[s], 0));
  const best = (values: readonly number[]) =>
    values.reduce((top, x, s) => (x > values[top] ? s : top), first);
  const overall = best(totals);
  const choices: Record<string, number> = {};
  const gains = rows.map((row) => {
    const choice = best(totals.map((total, s) => total - row[s]));
    choices[levels[choice]] = (choices[levels[choice]] ?? 0) + 1;
    return row[choice] - row[base];
  });
  const estimate = gains.reduce((sum, x) => sum + x, 0) / n;
  const shared = { naive: (totals[overall] - totals[base]) / n, chosen: levels[overall], choices };
  const variance = gains.reduce((sum, x) => sum + (x - estimate) ** 2, 0) / (n * (n - 1));
  if (!(variance > 0)) {
    const reason =
      choices[baseline] === n ? 'the baseline itself was always the best' : 'no spread over seeds';
    return { ...none, ...shared, estimate, reason };
  }
  const margin = tQuantile((1 + confidence) / 2, n - 1) * Math.sqrt(variance);
  const { p } = tTwoSided(estimate / Math.sqrt(variance), n - 1);
  return { ...shared, estimate, low: estimate - margin, high: estimate + margin, p, confidence, folds: n };
}
