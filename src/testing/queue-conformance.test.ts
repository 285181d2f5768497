import { describe, expect, it } from 'vitest';
import type { WorkQueue } from '../contracts/index.ts';
import { queueConformance } from './queue-conformance.ts';

/** Hands out what was put last, and adds what waits or is under way once more: wrong in two ways. */
async function stack(): Promise<WorkQueue> {
  const waiting: string[] = [];
  return {
    put: async (runs) => void waiting.push(...runs),
    work: async (play) => {
      for (let run = waiting.pop(); run !== undefined; run = waiting.pop()) await play(run);
    },
    close: async () => {},
  };
}

describe('the suite for queues', () => {
  const check = (name: string) =>
    queueConformance({ create: stack }).find((each) => each.name.startsWith(name))!;

  it('finds a queue that hands out runs in another order', async () => {
    await expect(check('one lane').run()).rejects.toThrow();
  });

  it('ends with a sentence where a queue would hand out runs forever', async () => {
    await expect(check('a run that waits').run()).rejects.toThrow(
      'runs are handed out again and again, such as "b"',
    );
  });
});
