import { workerData } from 'node:worker_threads';
import { pocketEngine, type PocketRead } from './engine.ts';
import { readPocketFiles } from './files.ts';
import { serveJobs } from './jobs.ts';

// One thread, one tensor engine, one copy of the weights.
const { folder } = workerData as { readonly folder: string };
serveJobs<PocketRead>(pocketEngine(readPocketFiles(folder).network));
