import type { Simulation } from './simulator.ts';

/**
 * What one agent's choice is measured against in one step: the mean reward over all its available actions, each
 * equally likely, the others' actions fixed. The reward minus this is the choice's credit, the difference reward
 * against a random alternative (after Wolpert & Tumer 2002, "Optimal payoff functions for members of
 * collectives"). It says nothing about later steps, and steps a copy only.
 */
export function meanAlternative(
  environment: Simulation,
  jointAction: readonly number[],
  agent: number,
): number {
  const rewards = environment
    .availableActions(agent)
    .map((action) => environment.copy().step(jointAction.with(agent, action)));
  return rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length;
}
