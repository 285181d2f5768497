/** Two-sided 97.5% points of Student's t for 1 to 9 degrees of freedom. */
const studentT = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];

export const average = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

/** The 95% t interval of the mean of 2 to 10 values; undefined for a single one. */
export function meanInterval(values: readonly number[]): readonly [number, number] | undefined {
  const n = values.length;
  if (n < 2) return undefined;
  const mean = average(values);
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1);
  const half = studentT[n - 2] * Math.sqrt(variance / n);
  return [mean - half, mean + half];
}
