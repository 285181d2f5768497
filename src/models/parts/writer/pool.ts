import { startWorker } from '../../../core/index.ts';
import { type PocketPool, pocketPool } from '../pocket/pool.ts';

/** Worker threads that write, with continuous batching. */
export function writerPool(folder: string, threads: number): PocketPool {
  return pocketPool(folder, threads, (place) =>
    startWorker(import.meta.url, './worker', { workerData: { folder: place } }),
  );
}
