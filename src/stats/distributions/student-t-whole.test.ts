import { describe, expect, it } from 'vitest';
import { tCentralQuantile } from './student-t-whole.ts';
import { tQuantile } from './student-t.ts';

describe('tCentralQuantile', () => {
  it('has closed forms for one and two degrees of freedom', () => {
    // df 1 is the Cauchy distribution: P(|T| <= t) = 2/pi atan(t). For df 2 it is t / sqrt(2 + t^2).
    for (const share of [1e-9, 0.1, 0.5, 0.9, 0.95, 0.999]) {
      expect(tCentralQuantile(share, 1) / Math.tan((Math.PI * share) / 2)).toBeCloseTo(1, 12);
      expect(tCentralQuantile(share, 2) / (share * Math.sqrt(2 / (1 - share ** 2)))).toBeCloseTo(1, 12);
    }
  });

  it('agrees with the quantile from the incomplete beta function', () => {
    for (let df = 1; df < 20_000; df = Math.ceil(df * 1.3)) {
      for (const share of [0.01, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 1 - 1e-9]) {
        const ratio = tCentralQuantile(share, df) / tQuantile((1 + share) / 2, df);
        // A probability near 1 has no digits for more.
        const tolerance = 1e-11 + 1e-15 / (1 - share);
        expect(Math.abs(ratio - 1), `df ${df}, share ${share}`).toBeLessThan(tolerance);
      }
    }
  });
});
