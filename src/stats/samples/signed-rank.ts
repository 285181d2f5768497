import { type Alternative, pOfAlternative } from '../alternative.ts';
import { normalQuantile, normalUpperTail } from '../distributions/index.ts';
import { requireFinite, requireShare } from '../require-finite.ts';
import { midranks, tieTerm } from './ranks.ts';

export interface SignedRankTest {
  /** Sum of the ranks of the positive differences. */
  readonly statistic: number;
  readonly p: number;
  /** Hodges-Lehmann: the median of all means of two differences. */
  readonly estimate: number;
  /** Its interval, by the distribution without ties; `null` with fewer than two differences that are not 0. */
  readonly low: number | null;
  readonly high: number | null;
  /** Differences that are not 0; the others are left out. */
  readonly n: number;
  readonly exact: boolean;
}

/** Up to here the distribution is counted out; beyond it a normal approximation errs by less than 1e-4. */
const mostExact = 200;
const mostPairs = 2000;

/**
 * Wilcoxon's signed-rank test of paired differences (Wilcoxon 1945), exact with ties too: all 2^n ways to give the
 * observed midranks signs are counted (R's `wilcox.test` falls back to a normal approximation there). Beyond 200
 * differences the approximation with correction for ties and continuity.
 *
 * @param differences one per block; zeros are left out, as in Wilcoxon's own test
 * @throws InputError when empty, NaN or infinite
 */
export function signedRankTest(
  differences: readonly number[],
  options: { readonly alternative?: Alternative; readonly confidence?: number } = {},
): SignedRankTest {
  const { alternative, confidence = 0.95 } = options;
  requireFinite('differences', differences);
  requireShare('confidence', confidence);
  const own = differences.filter((d) => d !== 0);
  const n = own.length;
  if (n === 0) return { statistic: 0, p: 1, estimate: 0, low: null, high: null, n, exact: true };
  const ranks = midranks(own.map(Math.abs));
  const statistic = own.reduce((sum, d, i) => sum + (d > 0 ? ranks[i] : 0), 0);
  const exact = n <= mostExact;
  const { above, below } = exact ? countedTails(ranks, statistic) : normalTails(ranks, statistic);
  return {
    statistic,
    p: pOfAlternative(above, below, alternative),
    ...hodgesLehmann(own, confidence),
    n,
    exact,
  };
}

/** Shares of sign patterns whose doubled rank sum is each whole number (midranks are whole when doubled). */
function signDistribution(ranks: ArrayLike<number>): Float64Array {
  const doubled = Array.from(ranks, (rank) => Math.round(2 * rank));
  const shares = new Float64Array(doubled.reduce((a, b) => a + b, 0) + 1);
  shares[0] = 1;
  let reached = 0;
  for (const rank of doubled) {
    reached += rank;
    for (let s = reached; s >= 0; s--) shares[s] = (shares[s] + (s >= rank ? shares[s - rank] : 0)) / 2;
  }
  return shares;
}

function countedTails(ranks: ArrayLike<number>, statistic: number) {
  const observed = Math.round(2 * statistic);
  let [above, below] = [0, 0];
  signDistribution(ranks).forEach((share, s) => {
    if (s >= observed) above += share;
    if (s <= observed) below += share;
  });
  return { above, below };
}

function normalTails(ranks: ArrayLike<number>, statistic: number) {
  const n = ranks.length;
  const deviation = Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24 - tieTerm(ranks) / 48);
  const z = statistic - (n * (n + 1)) / 4;
  return {
    above: normalUpperTail((z - 0.5) / deviation).p,
    below: normalUpperTail(-(z + 0.5) / deviation).p,
  };
}

/** Median of the means of all pairs (each value with itself, too), and the pairs between which it lies. */
function hodgesLehmann(own: readonly number[], confidence: number) {
  const n = own.length;
  if (n > mostPairs) {
    const sorted = Float64Array.from(own).sort();
    return { estimate: sorted[n >> 1], low: null, high: null };
  }
  const means = Float64Array.from(own.flatMap((a, i) => own.slice(i).map((b) => (a + b) / 2))).sort();
  const total = means.length;
  const estimate = (means[(total - 1) >> 1] + means[total >> 1]) / 2;
  if (n < 2) return { estimate, low: null, high: null };
  const cut = lowerQuantile(n, (1 - confidence) / 2);
  return { estimate, low: means[cut - 1], high: means[total - cut] };
}

/** The smallest sum of ranks that is reached with at least that probability, at least 1. */
function lowerQuantile(n: number, share: number): number {
  if (n > mostExact) {
    const deviation = Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24);
    return Math.max(1, Math.floor((n * (n + 1)) / 4 + normalQuantile(share) * deviation));
  }
  const shares = signDistribution(Float64Array.from({ length: n }, (_, i) => i + 1));
  let sum = 0;
  for (let s = 0; s < shares.length; s++) {
    sum += shares[s];
    if (sum >= share) return Math.max(1, s / 2);
  }
  return 1;
}
