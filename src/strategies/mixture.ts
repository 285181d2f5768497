import { z } from 'zod';
import type { Note } from '../contracts/index.ts';
import { act, say } from './parts/protocol/act.ts';
import { contribute, decides, type Words } from './parts/protocol/contribution.ts';
import { placeOption } from './parts/protocol/place.ts';
import { talkOptions } from './parts/protocol/seats.ts';
import { teamStrategy } from './parts/protocol/team-strategy.ts';

export const mixtureOptions = z.strictObject({
  layers: z.int().min(2).max(10).default(3).describe('Layers, the aggregator’s being the last.'),
  aggregator: placeOption('last', 'Who aggregates'),
  ...talkOptions,
});

/**
 * Layers of proposals, each made from all of the layer before, then one aggregator. Mixture-of-Agents, Wang et al. 2024,
 * arXiv 2406.04692. Each reads the layer before in an order of its own, drawn by seed, and nothing older; those who
 * write propose their texts, the others say what they would do.
 *
 * Where the aggregator alone has something to decide, its text or choice is the aggregation, as in the paper. Else it
 * says what it makes of the last layer, and all act, having read that and their own last proposal.
 *
 * Questions in a step of N agents of which a have something to decide: N (layers - 1) + 1 + a, or N (layers - 1) + 1 where
 * the aggregator alone has.
 *
 * Deviates: the paper's agents are different models that are not named to each other; here each is a member of the team
 * and its words stand beside its name.
 */
export const mixture = teamStrategy({
  id: 'mixture',
  title: 'Mixture: layers that each read all of the layer before, and one aggregator',
  revision: 1,
  optionsSchema: mixtureOptions,
  place: 'aggregator',
  decide: async ({ members, affords, placed: aggregator, drawing, options: { layers, messageTokens } }) => {
    const acting = members.filter(decides);
    const alone = acting.length === 1 && acting[0] === members[aggregator];
    let layer: readonly Words[] = [];
    const read = (text: string): Note[] =>
      layer.length === 0 ? [] : [...drawing.shuffle(layer), { kind: 'brief', text }];
    const cost = members.length + (alone ? 1 : 1 + acting.length);
    for (let k = 1; k < layers && affords(cost); k++) {
      const weigh = 'Weigh what was said, keep what is right, and answer better.';
      // Drawn for one after another, before anybody is asked.
      const notes = members.map(() => read(weigh));
      layer = await Promise.all(
        members.map((member, self) => contribute(member, self, k, messageTokens, notes[self])),
      );
    }
    const merge = read('Make one answer for the team of what was said.');
    if (alone) return Promise.all(members.map((member) => act(member, member === acting[0] ? merge : [])));
    if (layer.length === 0) return Promise.all(members.map((member) => act(member)));
    const text = await say(members[aggregator], messageTokens, merge);
    const merged: Words = { kind: 'words', from: aggregator, round: layers, text };
    return Promise.all(members.map((member, self) => act(member, [layer[self], merged])));
  },
});
