import { workerData } from 'node:worker_threads';
import { serveJobs } from '../pocket/jobs.ts';
import { writerEngine } from './engine.ts';
import { readWriterFiles } from './files.ts';

// One thread, one tensor engine, one copy of the weights.
const { folder } = workerData as { readonly folder: string };
serveJobs(writerEngine(readWriterFiles(folder)));
