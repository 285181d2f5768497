import { describe, it } from 'vitest';
import { queueConformance } from '../testing/index.ts';
import { inProcessQueue } from './index.ts';

describe('the queue in this process', () => {
  for (const { name, run } of queueConformance({ create: async () => inProcessQueue() })) it(name, run);
});
