import { z } from 'zod';
import { simulatorOf, type StrategyDefinition, teamShape } from '../contracts/index.ts';
import { randomStream } from '../core/index.ts';
import { addMlp, type Weights } from '../nn/index.ts';
import { agentInputs } from './parts/network/inputs.ts';
import { advisedStrategy } from './parts/network/trained-strategy.ts';
import { utilityNetwork } from './parts/network/utility-network.ts';

export const untrainedOptions = z.strictObject({
  hidden: z.int().min(1).default(64).describe('Width of the hidden layers.'),
});

/**
 * A control: advice of a network that has learned nothing, at the same strength as the trained strategies'. What it
 * does to a model is what advice does by being there, not by being right.
 *
 * The network is that of the value decompositions at its first weights, drawn from the run's seed.
 */
export const untrained: StrategyDefinition<z.output<typeof untrainedOptions>> = {
  id: 'untrained',
  title: 'Control: advice of an untrained network',
  revision: 1,
  parts: [],
  needsSimulator: true,
  optionsSchema: untrainedOptions,
  create: async ({ hidden }, context) => {
    const shape = teamShape(simulatorOf(context.task, 'The strategy "untrained"'));
    const inputs = agentInputs(shape, true).length;
    const weights: Weights = {};
    const stream = randomStream('untrained', context.seed);
    addMlp(weights, 'agent', [inputs, hidden, hidden, shape.actions], stream, 0.3);
    const network = utilityNetwork({ agentIds: true }, shape, weights);
    const fingerprint = { seed: context.seed };
    return advisedStrategy(context, shape, network, { broadcast: false, feedback: 'none', fingerprint });
  },
};
