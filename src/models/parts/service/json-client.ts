import { sha256 } from '../../../core/index.ts';
import { bodyText, bodyValue } from './body.ts';
import { type Answer, exchange } from './exchange.ts';
import { askedWaitMs, retryAfterMs } from './retry-after.ts';
import { proxyFor, type ProxyUse } from './proxy.ts';
import { cutFrom, secretCutter, withoutSecrets } from './secrets.ts';
import { gist, kindOfConnectionError, kindOfStatus, ServiceFault } from './fault.ts';

export interface JsonClientOptions {
  /** Address that paths are appended to, without a trailing slash. */
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Texts that may never leave this file: they are cut from everything a service says. */
  readonly secrets: readonly string[];
  /** The whole attempt: connecting, waiting, reading. */
  readonly timeoutMs: number;
  /** Connections at once. */
  readonly connections: number;
  readonly proxy: ProxyUse;
  readonly now: () => number;
}

/** An answer, and what was asked. */
export interface Posted {
  /** The value of the body of a 2xx answer; a list where it came in several parts. */
  readonly answer: unknown;
  /** SHA-256 of the address and the body as they were sent, one line each. */
  readonly sent: string;
}

/** Posts JSON and reads JSON. */
export interface JsonClient {
  /**
   * @throws ServiceFault for every failure; the signal's reason when it aborts, after closing the connection
   */
  post(path: string, body: unknown, signal?: AbortSignal): Promise<Posted>;
  /** The parsed body of what is found there. @throws as `post` */
  get(path: string, signal?: AbortSignal): Promise<unknown>;
  /** The proxy between, as it may be shown. */
  readonly proxy?: string;
  close(): Promise<void>;
}

/** An answer holds one action and few words; a longer body than this is a service gone wrong. */
const maxAnswerBytes = 4 * 2 ** 20;

/**
 * A client over one pool of kept-alive connections, through the proxy that the environment names, if it does.
 * @throws InputError when what the environment names is no proxy
 */
export async function jsonClient(options: JsonClientOptions): Promise<JsonClient> {
  // Loaded when a study uses a service: it takes a tenth of a second, and most commands ask no service.
  const { Pool, ProxyAgent } = await import('undici');
  const { timeoutMs, connections } = options;
  const { origin, pathname } = new URL(options.baseUrl);
  const base = pathname.replace(/\/+$/, '');
  const headers = { 'content-type': 'application/json', accept: 'application/json', ...options.headers };
  const proxy = proxyFor(origin, options.proxy);
  const redact = secretCutter([...options.secrets, ...(proxy?.secrets ?? [])]);
  const pooling = {
    connections,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect: { timeout: timeoutMs },
    maxResponseSize: maxAnswerBytes,
  };
  // Plain HTTP is passed on by the proxy: many tunnel to port 443 alone.
  const pool = proxy
    ? new ProxyAgent({ ...pooling, uri: proxy.url.href, proxyTunnel: false })
    : new Pool(origin, pooling);
  const at = proxy ? `${origin}, through the proxy ${proxy.shown},` : origin;

  const late = () => new ServiceFault('timeout', `${at} did not answer within ${timeoutMs / 1000} s.`);
  const send = async (
    method: 'GET' | 'POST',
    path: string,
    body: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<unknown> => {
    signal?.throwIfAborted();
    let answer: Answer;
    try {
      answer = await exchange(
        pool,
        { origin, path: base + path, method, headers, body },
        { timeoutMs, late, signal },
      );
    } catch (error) {
      signal?.throwIfAborted();
      throw error instanceof ServiceFault ? error : connectionFault(at, error, redact);
    }
    return parsed(redact(`${origin}${base}${path}`), answer, redact, options.now);
  };

  return {
    post: async (path, body, signal) => {
      const text = JSON.stringify(body);
      const answer = await send('POST', path, text, signal);
      return { answer, sent: sha256(`${origin}${base}${path}\n${text}`) };
    },
    get: (path, signal) => send('GET', path, undefined, signal),
    ...(proxy && { proxy: proxy.shown }),
    close: () => pool.destroy(),
  };
}

function parsed(url: string, answer: Answer, redact: (text: string) => string, now: () => number): unknown {
  const { statusCode: status, headers } = answer;
  let text: string;
  try {
    text = redact(bodyText(headers, answer.body, maxAnswerBytes));
  } catch (error) {
    throw new ServiceFault(
      'malformed',
      `${url} answered with a body that cannot be unpacked (${(error as Error).message}).`,
    );
  }
  let value: unknown;
  try {
    value = bodyValue(text);
    // Letters of a key may be written as escapes.
    if (text.includes('\\')) value = cutFrom(value, redact);
  } catch {
    value = undefined;
  }
  if (status < 200 || status > 299) {
    const said = value === undefined ? text : typeof value === 'string' ? value : JSON.stringify(value);
    throw statusFault(url, answer, value, gist(redirection(headers, redact) + said), now());
  }
  if (value !== undefined) return value;
  const type = redact(String(headers['content-type'] ?? 'no content type'));
  throw new ServiceFault('malformed', `${url} answered with no JSON (${type}): ${gist(text)}`, { status });
}

function statusFault(
  url: string,
  { statusCode: status, headers }: Answer,
  body: unknown,
  said: string,
  now: number,
) {
  const asked = askedWaitMs(headers, now, body) ?? 0;
  const retryAfter = retryAfterMs(headers, now, body);
  const bounded = retryAfter !== undefined && asked > retryAfter;
  return new ServiceFault(
    kindOfStatus(status, body),
    `${url} answered ${status}: ${said}${bounded ? ` (It asks to wait ${Math.round(asked / 1000)} s.)` : ''}`,
    { status, ...(retryAfter !== undefined && { retryAfterMs: retryAfter }) },
  );
}

/** Where a service sends us, which is where its address should have pointed. */
function redirection({ location }: Answer['headers'], redact: (text: string) => string): string {
  return typeof location === 'string' ? `(it has moved to ${withoutSecrets(redact(location))}) ` : '';
}

function connectionFault(at: string, error: unknown, redact: (text: string) => string): ServiceFault {
  const { code = '', message } = error as { code?: string; message: string };
  const why = redact(message || code);
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') {
    const limit = `${maxAnswerBytes / 2 ** 20} MiB`;
    return new ServiceFault('malformed', `${at} answered with more than ${limit}; the rest was not read.`);
  }
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT')
    return new ServiceFault('timeout', `${at} stopped answering (${why}).`);
  if (code.startsWith('HPE_'))
    return new ServiceFault('malformed', `${at} does not speak HTTP properly (${why}).`);
  const kind = kindOfConnectionError(code);
  const what = kind === 'unreachable' ? `${at} cannot be reached` : `The connection to ${at} broke`;
  return new ServiceFault(kind, `${what} (${why}).`);
}
