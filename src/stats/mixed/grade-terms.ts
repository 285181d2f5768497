/**
 * Log likelihood of grades under a cumulative logit model, with its first derivative and minus its second in eta.
 *
 * With F the logistic function, a = threshold_y - eta and b = threshold_(y-1) - eta:
 *   log P = log(F(a) - F(b)),  d/d eta = F(a) + F(b) - 1,  -d2/d eta2 = F(a) (1 - F(a)) + F(b) (1 - F(b))
 *
 * @param slope, weight  written: one per row
 */
export function gradeTerms(
  grades: ArrayLike<number>,
  thresholds: ArrayLike<number>,
  eta: ArrayLike<number>,
  slope: Float64Array,
  weight: Float64Array,
): number {
  let sum = 0;
  const last = thresholds.length;
  for (let row = 0; row < grades.length; row++) {
    const grade = grades[row];
    const a = grade === last ? Infinity : thresholds[grade] - eta[row];
    const b = grade === 0 ? -Infinity : thresholds[grade - 1] - eta[row];
    const [upper, lower] = [logistic(a), logistic(b)];
    // The difference of two numbers close to 1 would cancel: take that of their complements.
    sum += Math.log(b > 0 ? logistic(-b) - logistic(-a) : upper - lower);
    slope[row] = upper + lower - 1;
    weight[row] = upper * logistic(-a) + lower * logistic(-b);
  }
  return sum;
}

function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
