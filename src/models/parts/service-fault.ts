import { ProviderError } from '../../contracts/index.ts';

/**
 * What can go wrong between us and a service. All but `refused` may pass when asked again: `rate-limited` (429),
 * `server-error` (5xx, or an error inside a 200), `unreachable` (no connection), `connection-lost` (reset in
 * mid-answer), `timeout`, `malformed` (no valid answer: broken JSON or framing, wrong content type, no choices,
 * too large). `refused` is the service's final word: wrong key, unknown model, a request that it cannot read.
 */
export const faultKinds = [
  'rate-limited',
  'server-error',
  'unreachable',
  'connection-lost',
  'timeout',
  'malformed',
  'refused',
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** One failed attempt to get an answer. */
export class ServiceFault extends ProviderError {
  readonly kind: FaultKind;
  /** How long the service asked us to wait. */
  readonly retryAfterMs?: number;
  constructor(kind: FaultKind, message: string, options: ErrorOptions & { retryAfterMs?: number } = {}) {
    super(message, options);
    this.kind = kind;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The prompt and its answer do not fit the model's context. */
export class ContextOverflow extends ServiceFault {
  constructor(message: string) {
    super('refused', message);
  }
}

/** Whether a service refused a prompt for its length; each says it in words of its own. */
export function isOverflow(error: unknown): error is ServiceFault {
  return (
    error instanceof ServiceFault &&
    error.kind === 'refused' &&
    /context_length_exceeded|maximum context length|exceed_context_size|context (length|size|window)|prompt is too long/i.test(
      error.message,
    )
  );
}

/** What an HTTP status of 300 or more means. A spent balance comes as 429, but waiting does not help. */
export function kindOfStatus(status: number, body: string): FaultKind {
  if (status === 429) return /insufficient_quota|billing/i.test(body) ? 'refused' : 'rate-limited';
  if (status === 408) return 'timeout';
  return status >= 500 || status === 409 || status === 425 ? 'server-error' : 'refused';
}

/** Without a connection nothing was sent; a connection that broke may have cost something. */
export function kindOfConnectionError(code: string): 'unreachable' | 'connection-lost' {
  const unreachable = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/;
  return unreachable.test(code) ? 'unreachable' : 'connection-lost';
}

/** The first words of a body, on one line. */
export function gist(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line === '' ? '(nothing)' : line.length > 300 ? `${line.slice(0, 300)}...` : line;
}
