import { InputError } from '../core/index.ts';

/**
 * Refuses a sample a statistic cannot be computed from, naming the sample and the place in it.
 *
 * @param name what the values are, for the message, such as `scores`
 * @param minimum the fewest values the statistic needs, default 1
 * @throws InputError when there are fewer values, or when one is NaN or infinite (its position counts from 1)
 */
export function requireFinite(name: string, values: ArrayLike<number>, minimum = 1): void {
  if (values.length < minimum) {
    throw new InputError(
      `${name}: ${values.length === 0 ? 'no values' : `only ${values.length} value(s)`}, but at least ${minimum} needed.`,
    );
  }
  for (let i = 0; i < values.length; i++) {
    if (typeof values[i] !== 'number' || !Number.isFinite(values[i])) {
      throw new InputError(
        `${name}: row ${i + 1} is ${String(values[i])}. Give a finite number or leave the row out.`,
      );
    }
  }
}

/** Refuses a share, such as a confidence level, that is not strictly between 0 and 1. */
export function requireShare(name: string, value: number): void {
  if (!(value > 0 && value < 1)) {
    throw new InputError(`${name} is ${value}; it must lie between 0 and 1, for example 0.95.`);
  }
}
