const halfLogTwoPi = 0.9189385332046727;

/**
 * What Stirling's formula leaves out: log Gamma(x) - ((x - 1/2) log x - x + log(2 pi)/2), for x > 0.
 *
 * Differences of log Gamma at large arguments lose digits; differences of this do not. Series from x = 15 on
 * (Abramowitz & Stegun 6.1.41), below that by the recurrence log Gamma(x) = log Gamma(x + 1) - log x.
 */
export function stirlingError(x: number): number {
  if (x < 15) return logGamma(x) - ((x - 0.5) * Math.log(x) - x + halfLogTwoPi);
  const inverse = 1 / x;
  const square = inverse * inverse;
  return (
    inverse *
    (1 / 12 -
      square *
        (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square * (1 / 1188 - square * (691 / 360360))))))
  );
}

/** log Gamma(x) for x > 0, relative error about 1e-15 away from its zeros at 1 and 2. */
export function logGamma(x: number): number {
  let product = 1;
  let shifted = x;
  while (shifted < 15) product *= shifted++;
  const series = (shifted - 0.5) * Math.log(shifted) - shifted + halfLogTwoPi + stirlingError(shifted);
  return series - Math.log(product);
}

/** log of the Poisson probability of j at that mean, in Loader's saddle-point form (Loader 2000). */
export function logPoisson(j: number, mean: number): number {
  if (j === 0) return -mean;
  return -deviance(j, mean) - stirlingError(j) - halfLogTwoPi - 0.5 * Math.log(j);
}

/** j log(j / mean) + mean - j, by its series where j is close to the mean and the difference would cancel. */
function deviance(j: number, mean: number): number {
  const difference = j - mean;
  if (Math.abs(difference) >= 0.1 * (j + mean)) return j * Math.log(j / mean) - difference;
  const v = difference / (j + mean);
  let sum = difference * v;
  let power = 2 * j * v;
  for (let k = 3; ; k += 2) {
    power *= v * v;
    const next = sum + power / k;
    if (next === sum) return sum;
    sum = next;
  }
}
