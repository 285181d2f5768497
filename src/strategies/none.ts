import { z } from 'zod';
import type { StrategyDefinition } from '../contracts/index.ts';
import { advised, type Coordination } from './parts/protocol/advised.ts';

export const noneOptions = z.strictObject({});

const nothing: Coordination = {};

/**
 * The model alone: no advice, no broadcast, no feedback, not a word. The baseline of the field's contrast.
 *
 * Serves every task, whatever the size of the team.
 */
export const none: StrategyDefinition<z.output<typeof noneOptions>> = {
  id: 'none',
  title: 'No coordination: the model alone',
  revision: 1,
  parts: [],
  baseline: true,
  optionsSchema: noneOptions,
  create: async () => ({
    fingerprint: {},
    asks: ['choice'],
    begin: () => advised((views) => views.map(() => nothing)),
  }),
};
