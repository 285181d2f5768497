import { tQuantile } from '../../src/stats/distributions/student-t.ts';

export const average = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

/** The 95% t interval of the mean; undefined for a single value. */
export function meanInterval(values: readonly number[]): readonly [number, number] | undefined {
  const n = values.length;
  if (n < 2) return undefined;
  const mean = average(values);
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1);
  const half = tQuantile(0.975, n - 1) * Math.sqrt(variance / n);
  return [mean - half, mean + half];
}
