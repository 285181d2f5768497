import { z } from 'zod';
import type { JsonObject, StrategyDefinition } from '../../../contracts/index.ts';
import { type AdvisedProtocol, type Coordinator, coordinatorOf } from './advised.ts';

export type ControlOptions = JsonObject & { readonly of: string };

/**
 * A control that puts a trained strategy's coordinator to another use.
 *
 * @param strategies those whose networks can be taken, by id; the first is the default
 * @param described.asks as `Strategy.asks`
 * @param use the protocol of one episode, made from the coordinator of the strategy taken
 */
export function controlOf(
  strategies: readonly StrategyDefinition[],
  described: {
    readonly id: string;
    readonly title: string;
    readonly taken: string;
    readonly asks?: readonly 'advice'[];
  },
  use: (coordinator: Coordinator) => AdvisedProtocol,
): StrategyDefinition<ControlOptions> {
  const ids = strategies.map(({ id }) => id);
  const { id, title, taken, asks } = described;
  return {
    id,
    title,
    revision: 1,
    parts: [],
    needsSimulator: true,
    optionsSchema: z.strictObject({ of: z.enum(ids).default(ids[0]).describe(taken) }),
    trainings: (options, context) => {
      const definition = strategies.find((each) => each.id === options.of)!;
      return definition.trainings?.(definition.optionsSchema.parse({}), context, []) ?? [];
    },
    create: async (options, context) => {
      const definition = strategies.find((each) => each.id === options.of)!;
      const own = definition.optionsSchema.parse({});
      const strategy = await definition.create(own, context, []);
      return {
        fingerprint: {
          of: definition.id,
          revision: definition.revision,
          options: own,
          ...strategy.fingerprint,
        },
        ...(asks && { asks }),
        begin: (stream) => use(coordinatorOf(strategy.begin(stream), `The strategy "${definition.id}"`)),
      };
    },
  };
}
