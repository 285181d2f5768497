/**
 * The t with P(|T| <= t) = share for a whole number of degrees of freedom: what `tQuantile((1 + share) / 2, df)`
 * gives, from finite sums instead of the incomplete beta function, so that a table of scores needs no library
 * for it (that library takes longer to load than the table to compute).
 *
 * With theta = atan(t / sqrt(df)), c = cos(theta), s = sin(theta) (Abramowitz & Stegun 1964, section 26.7):
 *   df even: P = s (1 + 1/2 c^2 + 1*3/(2*4) c^4 + ... to c^(df-2))
 *   df odd:  P = 2/pi (theta + s c (1 + 2/3 c^2 + 2*4/(3*5) c^4 + ... to c^(df-3))), without the sum for df = 1
 * P is increasing and concave in theta, so Newton's method from 0 approaches the solution from below and cannot
 * miss it.
 *
 * @param share in (0, 1)
 * @param df a whole number of at least 1
 */
export function tCentralQuantile(share: number, df: number): number {
  let theta = 0;
  for (;;) {
    const { probability, slope } = centralProbability(theta, df);
    const next = theta + (share - probability) / slope;
    if (!(next > theta)) return Math.sqrt(df) * Math.tan(theta);
    theta = next;
  }
}

/**
 * P(|T| <= sqrt(df) tan(theta)) and its derivative by theta, which is df times the first term left out of the sum:
 * over c for even df, times 2/pi for odd df.
 */
function centralProbability(theta: number, df: number): { probability: number; slope: number } {
  const sine = Math.sin(theta);
  const cosine = Math.cos(theta);
  const odd = df % 2 === 1;
  let sum = 0;
  let term = 1;
  for (let k = odd ? 3 : 2; k <= df; k += 2) {
    sum += term;
    term *= ((k - 1) / k) * cosine * cosine;
  }
  if (!odd) return { probability: sine * sum, slope: (df * term) / cosine };
  const scale = 2 / Math.PI;
  return { probability: scale * (theta + sine * cosine * sum), slope: scale * df * term };
}
