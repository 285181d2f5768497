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
