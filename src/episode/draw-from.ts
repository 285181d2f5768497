/** The index at which the cumulative distribution passes `u`; rounding never selects an impossible action. */
export function drawFrom(distribution: readonly number[], u: number): number {
  let rest = u * distribution.reduce((sum, p) => sum + p, 0);
  let last = 0;
  for (let k = 0; k < distribution.length; k++) {
    if (distribution[k] <= 0) continue;
    last = k;
    rest -= distribution[k];
    if (rest < 0) return k;
  }
  return last;
}
