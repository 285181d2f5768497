import { workerData } from 'node:worker_threads';
import { pocketEngine } from './engine.ts';
import type { PocketRead } from './requests.ts';
import { readPocketFiles } from './files.ts';
import { serveJobs } from './jobs.ts';

// One thread, one tensor engine, one copy of the weights.
const { folder } = workerData as { readonly folder: string };
serveJobs<PocketRead>(pocketEngine(readPocketFiles(folder).network));
