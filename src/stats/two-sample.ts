import { InputError } from '../core/index.ts';
import { midRanks } from './correlation.ts';
import { normalTwoSided, tQuantile, tTwoSided } from './distributions/index.ts';
import { requireFinite } from './require-finite.ts';

export interface WelchTest {
  readonly estimate: number;
  readonly t: number;
  readonly df: number;
  readonly p: number;
  readonly logP: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Welch's t test of two independent samples with unequal variances (Welch 1947).
 *
 * For scores of one study compare within blocks instead (`contrastFamily`): the samples here share nothing.
 *
 * @throws InputError with fewer than two values in a sample, or when neither sample varies
 */
export function welchTest(x: ArrayLike<number>, y: ArrayLike<number>, confidence = 0.95): WelchTest {
  requireFinite('welchTest, x', x, 2);
  requireFinite('welchTest, y', y, 2);
  const [a, b] = [x, y].map((values) => {
    const n = values.length;
    let m = 0;
    for (let i = 0; i < n; i++) m += values[i] / n;
    let squares = 0;
    for (let i = 0; i < n; i++) squares += (values[i] - m) ** 2;
    return { m, v: squares / (n - 1) / n, df: n - 1 };
  });
  const variance = a.v + b.v;
  if (!(variance > 0)) throw new InputError('welchTest: neither sample varies.');
  const df = variance ** 2 / (a.v ** 2 / a.df + b.v ** 2 / b.df);
  const estimate = a.m - b.m;
  const t = estimate / Math.sqrt(variance);
  const margin = tQuantile((1 + confidence) / 2, df) * Math.sqrt(variance);
  return { estimate, t, df, ...tTwoSided(t, df), low: estimate - margin, high: estimate + margin };
}

export interface MannWhitneyTest {
  /** Wins of x over y plus half the ties. */
  readonly u: number;
  readonly p: number;
  readonly logP: number;
}

/**
 * Mann-Whitney (Wilcoxon rank-sum) test of two independent samples: normal approximation with the variance
 * corrected for ties and a continuity correction of 1/2.
 *
 * @throws InputError when a sample is empty, or when all values are equal
 */
export function mannWhitneyTest(x: ArrayLike<number>, y: ArrayLike<number>): MannWhitneyTest {
  requireFinite('mannWhitneyTest, x', x);
  requireFinite('mannWhitneyTest, y', y);
  const n = x.length;
  const m = y.length;
  const all = [...Array.from(x), ...Array.from(y)];
  const ranks = midRanks(all);
  let u = (-n * (n + 1)) / 2;
  for (let i = 0; i < n; i++) u += ranks[i];
  const counts = new Map<number, number>();
  for (const rank of ranks) counts.set(rank, (counts.get(rank) ?? 0) + 1);
  let ties = 0;
  for (const t of counts.values()) ties += t ** 3 - t;
  const total = n + m;
  const variance = ((n * m) / 12) * (total + 1 - ties / (total * (total - 1)));
  if (!(variance > 0)) throw new InputError('mannWhitneyTest: all values are equal.');
  const difference = u - (n * m) / 2;
  const z = (difference - Math.sign(difference) * 0.5) / Math.sqrt(variance);
  return { u, ...normalTwoSided(z) };
}
