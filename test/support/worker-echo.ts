import { parentPort, workerData } from 'node:worker_threads';
import { sha256 } from '../../src/core/hash.ts';

// The other end of worker.test.ts: proves that a worker can import TypeScript modules of its own.
parentPort?.postMessage(sha256(String(workerData)));
