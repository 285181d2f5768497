/**
 * A root of a continuous function inside a bracket, by Brent's method (Brent 1973, "Algorithms for
 * Minimization without Derivatives", chapter 4).
 *
 * @param low, high  points where `fn` has opposite signs
 * @param tolerance  absolute width of the final bracket
 */
export function findRoot(fn: (x: number) => number, low: number, high: number, tolerance: number): number {
  let a = low;
  let b = high;
  let fa = fn(a);
  let fb = fn(b);
  if (fa === 0) return a;
  if (fb === 0) return b;
  if (fa > 0 === fb > 0) throw new RangeError(`findRoot: no sign change between ${low} and ${high}`);
  let c = a;
  let fc = fa;
  let step = b - a;
  let previous = step;
  for (let i = 0; i < 200; i++) {
    if (Math.abs(fc) < Math.abs(fb)) {
      [a, b, c] = [b, c, b];
      [fa, fb, fc] = [fb, fc, fb];
    }
    const width = 2 * Number.EPSILON * Math.abs(b) + tolerance / 2;
    const middle = (c - b) / 2;
    if (Math.abs(middle) <= width || fb === 0) return b;
    if (Math.abs(previous) >= width && Math.abs(fa) > Math.abs(fb)) {
      const s = fb / fa;
      let p: number;
      let q: number;
      if (a === c) {
        p = 2 * middle * s;
        q = 1 - s;
      } else {
        const r = fb / fc;
        const u = fa / fc;
        p = s * (2 * middle * u * (u - r) - (b - a) * (r - 1));
        q = (u - 1) * (r - 1) * (s - 1);
      }
      if (p > 0) q = -q;
      p = Math.abs(p);
      if (2 * p < Math.min(3 * middle * q - Math.abs(width * q), Math.abs(previous * q))) {
        previous = step;
        step = p / q;
      } else {
        previous = step = middle;
      }
    } else {
      previous = step = middle;
    }
    a = b;
    fa = fb;
    b += Math.abs(step) > width ? step : Math.sign(middle) * width;
    fb = fn(b);
    if (fb > 0 === fc > 0) {
      c = a;
      fc = fa;
      previous = step = b - a;
    }
  }
  return b;
}
