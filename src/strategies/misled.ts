import type { StrategyDefinition } from '../contracts/index.ts';
import { advised } from './parts/protocol/advised.ts';
import { controlOf } from './parts/protocol/control-of.ts';

/**
 * A control: the advice of a trained strategy turned round, -advice(a) nats for every action, so that what its network
 * thinks worst is advised, as strongly as the rest is advised against. Agents that follow whatever they are told lose by
 * it; where it changes nothing, advice is not used. Nothing is announced and nobody is rated.
 */
export const misledControl = (strategies: readonly StrategyDefinition[]): StrategyDefinition =>
  controlOf(
    strategies,
    {
      id: 'misled',
      title: 'Control: the advice of trained networks turned round',
      taken: 'The strategy whose advice is turned round.',
    },
    (coordinator) =>
      advised((views) =>
        coordinator.coordinate(views).map(({ advice }) => (advice ? { advice: advice.map((x) => -x) } : {})),
      ),
  );
