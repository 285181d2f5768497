import { z } from 'zod';
import { led } from './parts/protocol/led.ts';
import { placeOption } from './parts/protocol/place.ts';
import { talkOptions } from './parts/protocol/seats.ts';
import { teamStrategy } from './parts/protocol/team-strategy.ts';

export const leaderOptions = z.strictObject({
  leader: placeOption('last', 'Who leads'),
  rounds: z
    .int()
    .min(1)
    .max(20)
    .default(2)
    .describe('How often the leader plans; the others report to it in between.'),
  ...talkOptions,
});

/**
 * One agent plans and assigns, the others do, it assembles: the centralised team of "Towards a science of scaling agent
 * systems", arXiv 2512.08296. The others hear the leader and never each other; their reports go to it.
 *
 * Questions in a step of N agents that all have something to decide: rounds * N + 1.
 *
 * Deviates: the authors' team works on one copy of the environment per worker, and succeeds where any does, which is a
 * best of n. Here there is one world, and every agent acts once in it. One plan is read by all, where theirs is a
 * message to each. They also ask the leader whether to go on; here `rounds` says so. By default the leader plans a
 * second time, since the first plan is made from what it sees alone, and is the last agent, who answers for the team in
 * question sets.
 */
export const leader = teamStrategy({
  id: 'leader',
  title: 'Leader: one plans and assigns, the others do, it assembles',
  revision: 1,
  optionsSchema: leaderOptions,
  place: 'leader',
  decide: (team) => led(team, 0),
});
