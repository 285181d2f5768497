/**
 * Holm's adjustment (1979) over places that have several hypotheses each, given p-values that are already adjusted
 * within their place: the number of places counts that still have an undecided hypothesis.
 *
 * A place leaves the count only when all of its hypotheses are rejected. To take it out after its first rejection,
 * as one would with a single hypothesis per place, would leave its true hypotheses out of the count: where each of
 * m places has one real effect, the chance of a false claim would be that of 1/m + 1/(m - 1) + ... + 1 times the
 * level.
 *
 * The proof is that of every step-down test whose critical values fall as the set of open hypotheses grows (Romano
 * & Wolf 2005, Journal of the American Statistical Association 100): where m0 places have true hypotheses, all
 * places count until the first false claim among these, so its p is at most level / m0.
 *
 * In the order of their largest p, the j-th place closes at c_j = max(c_(j-1), (m - j + 1) largest_j). A hypothesis
 * may be tested once j - 1 other places are closed, at m - j + 1 times its p.
 *
 * @param single p adjusted within the place, [places][hypotheses]
 * @param level at which `open` counts
 * @returns p adjusted over everything, and the number of places with an undecided hypothesis, at least 1: exactly
 *   the hypotheses with single-step p <= level / open are rejected
 */
export function holmOverPlaces(
  single: readonly (readonly number[])[],
  level: number,
): { readonly adjusted: readonly (readonly number[])[]; readonly open: number } {
  const places = single.length;
  const largest = single.map((own) => Math.max(...own));
  const order = Array.from(largest.keys()).sort((a, b) => largest[a] - largest[b]);
  const closed = [0];
  const rank = new Array<number>(places);
  order.forEach((q, j) => {
    closed.push(Math.max(closed[j], (places - j) * largest[q]));
    rank[q] = j;
  });
  const adjusted = single.map((own, q) =>
    own.map((p) => {
      let least = 1;
      for (let j = 0; j <= rank[q]; j++) least = Math.min(least, Math.max(closed[j], (places - j) * p));
      return least;
    }),
  );
  const open = adjusted.filter((own) => own.some((p) => p > level)).length;
  return { adjusted, open: Math.max(1, open) };
}
