import type { StrategyDefinition } from '../contracts/index.ts';
import { advised } from './parts/protocol/advised.ts';
import { controlOf } from './parts/protocol/control-of.ts';

/**
 * A control: the advice of a trained strategy without a model, at the same strength. Agents act from
 * softmax(advice), as if every model were indifferent, and no model is asked. What a study's teams owe to the
 * networks alone.
 */
export const networkOnlyControl = (strategies: readonly StrategyDefinition[]): StrategyDefinition =>
  controlOf(
    strategies,
    {
      id: 'network-only',
      title: 'Control: trained networks act without a model',
      taken: 'The strategy whose networks act.',
      asks: ['advice'],
    },
    (coordinator) => advised((views) => coordinator.coordinate(views), { asked: false }),
  );
