import { parentPort } from 'node:worker_threads';
import type { PocketReply, PocketRequest } from './requests.ts';
import type { PocketJob, PocketJobResult } from './pool.ts';

/** Answers what the pool sends to this thread. */
export function serveJobs<R extends PocketRequest>(
  engine: Promise<{ reply(requests: readonly R[]): PocketReply<PocketRequest>[] }>,
): void {
  parentPort?.on('message', ({ prefixes, questions }: PocketJob) => {
    const reply = (result: PocketJobResult) => parentPort?.postMessage(result);
    engine
      .then((model) =>
        model.reply(
          questions.map(({ prefix, ...rest }) => ({ prefix: prefixes[prefix], ...rest }) as unknown as R),
        ),
      )
      .then(
        (answers) => reply({ answers }),
        (error: unknown) =>
          reply({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
      );
  });
}
