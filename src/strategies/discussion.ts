import { z } from 'zod';
import { act, say } from './parts/protocol/act.ts';
import { audible, decides, type Words } from './parts/protocol/contribution.ts';
import { talkOptions } from './parts/protocol/seats.ts';
import { teamStrategy } from './parts/protocol/team-strategy.ts';
import { topologyOptions } from './parts/protocol/topology.ts';

export const discussionOptions = z.strictObject({
  rounds: z.int().min(1).max(20).default(1).describe('How often everybody speaks before the team acts.'),
  ...talkOptions,
  ...topologyOptions(),
});

/**
 * Everybody says something, all at once, then everybody acts: the discussion that MAGRPO (arXiv 2508.04652) is compared
 * with. In later rounds each has heard the earlier ones.
 *
 * Questions in a step of N agents of which a have something to decide: N * rounds + a.
 *
 * Deviates: the paper has one round and two agents; more of either, and who hears whom, are options.
 */
export const discussion = teamStrategy({
  id: 'discussion',
  title: 'Discussion: everybody speaks, then everybody acts',
  revision: 1,
  optionsSchema: discussionOptions,
  decide: async ({ members, affords, hears, options: { rounds, messageTokens } }) => {
    const said: Words[] = [];
    const acting = members.filter(decides).length;
    for (let round = 1; round <= rounds && affords(members.length + acting); round++) {
      const texts = await Promise.all(
        members.map((member, self) => say(member, messageTokens, audible(said, self, hears))),
      );
      said.push(...texts.map((text, from): Words => ({ kind: 'words', from, round, text })));
    }
    return Promise.all(members.map((member, self) => act(member, audible(said, self, hears))));
  },
});
