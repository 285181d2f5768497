import type { Worker } from 'node:worker_threads';
import { ProviderError } from '../../../contracts/index.ts';
import { startWorker } from '../../../core/index.ts';
import type {
  PocketAnswer,
  PocketContinuation,
  PocketNextToken,
  PocketQuestion,
  PocketReply,
  PocketRequest,
  PocketText,
  PocketWriting,
} from './requests.ts';

/** What a worker is sent: prefixes are many times as long as the rest, and nearly all the same. */
export interface PocketJob {
  readonly prefixes: readonly string[];
  /** `prefix` is an index into `prefixes`. */
  readonly questions: readonly (
    Indexed<PocketQuestion> | Indexed<PocketContinuation> | Indexed<PocketWriting>
  )[];
}
type Indexed<R extends PocketRequest> = Omit<R, 'prefix'> & { readonly prefix: number };

export type PocketJobResult =
  { readonly answers: readonly (PocketAnswer | PocketNextToken | PocketText)[] } | { readonly error: string };

/** Worker threads that answer questions in batches. */
export interface PocketPool {
  answer<R extends PocketRequest>(question: R, signal?: AbortSignal): Promise<PocketReply<R>>;
  close(): Promise<void>;
}

interface Waiting {
  readonly question: PocketRequest;
  readonly resolve: (answer: PocketAnswer | PocketNextToken | PocketText) => void;
  readonly reject: (reason: Error) => void;
  settled: boolean;
}

interface Thread {
  readonly worker: Worker;
  /** What it is working on; empty when idle. */
  batch: readonly Waiting[];
}

const startPocket = (folder: string): Worker =>
  startWorker(import.meta.url, './worker', { workerData: { folder } });

const largestBatch = 192;
/** Below this a batch is not worth dividing among idle threads. */
const leastShare = 8;

/**
 * Continuous batching: questions wait only while every thread is busy, and a thread that becomes free takes all
 * that have come meanwhile, whichever episodes they belong to. Threads start when they are first needed.
 *
 * @param folder where the model's files are
 * @param threads most worker threads, at least 1
 * @param startThread starts one that serves jobs
 */
export function pocketPool(folder: string, threads: number, startThread = startPocket): PocketPool {
  let queue: Waiting[] = [];
  const pool: Thread[] = [];
  let planned = false;
  let closed = false;

  const fail = (thread: Thread, error: Error) => {
    const place = pool.indexOf(thread);
    if (place >= 0) pool.splice(place, 1);
    for (const waiting of thread.batch) settle(waiting, () => waiting.reject(error));
    thread.batch = [];
    dispatch();
  };

  const start = (): Thread => {
    const worker = startThread(folder);
    const thread: Thread = { worker, batch: [] };
    worker.on('message', (result: PocketJobResult) => {
      const { batch } = thread;
      thread.batch = [];
      worker.unref();
      batch.forEach((waiting, k) => {
        if ('answers' in result) settle(waiting, () => waiting.resolve(result.answers[k]));
        else
          settle(waiting, () =>
            waiting.reject(new ProviderError(`The embedded model failed: ${result.error}`)),
          );
      });
      dispatch();
    });
    worker.on('error', (error: Error) =>
      fail(thread, new ProviderError(`A model thread failed: ${error.message}`)),
    );
    worker.on('exit', (code) => {
      if (thread.batch.length > 0) fail(thread, new ProviderError(`A model thread ended with code ${code}.`));
    });
    worker.unref();
    pool.push(thread);
    return thread;
  };

  const send = (thread: Thread, batch: readonly Waiting[]) => {
    const places = new Map<string, number>();
    const questions = batch.map(({ question: { prefix, ...rest } }) => {
      let place = places.get(prefix);
      if (place === undefined) places.set(prefix, (place = places.size));
      return { prefix: place, ...rest };
    });
    thread.batch = batch;
    thread.worker.ref();
    thread.worker.postMessage({ prefixes: [...places.keys()], questions } satisfies PocketJob);
  };

  const dispatch = () => {
    planned = false;
    queue = queue.filter(({ settled }) => !settled);
    while (queue.length > 0 && !closed) {
      const idle = pool.filter(({ batch }) => batch.length === 0);
      const free = idle.length + threads - pool.length;
      if (free === 0) return;
      const share = Math.max(leastShare, Math.ceil(queue.length / free));
      send(idle[0] ?? start(), queue.splice(0, Math.min(share, largestBatch)));
    }
  };

  // A study passes one signal with every question, so questions share its listener.
  const listening = new WeakMap<AbortSignal, Set<Waiting>>();
  const abortWith = (signal: AbortSignal, waiting: Waiting) => {
    let all = listening.get(signal);
    if (!all) {
      const asked = new Set<Waiting>();
      listening.set(signal, (all = asked));
      const onAbort = () => {
        for (const each of asked) settle(each, () => each.reject(reasonOf(signal)));
        asked.clear();
      };
      signal.addEventListener('abort', onAbort, { once: true });
    }
    all.add(waiting);
  };

  return {
    answer: <R extends PocketRequest>(question: R, signal?: AbortSignal) =>
      new Promise<PocketReply<R>>((resolve, reject) => {
        signal?.throwIfAborted();
        if (closed) throw new ProviderError('An embedded model was asked after it had been closed.');
        const forget = () => signal && listening.get(signal)?.delete(waiting);
        const waiting: Waiting = {
          question,
          resolve: (answer) => {
            forget();
            resolve(answer as PocketReply<R>);
          },
          reject: (reason) => {
            forget();
            reject(reason);
          },
          settled: false,
        };
        if (signal) abortWith(signal, waiting);
        queue.push(waiting);
        // Everything that is asked in the same turn of the event loop goes into one batch.
        if (!planned) {
          planned = true;
          setImmediate(dispatch);
        }
      }),
    close: async () => {
      closed = true;
      const error = new ProviderError('The embedded model was closed before it had answered.');
      for (const waiting of [...queue, ...pool.flatMap(({ batch }) => batch)]) {
        settle(waiting, () => waiting.reject(error));
      }
      queue = [];
      await Promise.all(pool.splice(0).map(({ worker }) => worker.terminate()));
    },
  };
}

/** Runs the outcome unless there has been one. */
function settle(waiting: Waiting, outcome: () => void) {
  if (waiting.settled) return;
  waiting.settled = true;
  outcome();
}

function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new Error(String(reason));
}
