import type { Action, Note, Supposed } from '../../../contracts/index.ts';
import { canonicalJson } from '../../../core/index.ts';
import { act } from './act.ts';
import { decides, written } from './contribution.ts';
import type { TeamStep } from './team-strategy.ts';

/** What agents do, by their numbers. */
export type Acts = ReadonlyMap<number, Action>;

/** What an agent answered when it was asked the same again, with what others do who read it in place of what it did. */
export interface Alternative {
  readonly action: Action;
  /** In the same turn, of those who read its words before they acted. */
  readonly replies?: Acts;
  /** In the next turn of the attempt, of those who meet something else after it. */
  readonly next?: Acts;
}

/** What an agent did in a turn; of who only talks, what it said. */
export interface Deed {
  readonly action: Action;
  readonly alternatives: readonly Alternative[];
}

type Seated = Pick<TeamStep<unknown>, 'members' | 'affords' | 'past' | 'replay' | 'time'>;

/**
 * The turn with, for each other thing that somebody would have said, what those who act would do having read that.
 * @param notesOf what an agent reads where these words were said
 */
export async function withReplies(
  { members, affords, time }: Seated,
  deeds: readonly Deed[],
  notesOf: (self: number, said: readonly Note[]) => readonly Note[],
): Promise<readonly Deed[]> {
  const wordsOf = (from: number, text: Action) => written(members[from], from, time + 1, String(text));
  const said = members.flatMap(({ offer }, from) =>
    offer.kind === 'none' ? [wordsOf(from, deeds[from].action)] : [],
  );
  const listening = members.flatMap((member, self) => (decides(member) ? [self] : []));
  const talking = deeds.map(({ action, alternatives }, self) =>
    members[self].offer.kind === 'none' ? others(alternatives, action) : [],
  );
  const count = talking.flat().length * listening.length;
  if (count === 0 || !affords(count)) return deeds;
  const replies = talking.map((texts, from) =>
    texts.map(async (text) => {
      const heard = said.map((words) => (words.from === from ? wordsOf(from, text) : words));
      const all = listening.map((self) => act(members[self], notesOf(self, heard), { suppose: {} }));
      return [text, byAgent(listening, await Promise.all(all))] as const;
    }),
  );
  const known = await Promise.all(replies.map(async (own) => new Map(await Promise.all(own))));
  return deeds.map((deed, from) => ({
    ...deed,
    alternatives: deed.alternatives.map((other) => ({ ...other, ...named(known[from].get(other.action)) })),
  }));
}

const named = (replies: Acts | undefined) => (replies ? { replies } : {});

/**
 * The turn before, with what the others would do now if somebody had done something else then, where they can see it. Who
 * sees the same does the same.
 *
 * @param before what was done then
 * @param notesOf what an agent reads now
 */
export async function withReactions(
  { members, affords, past, replay }: Seated,
  before: readonly Deed[],
  notesOf: (self: number) => readonly Note[],
): Promise<readonly Deed[]> {
  if (!replay) return before;
  const step = past.length - 1;
  const met = await Promise.all(
    before.map(async ({ action, alternatives }, agent) =>
      Promise.all(
        others(alternatives, action).map(
          async (other) => [other, await replay.met([{ step, agent, action: other }])] as const,
        ),
      ),
    ),
  );
  // Two actions may come to the same sight: it is asked about once.
  const questions = new Map<string, { readonly self: number; readonly suppose: Supposed }>();
  const places = met.map((own, agent) =>
    own.map(([action, situations]) => {
      const reacting = situations.flatMap((suppose, self) => {
        if (!suppose || self === agent) return [];
        const key = canonicalJson([self, suppose]);
        questions.set(key, { self, suppose });
        return [{ self, key }];
      });
      return { action, reacting };
    }),
  );
  if (questions.size === 0 || !affords(questions.size)) return before;
  const answers = new Map<string, Promise<Action>>();
  for (const [key, { self, suppose }] of questions)
    answers.set(key, act(members[self], notesOf(self), { suppose }));
  return Promise.all(
    before.map(async (deed, agent) => ({
      ...deed,
      alternatives: await Promise.all(
        deed.alternatives.map(async (other) => {
          const { reacting = [] } = places[agent].find(({ action }) => action === other.action) ?? {};
          const acts = await Promise.all(reacting.map(({ key }) => answers.get(key)!));
          return {
            ...other,
            next: byAgent(
              reacting.map(({ self }) => self),
              acts,
            ),
          };
        }),
      ),
    })),
  );
}

/** What else it would have done, each once. */
function others(alternatives: readonly Alternative[], action: Action): readonly Action[] {
  return [...new Set(alternatives.map((other) => other.action))].filter((other) => other !== action);
}

function byAgent(agents: readonly number[], acts: readonly Action[]): Acts {
  return new Map(agents.map((agent, k) => [agent, acts[k]]));
}
