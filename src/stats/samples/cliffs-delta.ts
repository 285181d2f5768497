import { tQuantile } from '../distributions/index.ts';
import { requireFinite, requireShare } from '../require-finite.ts';
import type { StandardisedEffect } from './standardised.ts';

/**
 * Cliff's delta of two independent samples, P(x > y) - P(x < y), from -1 to 1: an effect that knows only which is
 * larger (Cliff 1993). It is 2 `probabilityOfImprovement` - 1.
 *
 * Interval: Cliff's (1996) asymmetric one, from the unbiased variance of the dominances d_ij = sign(x_i - y_j),
 * t with n + m - 2 degrees of freedom. Where every x beats every y the variance is 0 and bounds come from its
 * smallest possible value, (1 - delta^2) / (n m - 1); at delta = 1 or -1 the interval is a point: no overlap was
 * seen, not that there is none.
 *
 * @throws InputError with fewer than two values in either sample, or when one is not finite
 */
export function cliffsDelta(
  x: readonly number[],
  y: readonly number[],
  confidence = 0.95,
): StandardisedEffect {
  requireFinite("Cliff's delta, x", x, 2);
  requireFinite("Cliff's delta, y", y, 2);
  requireShare('confidence', confidence);
  const [n, m] = [x.length, y.length];
  const rows = x.map((a) => y.reduce((sum, b) => sum + Math.sign(a - b), 0) / m);
  const columns = y.map((b) => x.reduce((sum, a) => sum + Math.sign(a - b), 0) / n);
  const delta = rows.reduce((sum, d) => sum + d, 0) / n;
  const square = (values: readonly number[]) => values.reduce((sum, d) => sum + (d - delta) ** 2, 0);
  let all = 0;
  for (const a of x) for (const b of y) all += (Math.sign(a - b) - delta) ** 2;
  const unbiased = (m * m * square(rows) + n * n * square(columns) - all) / (n * m * (n - 1) * (m - 1));
  const variance = Math.max(unbiased, (1 - delta * delta) / (n * m - 1));
  const z = tQuantile(0.5 + confidence / 2, n + m - 2);
  const room = 1 - delta * delta;
  const scale = room + z * z * variance;
  if (!(scale > 0)) return { estimate: delta, low: delta, high: delta };
  const half = z * Math.sqrt(variance) * Math.sqrt(room * room + z * z * variance);
  const centre = delta - delta ** 3;
  return {
    estimate: delta,
    low: Math.max(-1, (centre - half) / scale),
    high: Math.min(1, (centre + half) / scale),
  };
}
