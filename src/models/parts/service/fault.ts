import { ProviderError } from '../../../contracts/index.ts';

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
  /** The HTTP status that it came with. */
  readonly status?: number;
  constructor(
    kind: FaultKind,
    message: string,
    options: ErrorOptions & { readonly retryAfterMs?: number; readonly status?: number } = {},
  ) {
    super(message, options);
    this.kind = kind;
    this.retryAfterMs = options.retryAfterMs;
    this.status = options.status;
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

/** What an HTTP status of 300 or more means, with the codes of the error in its body. */
export function kindOfStatus(status: number, body?: unknown): FaultKind {
  if (status === 429) return reportedError(body)?.spent ? 'refused' : 'rate-limited';
  if (status === 408) return 'timeout';
  return status >= 500 || status === 409 || status === 425 ? 'server-error' : 'refused';
}

/** What an error that came inside a 200 means: as its own code says, or that something went wrong behind the service. */
export function kindOfReported({ status, slowDown, spent }: ReportedError): FaultKind {
  if (spent) return 'refused';
  if (status !== undefined) return kindOfStatus(status);
  return slowDown ? 'rate-limited' : 'server-error';
}

/** An error as the body of an answer tells it. */
export interface ReportedError {
  readonly text: string;
  /** The HTTP status that it names itself. */
  readonly status?: number;
  /** A balance is spent, by the error's code: waiting does not help. A word in its message proves nothing. */
  readonly spent: boolean;
  /** The rate is too high, by the error's code. */
  readonly slowDown: boolean;
}

const spentCodes = /^(?:insufficient_quota|billing_hard_limit_reached|billing_not_active)$/i;
const slowDownCodes = /^(?:rate_?limit\w*|too_?many_?requests|resource_?exhausted)$/i;

/** The error in a body, in any of the forms that services use; undefined when there is none. */
export function reportedError(body: unknown): ReportedError | undefined {
  if (Array.isArray(body)) return body.length > 0 ? reportedError(body[0]) : undefined;
  if (typeof body !== 'object' || body === null) return undefined;
  const { error: own, object, type, choices } = body as Readonly<Record<string, unknown>>;
  const inChoice = Array.isArray(choices)
    ? (choices[0] as { error?: unknown } | null | undefined)?.error
    : undefined;
  const error = own ?? inChoice ?? (object === 'error' || type === 'error' ? body : undefined);
  if (error === undefined || error === null || error === false) return undefined;
  if (typeof error !== 'object')
    return { text: typeof error === 'string' ? error : JSON.stringify(error), spent: false, slowDown: false };
  const { code, type: errorType, status } = error as Readonly<Record<string, unknown>>;
  const codes = [code, errorType, status].filter((value) => typeof value === 'string');
  const number = [code, status].map(Number).find((value) => value >= 400 && value <= 599);
  return {
    text: gist(JSON.stringify(error)),
    ...(number !== undefined && { status: number }),
    spent: codes.some((value) => spentCodes.test(value)),
    slowDown: codes.some((value) => slowDownCodes.test(value)),
  };
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
