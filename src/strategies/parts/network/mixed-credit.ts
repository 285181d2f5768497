import type { CentralCredit, ExecutionNetwork, NamedWeights, TeamShape } from '../../../contracts/index.ts';
import type { Decomposition } from './value-learner.ts';

/**
 * Credit by the joint value of a decomposition, f(Q_1..Q_n, s): what the team's value loses by an agent's choice,
 *
 *   values_i(a) = f(Q_1(u_1) .. Q_i(a) .. Q_n(u_n), s),   credit_i = values_i(u_i) - max over a of values_i(a).
 *
 * With a sum for f (VDN) this is the difference of the agent's own utilities; a mixing that reads the state (QMIX)
 * says besides how much that difference matters now.
 */
export function mixedCredit(
  { agents, actions }: TeamShape,
  decomposition: Decomposition,
  network: ExecutionNetwork,
  weights: NamedWeights,
): CentralCredit {
  const mixed = decomposition.jointValue!(weights);
  const scores = new Float32Array(agents * actions);
  return {
    of: (state, features, available, jointAction) => {
      network.score(features, scores);
      const utility = (agent: number, action: number) => scores[agent * actions + action];
      const chosen = Float32Array.from(jointAction, (action, i) => utility(i, action));
      return available.map((own, i) => {
        const values = own.map((action) => mixed(chosen.with(i, utility(i, action)), state));
        return { values, credit: values[own.indexOf(jointAction[i])] - Math.max(...values) };
      });
    },
  };
}
