import { z } from 'zod';
import type { StrategyDefinition } from '../contracts/index.ts';
import { alone } from './parts/protocol/alone.ts';

export const singleOptions = z.strictObject({});

/**
 * A control: one agent reads all observations and decides for everybody, once per step. What a team is worth is told
 * against it. Models that answer for a whole team do so in one call; others choose for one member after another,
 * knowing what they chose before.
 */
export const single: StrategyDefinition<z.output<typeof singleOptions>> = {
  id: 'single',
  title: 'One agent: it sees everything and controls the team',
  revision: 1,
  parts: [],
  optionsSchema: singleOptions,
  create: async () => ({ fingerprint: {}, asks: ['choice', 'team'], begin: () => alone(() => 1) }),
};
