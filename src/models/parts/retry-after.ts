type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Longer than this nobody means: a study would seem to hang. */
const longestMs = 10 * 60_000;

/**
 * How long a service asks to wait, in ms: `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3), or
 * the `retry-after-ms` that some services add. Undefined when it says nothing readable; at most 10 minutes.
 *
 * @param now  ms since 1970, to which a date is compared
 */
export function retryAfterMs(headers: Headers, now: number): number | undefined {
  const precise = Number(headers['retry-after-ms'] ?? Number.NaN);
  if (Number.isFinite(precise)) return bounded(precise);
  const value = headers['retry-after'];
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return bounded(seconds * 1000);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : bounded(date - now);
}

function bounded(ms: number): number {
  return Math.min(Math.max(ms, 0), longestMs);
}
