import { z } from 'zod';
import { act } from './parts/protocol/act.ts';
import { choosesAmong, contribute, settle, type Words } from './parts/protocol/contribution.ts';
import { organise } from './parts/protocol/organise.ts';
import { talkOptions } from './parts/protocol/seats.ts';
import { cosines, similarities } from './parts/protocol/similarity.ts';
import { teamStrategy } from './parts/protocol/team-strategy.ts';

export const selfOrganisingOptions = z.strictObject({
  rounds: z.int().min(0).max(10).default(2).describe('The most rounds in which agents revise.'),
  neighbours: z.int().min(1).max(32).default(2).describe('The most agents that one agent reads.'),
  alike: z
    .number()
    .min(0)
    .max(1)
    .default(0.3)
    .describe('How alike what two agents say must be for one to read the other: a cosine.'),
  similarity: z
    .enum(['trigrams', 'embed'])
    .default('trigrams')
    .describe(
      'What is compared: counts of character trigrams, or vectors of the texts, by models that have some. Vectors of language models lie close together: raise `alike`.',
    ),
  ...talkOptions,
});

/** Nothing is to be gained from texts that are as alike as this. */
const theSame = 0.95;

/**
 * Agents answer alone, then organise themselves: an agent's contribution is estimated by how far the others agree with
 * it, and each revises having read those who are like it and contribute more; after each round who reads whom is found
 * anew, so that only connections that earn stay. SelfOrg, arXiv 2510.00685. It ends when all texts are the same, when
 * nobody would read anybody, or after `rounds`.
 *
 * What is compared are the texts, where agents write, and what they say, where they choose or only talk; who chooses does
 * so in the end, having read its own words and those of the agents that it then reads. `parts/protocol/organise.ts` has
 * the equation.
 *
 * Questions in a step of N agents of which c choose among several actions: N + the agents that read somebody, in each
 * round held, + c; at most N + rounds (N - 1) + c, since the heaviest reads nobody.
 *
 * Deviates: unless `similarity: embed` says otherwise, texts are compared by cosine of character trigrams, without a
 * second model; the authors embed them (and ask 0.75 of `alike`). Who reads nobody does not revise, where theirs lets
 * the heaviest revise alone. Each agent acts on its own last answer, where theirs takes the text nearest to the
 * weighted centre for the team's.
 */
export const selfOrganising = teamStrategy({
  id: 'self-organising',
  title: 'Self-organising: agents read those who are like them and agreed with more',
  revision: 1,
  optionsSchema: selfOrganisingOptions,
  asks: ({ similarity }) => ['choice', 'text', ...(similarity === 'embed' ? (['vectors'] as const) : [])],
  decide: async ({ members, affords, drawing, embed, options }) => {
    const { rounds, neighbours, alike, similarity, messageTokens } = options;
    const choosing = members.filter(choosesAmong).length;
    if (!affords(members.length + choosing)) return Promise.all(members.map((member) => act(member)));
    const tieOrder = drawing.shuffle(members.map((_, self) => self));
    const organised = async (words: readonly Words[]) => {
      const texts = words.map(({ text }) => text);
      const table = similarity === 'embed' ? cosines(await embed!(texts)) : similarities(texts);
      return organise(table, { alike, most: neighbours }, tieOrder);
    };
    let words = await Promise.all(
      members.map((member, self) => contribute(member, self, 1, messageTokens, [])),
    );
    let graph = await organised(words);
    for (let round = 1; round <= rounds && graph.leastAlike < theSame; round++) {
      const { reads, order } = graph;
      const revising = reads.filter((read) => read.length > 0).length;
      if (revising === 0 || !affords(revising + choosing)) break;
      // Who is read has been asked before who reads, and is read as it is revised in this round.
      const revised = new Map<number, Promise<Words>>();
      for (const self of order) {
        const revise = async () => {
          if (reads[self].length === 0) return words[self];
          const heard = await Promise.all(reads[self].map((other) => revised.get(other)!));
          return contribute(members[self], self, round + 1, messageTokens, [words[self], ...heard]);
        };
        revised.set(self, revise());
      }
      words = await Promise.all(members.map((_, self) => revised.get(self)!));
      graph = await organised(words);
    }
    return Promise.all(
      members.map((member, self) =>
        settle(member, words[self], [words[self], ...graph.reads[self].map((other) => words[other])]),
      ),
    );
  },
});
