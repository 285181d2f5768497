import { InputError } from '../core/index.ts';

export type AdjustMethod = 'none' | 'bonferroni' | 'holm' | 'hochberg' | 'bh' | 'by';

/**
 * Adjusts p-values for their number. Bonferroni, Holm (1979) and Hochberg (1988) control the chance of a single
 * false claim, BH (Benjamini & Hochberg 1995) and BY (Benjamini & Yekutieli 2001) the expected share of false
 * ones among the claims. Holm is never worse than Bonferroni and needs no assumption.
 *
 * @param p values in (0, 1]; an entry of `null` (not estimable) stays `null` and does not count
 * @returns in the order given
 * @throws InputError when a value lies outside (0, 1]
 */
export function adjustP(p: readonly (number | null)[], method: AdjustMethod): (number | null)[] {
  p.forEach((value, i) => {
    if (value !== null && !(value > 0 && value <= 1)) {
      throw new InputError(`adjustP: p-value ${i + 1} is ${value}; it must lie in (0, 1].`);
    }
  });
  const given = p.flatMap((value, index) => (value === null ? [] : [{ value, index }]));
  given.sort((a, b) => a.value - b.value);
  const adjusted = adjustSorted(
    given.map(({ value }) => value),
    method,
  );
  const out = new Array<number | null>(p.length).fill(null);
  given.forEach(({ index }, i) => (out[index] = adjusted[i]));
  return out;
}

function adjustSorted(sorted: readonly number[], method: AdjustMethod): number[] {
  const n = sorted.length;
  switch (method) {
    case 'none':
      return sorted.slice();
    case 'bonferroni':
      return sorted.map((p) => Math.min(1, n * p));
    case 'holm':
      return runningMax(sorted.map((p, i) => Math.min(1, (n - i) * p)));
    case 'hochberg':
      return runningMinFromEnd(sorted.map((p, i) => Math.min(1, (n - i) * p)));
    case 'bh':
      return runningMinFromEnd(sorted.map((p, i) => Math.min(1, (n / (i + 1)) * p)));
    case 'by': {
      let harmonic = 0;
      for (let i = 1; i <= n; i++) harmonic += 1 / i;
      return runningMinFromEnd(sorted.map((p, i) => Math.min(1, ((harmonic * n) / (i + 1)) * p)));
    }
  }
}

function runningMax(values: readonly number[]): number[] {
  let most = 0;
  return values.map((x) => (most = Math.max(most, x)));
}

function runningMinFromEnd(values: readonly number[]): number[] {
  let least = Infinity;
  return values
    .slice()
    .reverse()
    .map((x) => (least = Math.min(least, x)))
    .reverse();
}
