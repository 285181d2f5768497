import { favouriteOf } from './draw.ts';
import { knownSums, type ProfileWorld } from './view.ts';

/** What one unit of weight in favour of the best option is worth. */
const perUnit = 0.05;

/**
 * How far the agents see the best option ahead: 0.05 times the mean over agents of its known sum minus the mean
 * of the other options' known sums. Every clue that tells somebody something new moves it by its weight.
 */
export function profilePotential(world: ProfileWorld, said: number, agents: number): number {
  const best = favouriteOf(world.pooledSums);
  let ahead = 0;
  for (let agent = 0; agent < agents; agent++) {
    knownSums(world, said, agent).forEach((sum, option) => {
      ahead += option === best ? sum : -sum / (world.pooledSums.length - 1);
    });
  }
  return (perUnit * ahead) / agents;
}
