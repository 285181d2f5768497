import { parentPort, workerData } from 'node:worker_threads';
import type { PermutationJob } from './permutation-test.ts';
import { runBlocks } from './resample.ts';

const { plan, observed, blocks, resamples } = workerData as PermutationJob;
parentPort?.postMessage(runBlocks(plan, observed, blocks, resamples));
