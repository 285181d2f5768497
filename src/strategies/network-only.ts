import { z } from 'zod';
import type { StrategyDefinition } from '../contracts/index.ts';
import { advised, coordinatorOf } from './parts/protocol/advised.ts';

/**
 * A control: the advice of a trained strategy without a model, at the same strength. Agents act from
 * softmax(advice), as if every model were indifferent, and no model is asked. What a study's teams owe to the
 * networks alone.
 *
 * @param strategies those whose networks can be taken, by id; the first is the default
 */
export function networkOnlyControl(strategies: readonly StrategyDefinition[]): StrategyDefinition {
  const ids = strategies.map(({ id }) => id);
  const optionsSchema = z.strictObject({
    of: z.enum(ids).default(ids[0]).describe('The strategy whose networks act.'),
  });
  return {
    id: 'network-only',
    title: 'Control: trained networks act without a model',
    revision: 1,
    parts: [],
    needsSimulator: true,
    optionsSchema,
    trainings: (options, context) => {
      const definition = strategies.find(({ id }) => id === options.of)!;
      return definition.trainings?.(definition.optionsSchema.parse({}), context, []) ?? [];
    },
    create: async (options, context) => {
      const definition = strategies.find(({ id }) => id === options.of)!;
      const own = definition.optionsSchema.parse({});
      const strategy = await definition.create(own, context, []);
      return {
        fingerprint: {
          of: definition.id,
          revision: definition.revision,
          options: own,
          ...strategy.fingerprint,
        },
        asks: ['advice'],
        begin: (stream) => {
          const coordinator = coordinatorOf(strategy.begin(stream), `The strategy "${definition.id}"`);
          return advised((views) => coordinator.coordinate(views), { asked: false });
        },
      };
    },
  };
}
