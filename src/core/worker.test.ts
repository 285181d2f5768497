import { once } from 'node:events';
import { expect, it } from 'vitest';
import { sha256 } from './hash.ts';
import { startWorker } from './worker.ts';

it('starts a TypeScript worker that imports further modules', async () => {
  const worker = startWorker(import.meta.url, '../../test/support/worker-echo', { workerData: 'hello' });
  const [answer] = (await once(worker, 'message')) as [string];
  expect(answer).toBe(sha256('hello'));
  await worker.terminate();
});
