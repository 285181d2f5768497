type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Longer than this is not waited for at a time: a study would seem to hang. */
const longestMs = 10 * 60_000;

/**
 * How long a service asks to wait, in ms: `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3), the
 * `retry-after-ms` that some services add, or what the body of its error says (`retryDelay` of Google's services and
 * others like it), whichever is longer. Undefined when it says nothing readable; at most 10 minutes.
 *
 * @param now  ms since 1970, to which a date is compared
 * @param body  of the answer, as JSON, where there is one
 */
export function retryAfterMs(headers: Headers, now: number, body?: unknown): number | undefined {
  const asked = askedWaitMs(headers, now, body);
  return asked === undefined ? undefined : Math.min(asked, longestMs);
}

/** The same, however long it is; a time that has passed is 0. */
export function askedWaitMs(headers: Headers, now: number, body?: unknown): number | undefined {
  const header = durationMs(headers['retry-after-ms'], 1) ?? headerMs(headers['retry-after'], now);
  const hints = [header, hintIn(body, 0)].filter((hint) => hint !== undefined);
  return hints.length === 0 ? undefined : Math.max(0, ...hints);
}

function headerMs(value: string | string[] | undefined, now: number): number | undefined {
  // Set twice on the way, it arrives as a list.
  const values = Array.isArray(value) ? value : [value];
  const waits = values.flatMap((text) => {
    const wait = durationMs(text, 1000) ?? dateMs(text);
    return wait === undefined ? [] : [wait];
  });
  return waits.length === 0 ? undefined : Math.max(...waits);

  function dateMs(text: string | undefined): number | undefined {
    // A year and a colon: what else the platform takes for a date is none here.
    if (text === undefined || !/\d{4}.*\d:\d/.test(text)) return undefined;
    const date = Date.parse(text);
    return Number.isNaN(date) ? undefined : date - now;
  }
}

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A number, which counts `unitMs`, or a text with a unit, such as `3s` and `1500ms`. */
function durationMs(value: unknown, unitMs: number): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value * unitMs : undefined;
  if (typeof value !== 'string') return undefined;
  const match = /^\s*(-?\d+(?:\.\d+)?)\s*(ms|s|m|h)?\s*$/i.exec(value);
  if (!match) return undefined;
  return Number(match[1]) * (match[2] === undefined ? unitMs : unitsMs[match[2].toLowerCase()]);
}

/** The longest wait that stands anywhere in the body of an error. */
function hintIn(value: unknown, depth: number): number | undefined {
  if (typeof value !== 'object' || value === null || depth > 5) return undefined;
  const waits = Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
    const wait = hintNamed(name, inner) ?? hintIn(inner, depth + 1);
    return wait === undefined ? [] : [wait];
  });
  return waits.length === 0 ? undefined : Math.max(...waits);
}

function hintNamed(name: string, value: unknown): number | undefined {
  const plain = name.toLowerCase().replace(/[-_]/g, '');
  if (/^retry(?:delay|after)ms$/.test(plain)) return durationMs(value, 1);
  if (!/^retry(?:delay|after)(?:seconds?)?$/.test(plain)) return undefined;
  if (typeof value !== 'object' || value === null) return durationMs(value, 1000);
  // The same duration, as a protocol buffer.
  const { seconds, nanos } = value as { seconds?: unknown; nanos?: unknown };
  const whole = durationMs(seconds, 1000);
  return whole === undefined ? undefined : whole + (durationMs(nanos, 1e-6) ?? 0);
}
