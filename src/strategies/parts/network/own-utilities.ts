import type { Decomposition } from './value-learner.ts';

/**
 * Every agent's own utility, each trained towards the team's return: no coordination in learning. It is the
 * strategy `independent`, and what remains of a value decomposition without its credit assignment.
 */
export const ownUtilities: Decomposition = {
  addWeights: () => {},
  combine: (_, chosen, states) => {
    states.dispose();
    return chosen;
  },
};
