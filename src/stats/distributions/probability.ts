import { InputError } from '../../core/errors.ts';

/**
 * A probability with its natural logarithm.
 *
 * Far tails leave the range of a double long before they mean nothing, so `logP` is the exact value and `p` is
 * exp(logP), raised to the smallest positive double when that underflows: a p-value here is never 0.
 */
export interface Probability {
  /** In (0, 1]. */
  readonly p: number;
  /** Natural logarithm, at most 0; may lie far below log(Number.MIN_VALUE). */
  readonly logP: number;
}

/** The probability with that natural logarithm. NaN gives NaN in both fields. */
export function probabilityFromLog(logP: number): Probability {
  const clipped = Math.min(0, logP);
  const p = Math.exp(clipped);
  return { p: p === 0 ? Number.MIN_VALUE : p, logP: clipped };
}

/** log(1 - exp(x)) for x <= 0, accurate at both ends (Mächler 2012, "Accurately computing log(1 - exp(-|a|))"). */
export function log1mexp(x: number): number {
  return x > -Math.LN2 ? Math.log(-Math.expm1(x)) : Math.log1p(-Math.exp(x));
}

/** Running log(sum of exp(x)) that neither overflows nor underflows. */
export class LogSum {
  private max = -Infinity;
  private sum = 0;

  add(x: number): void {
    if (x === -Infinity) return;
    if (x <= this.max) {
      this.sum += Math.exp(x - this.max);
    } else {
      this.sum = this.sum * Math.exp(this.max - x) + 1;
      this.max = x;
    }
  }

  get value(): number {
    return this.sum === 0 ? -Infinity : this.max + Math.log(this.sum);
  }
}

/** Prints p for a table: four significant digits, and never "0". */
export function formatP(probability: Probability): string {
  const { p, logP } = probability;
  if (Number.isNaN(p)) return 'not estimable';
  if (logP < -300 * Math.LN10) return '< 1e-300';
  return p >= 1e-4 ? String(Number(p.toPrecision(4))) : p.toExponential(3);
}

/** Throws InputError unless the value is a number above `low` (Infinity only where allowed). */
export function requireAbove(
  name: string,
  value: number,
  low: number,
  options: { allowEqual?: boolean; allowInfinity?: boolean } = {},
): void {
  const big = options.allowInfinity === true ? !Number.isNaN(value) : Number.isFinite(value);
  if (!big || (options.allowEqual === true ? value < low : value <= low)) {
    const bound = options.allowEqual === true ? `at least ${low}` : `greater than ${low}`;
    throw new InputError(`${name} is ${value}; it must be a number ${bound}.`);
  }
}
