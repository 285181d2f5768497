import { parentPort, workerData } from 'node:worker_threads';
import { pocketEngine } from './engine.ts';
import { readPocketFiles } from './files.ts';
import type { PocketJob, PocketJobResult } from './pool.ts';

// One thread, one tensor engine, one copy of the weights.
const { folder } = workerData as { readonly folder: string };
const engine = pocketEngine(readPocketFiles(folder).network);

parentPort?.on('message', ({ prefixes, questions }: PocketJob) => {
  const reply = (result: PocketJobResult) => parentPort?.postMessage(result);
  engine
    .then((model) =>
      model.reply(questions.map(({ prefix, ...rest }) => ({ prefix: prefixes[prefix], ...rest }))),
    )
    .then(
      (answers) => reply({ answers }),
      (error: unknown) =>
        reply({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
});
