import { z } from 'zod';
import type { Change } from '../contracts/index.ts';
import { appraise, numberIn, told } from './parts/protocol/appraisal.ts';
import {
  type CreditStep,
  creditOptions,
  creditStrategy,
  recordOf,
  type Span,
} from './parts/protocol/credit.ts';
import type { Acts, Alternative, Deed } from './parts/protocol/reactions.ts';

export const comaWordsOptions = z.strictObject({
  alternatives: z
    .int()
    .min(1)
    .max(10)
    .default(1)
    .describe('How often each agent is asked again for what it would do, to compare with.'),
  ...creditOptions,
});

/**
 * COMA in words: what an agent did is replaced in a frozen transcript by what else it would have done, and it is told by how
 * much the two differ. Its other answers to the same question stand for its policy, so this is an estimate of COMA's
 * advantage (Foerster et al. 2018, arXiv 1705.08926), as C3 and CCPO (arXiv 2603.21563) have it for language models:
 *
 *   A_i = V(a_i, a_-i) - mean_k V(a'_i,k, a_-i)
 *
 * V is what the team earns from there on when the transcript is played again, where the task has a simulator; elsewhere
 * what the appraiser says the last turn is worth, from 0 to 100. An agent's words are replaced as actions are.
 *
 * Others who read what is replaced are asked again: after other words, what they would do in that turn; after another
 * action, what they would do in the next turn, where they meet something else then. From there on all is as it went, and
 * what cannot be done any more ends it.
 *
 * Questions in a step of an episode: (1 + alternatives) to each agent that has something to decide or only talks, one to
 * each of those alone in the last step that there can be. For each different alternative, of words one to each agent that
 * decides; of an action, where another attempt follows, at most one to each other agent in the next step. Where the task
 * has no simulator, from the second step on 1 + the number of different alternatives more.
 *
 * Deviates: nothing is trained; docs/methods/coma-words.md.
 */
export const comaWords = creditStrategy({
  id: 'coma-words',
  title: 'COMA in words: each is told what another answer of its own would have been worth',
  revision: 2,
  parts: ['credit', 'shaping'],
  optionsSchema: comaWordsOptions,
  alternatives: ({ alternatives }) => alternatives,
  credit: async (team, span) => {
    const differences = await (team.replay ? byReplay(team, span) : byAppraisal(team, span));
    const unit = team.replay ? 'earned' : 'been worth';
    const points = team.replay ? '' : ' points of 100';
    return differences.map((all) => {
      if (all.length === 0) return undefined;
      const mean = all.reduce((sum, x) => sum + x, 0) / all.length;
      if (Math.abs(mean) < 0.005) return 'With your other answers what you did would have come to the same.';
      const way = mean > 0 ? 'less' : 'more';
      return `With your other answers the team would have ${unit} ${told(Math.abs(mean))}${points} ${way}.`;
    });
  },
});

/** Of each agent what each of its alternatives would have lost. */
type Differences = readonly (readonly number[])[];

function byReplay({ members, past, replay }: CreditStep, { first, turns }: Span): Promise<Differences> {
  const earnedFrom = (step: number) => past.slice(step).reduce((sum, { reward }) => sum + reward, 0);
  return Promise.all(
    members.map(async (_, self) => {
      const ofTurns = turns.map(async (deeds, k) => {
        const { action, alternatives } = deeds[self];
        const step = first + k;
        return Promise.all(
          alternatives.map(async (other) => {
            if (other.action === action) return 0;
            const changes = [{ step, agent: self, action: other.action }, ...changesOf(step + 1, other.next)];
            return earnedFrom(step) - (await replay!.earned(changes));
          }),
        );
      });
      return (await Promise.all(ofTurns)).flat();
    }),
  );
}

function changesOf(step: number, acts: Acts = new Map()): Change[] {
  return [...acts].map(([agent, action]) => ({ step, agent, action }));
}

async function byAppraisal(team: CreditStep, span: Span): Promise<Differences> {
  const deeds = span.turns.at(-1)!;
  const replaced = deeds.flatMap(({ action, alternatives }, self) =>
    alternatives.flatMap((other, k) =>
      other.action === action || alternatives.findIndex((each) => each.action === other.action) < k
        ? []
        : [{ self, other }],
    ),
  );
  if (replaced.length === 0) return deeds.map(({ alternatives }) => alternatives.map(() => 0));
  const transcripts = [deeds, ...replaced.map(({ self, other }) => inPlace(deeds, self, other))];
  const asked = transcripts.map((transcript) => {
    const { notes, chosen } = recordOf(team, span, transcript);
    // What was measured is of what was done, and would be wrong beside anything else.
    return { notes, brief: ['Appraise your team.', chosen, howMuch] };
  });
  const [actual, ...values] = await appraise(team, asked, (text) => numberIn(text, 0, 100));
  return deeds.map(({ action, alternatives }, self) =>
    alternatives.flatMap((other) => {
      if (other.action === action) return [0];
      const place = replaced.findIndex((each) => each.self === self && each.other.action === other.action);
      const value = values[place];
      return actual === undefined || value === undefined ? [] : [actual - value];
    }),
  );
}

const howMuch =
  'Say how much what it did in the end is worth for its task, as one number from 0 to 100 and nothing else.';

/** The turn with one thing replaced, and what the others do who read it. */
function inPlace(deeds: readonly Deed[], self: number, { action, replies }: Alternative): Deed[] {
  return deeds.map((deed, k) => ({
    ...deed,
    action: k === self ? action : (replies?.get(k) ?? deed.action),
  }));
}
