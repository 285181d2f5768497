import { z } from 'zod';
import type { StrategyDefinition } from '../contracts/index.ts';
import { advised } from './parts/protocol/advised.ts';

export const uninformativeOptions = z.strictObject({});

/**
 * A control: every agent announces an action that was drawn at random, and there is no advice. What messages do by
 * being there, not by saying something. Who writes or only talks has no action to announce.
 */
export const uninformative: StrategyDefinition<z.output<typeof uninformativeOptions>> = {
  id: 'uninformative',
  title: 'Control: broadcasts that say nothing',
  revision: 1,
  parts: [],
  optionsSchema: uninformativeOptions,
  create: async (_, { freeText }) => ({
    fingerprint: {},
    begin: (stream) =>
      advised(
        (views) =>
          views.map(({ availableActions }) =>
            availableActions.length > 0 ? { broadcast: stream.pick(availableActions) } : {},
          ),
        { freeText },
      ),
  }),
};
