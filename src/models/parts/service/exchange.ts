import type { Dispatcher } from 'undici';

/** An answer with its whole body. */
export interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** As it came over the line: `answer-body.ts` reads it. */
  readonly body: Buffer;
}

export interface ExchangeLimits {
  /** The whole attempt: connecting, waiting, reading. */
  readonly timeoutMs: number;
  /** What it is rejected with when it takes longer. */
  readonly late: () => Error;
  readonly signal?: AbortSignal;
}

/**
 * One request and its whole answer, over undici's own callbacks: streams and an abort controller per call would cost
 * more CPU time than all the rest of it.
 *
 * @throws the connection's error; `late()`; the signal's reason. The last two close the connection
 */
export function exchange(
  pool: Dispatcher,
  request: Dispatcher.DispatchOptions,
  { timeoutMs, late, signal }: ExchangeLimits,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let statusCode = 0;
    let headers: Answer['headers'] = {};
    const chunks: Buffer[] = [];
    let stopped: Error | undefined;
    const stop = (error: Error) => {
      stopped = error;
      settle();
      reject(error);
      controller?.abort(error);
    };
    const onAbort = () => stop(signal?.reason as Error);
    const timer = setTimeout(() => stop(late()), timeoutMs);
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    pool.dispatch(request, {
      onRequestStart: (started) => {
        controller = started;
        // It waited for a connection while it was stopped.
        if (stopped) started.abort(stopped);
      },
      onResponseStart: (_, status, received) => {
        statusCode = status;
        headers = received;
      },
      onResponseData: (_, chunk) => {
        chunks.push(chunk);
      },
      onResponseEnd: () => {
        if (stopped) return;
        settle();
        resolve({ statusCode, headers, body: chunks.length === 1 ? chunks[0] : Buffer.concat(chunks) });
      },
      onResponseError: (_, error) => {
        if (stopped) return;
        settle();
        reject(error);
      },
    });
  });
}
