import { sha256 } from '../../core/index.ts';
import { type Answer, exchange } from './exchange.ts';
import { retryAfterMs } from './retry-after.ts';
import { gist, kindOfConnectionError, kindOfStatus, ServiceFault } from './service-fault.ts';

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
  readonly now: () => number;
}

/** An answer, and what was asked. */
export interface Posted {
  /** The parsed body of a 2xx answer. */
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
  close(): Promise<void>;
}

/** An answer holds one action and few words; a longer body than this is a service gone wrong. */
const maxAnswerBytes = 4 * 2 ** 20;

/** A client over one pool of kept-alive connections. */
export async function jsonClient(options: JsonClientOptions): Promise<JsonClient> {
  // Loaded when a study uses a service: it takes a tenth of a second, and most commands ask no service.
  const { Pool } = await import('undici');
  const { timeoutMs, connections } = options;
  const { origin, pathname } = new URL(options.baseUrl);
  const base = pathname.replace(/\/+$/, '');
  const headers = { 'content-type': 'application/json', accept: 'application/json', ...options.headers };
  const secrets = options.secrets.filter((secret) => secret !== '');
  const redact = (text: string) => secrets.reduce((clean, secret) => clean.replaceAll(secret, '[key]'), text);
  const pool = new Pool(origin, {
    connections,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect: { timeout: timeoutMs },
    maxResponseSize: maxAnswerBytes,
  });

  const late = () => new ServiceFault('timeout', `${origin} did not answer within ${timeoutMs / 1000} s.`);
  const send = async (
    method: 'GET' | 'POST',
    path: string,
    body: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<unknown> => {
    signal?.throwIfAborted();
    let answer: Answer;
    try {
      answer = await exchange(pool, { path: base + path, method, headers, body }, { timeoutMs, late, signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw error instanceof ServiceFault ? error : connectionFault(origin, error, redact);
    }
    return parsed(`${origin}${base}${path}`, answer, redact(answer.text), options.now);
  };

  return {
    post: async (path, body, signal) => {
      const text = JSON.stringify(body);
      const answer = await send('POST', path, text, signal);
      return { answer, sent: sha256(`${origin}${base}${path}\n${text}`) };
    },
    get: (path, signal) => send('GET', path, undefined, signal),
    close: () => pool.destroy(),
  };
}

function parsed(url: string, { statusCode, headers }: Answer, text: string, now: () => number): unknown {
  if (statusCode < 200 || statusCode > 299) {
    const wait = retryAfterMs(headers, now());
    throw new ServiceFault(kindOfStatus(statusCode, text), `${url} answered ${statusCode}: ${gist(text)}`, {
      retryAfterMs: wait,
    });
  }
  const type = String(headers['content-type'] ?? 'application/json');
  if (!type.includes('json'))
    throw new ServiceFault('malformed', `${url} answered with ${type} instead of JSON: ${gist(text)}`);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new ServiceFault('malformed', `${url} answered with invalid JSON: ${gist(text)}`);
  }
}

function connectionFault(
  origin: string,
  error: unknown,
  redact: (text: string) => string,
): ServiceFault {
  const { code = '', message } = error as { code?: string; message: string };
  const why = redact(message || code);
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') {
    const limit = `${maxAnswerBytes / 2 ** 20} MiB`;
    return new ServiceFault('malformed', `${origin} answered with more than ${limit}; the rest was not read.`);
  }
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT')
    return new ServiceFault('timeout', `${origin} stopped answering (${why}).`);
  if (code.startsWith('HPE_'))
    return new ServiceFault('malformed', `${origin} does not speak HTTP properly (${why}).`);
  const kind = kindOfConnectionError(code);
  const what = kind === 'unreachable' ? `${origin} cannot be reached` : `The connection to ${origin} broke`;
  return new ServiceFault(kind, `${what} (${why}).`);
}
