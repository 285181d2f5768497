/**
 * Midranks from 1: equal values share the mean of their ranks.
 *
 * @param tolerance values that differ by at most this share of the largest count as equal: 0.3 - 0.1 and 0.2 are
 */
export function midranks(values: ArrayLike<number>, tolerance = 1e-12): Float64Array {
  const order = Array.from(values, (_, i) => i).sort((a, b) => values[a] - values[b]);
  const slack = tolerance * order.reduce((most, i) => Math.max(most, Math.abs(values[i])), 0);
  const ranks = new Float64Array(order.length);
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && values[order[end]] - values[order[end - 1]] <= slack) end++;
    for (let k = start; k < end; k++) ranks[order[k]] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}

/** Sum of t^3 - t over the groups of t equal ranks: what ties take from the variance of rank sums. */
export function tieTerm(ranks: ArrayLike<number>): number {
  const counts = new Map<number, number>();
  for (let i = 0; i < ranks.length; i++) counts.set(ranks[i], (counts.get(ranks[i]) ?? 0) + 1);
  let sum = 0;
  for (const t of counts.values()) sum += t ** 3 - t;
  return sum;
}
