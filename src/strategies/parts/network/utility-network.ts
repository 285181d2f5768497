import type { ExecutionNetwork, NamedWeights, TeamShape } from '../../../contracts/index.ts';
import { mlpRow } from '../../../nn/index.ts';
import { agentInputs } from './inputs.ts';

/**
 * The network that all agents share, `agent.*`, applied to each agent's own features: utilities of the value
 * decompositions, logits of COMA's actor. No agent reads another's features.
 */
export function utilityNetwork(
  { agentIds }: { readonly agentIds: boolean },
  shape: TeamShape,
  weights: NamedWeights,
): ExecutionNetwork {
  const { agents, actions } = shape;
  const inputs = agentInputs(shape, agentIds);
  const row = mlpRow(weights, 'agent');
  const acting = new Float32Array(agents * inputs.length);
  return {
    score: (features, scores) => {
      inputs.write(features, acting);
      for (let i = 0; i < agents; i++) row(acting, i * inputs.length, scores, i * actions);
    },
  };
}
