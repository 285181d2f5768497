import { describe, it } from 'vitest';
import { protocolConformance } from '../testing/index.ts';
import { uninformative } from './uninformative.ts';

// In the suite's task agents choose, write and only talk: who has no action announces none.
describe('uninformative', () => {
  for (const { name, run } of protocolConformance(uninformative)) it(name, run);
});
