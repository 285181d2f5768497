import type { Expert } from '../../../contracts/index.ts';
import { favouriteOf, type HiddenProfileInstance } from './draw.ts';
import { type HiddenProfileState, knownSums, type ProfileWorld, type SpeechActs } from './view.ts';

interface ExpertOptions {
  readonly agents: number;
  readonly rounds: number;
  readonly acts: SpeechActs;
  readonly worldOf: (instance: HiddenProfileInstance) => ProfileWorld;
}

/** How much more a clue against the agent's own favourite counts than one for it, in units of weight. */
const surprise = 1.5;

/**
 * An expert that says what its teammates can least know, and votes for the largest sum of all it knows.
 *
 * What everybody holds favours the shared favourite, and so does the agent's own hand; a clue that speaks
 * against its own favourite (for another option, or against this one) is therefore likely to be the agent's
 * alone, and it is what moves the team. Heavier clues come first. Since all speak at once, holders of the same
 * equally good clues stagger: clue k is agent k mod n's turn. What a teammate announced to share is left to it.
 */
export function hiddenProfileExpert({ agents, rounds, acts, worldOf }: ExpertOptions): Expert {
  return (environment, agent, announced) => {
    const state = environment.snapshot() as HiddenProfileState;
    const world = worldOf(state.instance);
    const leader = favouriteOf(knownSums(world, state.said, agent));
    if (state.time === rounds) return acts.vote + leader;
    const favourite = favouriteOf(world.handSums[agent]);
    const open = world.hands[agent] & ~state.said;
    let best = acts.back + leader;
    let bestScore = -Infinity;
    world.clues.forEach(({ option, weight }, k) => {
      if (!((open >> k) & 1) || announced.some((action, i) => i !== agent && action === k)) return;
      const against = (option === favourite) !== weight > 0;
      const turn = (k + 1) % agents === agent;
      const score = Math.abs(weight) + (against ? surprise : 0) + (turn ? 0.25 : 0);
      if (score > bestScore) {
        bestScore = score;
        best = k;
      }
    });
    return best;
  };
}
