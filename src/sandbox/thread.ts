import type { Worker } from 'node:worker_threads';
import { AgentMeshError, startWorker } from '../core/index.ts';
import type { CallOutcome, Program } from './program.ts';

/** Runs strangers' programs out of the way of everything else. */
export interface Sandbox {
  /**
   * One outcome per call. The same program comes to the same, but for `time`.
   * @throws SandboxError when the thread cannot start; what the signal was aborted with
   */
  run(program: Program, signal?: AbortSignal): Promise<readonly CallOutcome[]>;
  close(): Promise<void>;
}

/** The sandbox itself does not work; no program is to blame. */
export class SandboxError extends AgentMeshError {}

/** Far beyond what counted programs take on a busy machine. */
const usualPatienceMs = 20_000;

interface Job {
  readonly program: Program;
  readonly resolve: (outcomes: readonly CallOutcome[]) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A worker thread that runs one program after the other. It starts with the first one, and keeps no process alive. A
 * program that does not end within the patience ends with its thread; the next one gets another.
 */
export function createSandbox(patienceMs = usualPatienceMs): Sandbox {
  const waiting: Job[] = [];
  let thread: Worker | undefined;
  let ready = false;
  let current: Job | undefined;
  let timer: NodeJS.Timeout | undefined;

  const settle = (outcomes: readonly CallOutcome[] | Error) => {
    clearTimeout(timer);
    const job = current;
    current = undefined;
    if (outcomes instanceof Error) job?.reject(outcomes);
    else job?.resolve(outcomes);
    next();
  };

  /** Ends the thread with what it is at. */
  const giveUp = (limit: 'time' | 'fault') => {
    const ended = thread;
    thread = undefined;
    ready = false;
    void ended?.terminate();
    settle((current?.program.calls ?? []).map(() => ({ kind: 'stopped', limit })));
  };

  const start = () => {
    // What a broken engine prints is nobody's business; nor is it read, for a stream that is read keeps the process alive.
    const worker = startWorker(import.meta.url, './worker', { stdout: true, stderr: true });
    worker.on('message', (message: 'ready' | readonly CallOutcome[]) => {
      if (worker !== thread) return;
      if (message !== 'ready') return settle(message);
      ready = true;
      next();
    });
    const broken = (reason: string) => {
      if (worker !== thread) return;
      if (ready) return giveUp('fault');
      thread = undefined;
      const error = new SandboxError(`The sandbox for programs cannot start: ${reason}.`);
      for (const job of waiting.splice(0)) job.reject(error);
    };
    worker.on('error', (error: Error) => broken(error.message));
    worker.on('exit', (code) => broken(`its thread ended with code ${code}`));
    return worker;
  };

  const next = () => {
    if (current || waiting.length === 0) {
      if (!current) thread?.unref();
      return;
    }
    thread ??= start();
    thread.ref();
    if (!ready) return;
    current = waiting.shift()!;
    timer = setTimeout(() => giveUp('time'), patienceMs);
    thread.postMessage(current.program);
  };

  return {
    run: (program, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        const onAbort = () => reject(signal!.reason as Error);
        signal?.addEventListener('abort', onAbort, { once: true });
        const done = () => signal?.removeEventListener('abort', onAbort);
        waiting.push({
          program,
          resolve: (outcomes) => (done(), resolve(outcomes)),
          reject: (error) => (done(), reject(error)),
        });
        next();
      }),
    close: async () => {
      const ended = thread;
      thread = undefined;
      ready = false;
      clearTimeout(timer);
      const error = new SandboxError('The sandbox was closed before the program had ended.');
      for (const job of [...(current ? [current] : []), ...waiting.splice(0)]) job.reject(error);
      current = undefined;
      await ended?.terminate();
    },
  };
}

let shared: Sandbox | undefined;

/** The sandbox of this process. */
export function sharedSandbox(): Sandbox {
  return (shared ??= createSandbox());
}
