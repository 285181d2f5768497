/** Differences of weights below this are their last bits. */
const equalWithin = 1e-9;

export interface Organised {
  /** For each agent those that it reads, the most alike first. */
  readonly reads: readonly (readonly number[])[];
  /** Agents, the heaviest first: who is read comes before who reads. */
  readonly order: readonly number[];
  /** The smallest similarity of two texts; 1 where there is but one. */
  readonly leastAlike: number;
}

/**
 * Who reads whom, from how alike what everybody wrote is.
 *
 *   w_m = sum_j cos(t_m, t_j)
 *
 * is an agent's weight, up to a factor that all share its cosine to the mean of the texts (of unit vectors): its
 * contribution, estimated by how far the others agree with it. An agent reads another that is at least `alike` to it
 * and heavier, and of these the `most` nearest. Whoever is read is heavier than its reader, so nobody reads itself in
 * a circle.
 *
 * @param table how alike the texts are, each with each
 * @param tieOrder agents in the order in which equals come
 */
export function organise(
  table: readonly (readonly number[])[],
  { alike, most }: { readonly alike: number; readonly most: number },
  tieOrder: readonly number[],
): Organised {
  const weights = table.map((row) => row.reduce((sum, x) => sum + x, 0));
  const heavier = (a: number, b: number) => weights[a] > weights[b] + equalWithin;
  const reads = table.map((_, self) =>
    tieOrder
      .filter((other) => table[other][self] >= alike && heavier(other, self))
      .sort((a, b) => byMore(table[a][self], table[b][self]))
      .slice(0, most),
  );
  const order = [...tieOrder].sort((a, b) => weights[b] - weights[a]);
  return { reads, order, leastAlike: Math.min(1, ...table.flat()) };
}

/** Sorting is stable, so equals keep their order. */
function byMore(a: number, b: number): number {
  return Math.abs(a - b) <= equalWithin ? 0 : b - a;
}
