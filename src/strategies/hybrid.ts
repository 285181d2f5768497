import { z } from 'zod';
import { led } from './parts/protocol/led.ts';
import { placeOption } from './parts/protocol/place.ts';
import { talkOptions } from './parts/protocol/seats.ts';
import { teamStrategy } from './parts/protocol/team-strategy.ts';
import { topologyOptions } from './parts/protocol/topology.ts';

export const hybridOptions = z.strictObject({
  leader: placeOption('last', 'Who leads'),
  rounds: z
    .int()
    .min(1)
    .max(20)
    .default(1)
    .describe('How often the leader plans; the others report to it in between.'),
  peerRounds: z
    .int()
    .min(1)
    .max(10)
    .default(1)
    .describe('How often the others talk among themselves after each plan.'),
  ...talkOptions,
  ...topologyOptions(),
});

/**
 * A leader, and peers that talk among themselves: the hybrid team of arXiv 2512.08296. The leader plans and assigns, the
 * others exchange messages by `topology`, then they do and it assembles.
 *
 * Questions in a step of N agents that all have something to decide, of which N - 1 are peers:
 * rounds * (1 + (peerRounds + 1) (N - 1)) + 1, so 2 N by default.
 *
 * Deviates: the authors' code has a configuration of this team and no class, so who talks to whom and how often are
 * options here; peers' words stay among those who hear them, and the leader reads reports alone.
 */
export const hybrid = teamStrategy({
  id: 'hybrid',
  title: 'Hybrid: a leader, and peers that talk among themselves',
  revision: 1,
  optionsSchema: hybridOptions,
  place: 'leader',
  among: everybodyBut,
  decide: (team) => led(team, team.options.peerRounds),
});

function everybodyBut(head: number, agents: number): number[] {
  return Array.from({ length: agents }, (_, self) => self).filter((self) => self !== head);
}
