/**
 * How much may be used per minute, as a bucket that refills evenly (the generic cell rate algorithm, as in
 * ITU-T I.371): in no window of 60 s is more than the limit used, as far as estimates were right.
 *
 * One sixtieth of the limit may come at once and the bucket refills with the other 59 sixtieths per minute.
 * A single use above the burst waits for a full bucket and then goes into debt.
 */
export interface RateBudget {
  /** Time until `amount` may be used, 0 when now. */
  waitMs(amount: number, now: number): number;
  use(amount: number, now: number): void;
  /** Corrects an estimate by the difference; may be negative. */
  correct(difference: number): void;
}

/** @param perMinute  above 0; undefined for no limit */
export function rateBudget(perMinute: number | undefined): RateBudget {
  if (perMinute === undefined) return { waitMs: () => 0, use: () => {}, correct: () => {} };
  const msPerUnit = 60_000 / (perMinute * (59 / 60));
  const burst = Math.max(perMinute / 60, 1);
  /** When the bucket is full again. */
  let fullAt = -Infinity;
  return {
    waitMs: (amount, now) => Math.max(0, fullAt + (Math.min(amount, burst) - burst) * msPerUnit - now),
    use: (amount, now) => {
      fullAt = Math.max(fullAt, now) + amount * msPerUnit;
    },
    correct: (difference) => {
      fullAt += difference * msPerUnit;
    },
  };
}
