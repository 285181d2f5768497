import { z } from 'zod';
import type { JsonObject, Member, Note, StrategyDefinition, StrategyPart } from '../../../contracts/index.ts';
import { act, say } from './act.ts';
import { told } from './appraisal.ts';
import { choosesAmong, decides, written } from './contribution.ts';
import { placeOption } from './place.ts';
import { type Deed, withReactions, withReplies } from './reactions.ts';
import { type TalkOptions, talkOptions } from './seats.ts';
import { teamStrategy, type TeamStep } from './team-strategy.ts';

export const creditOptions = {
  judge: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe('Which of the study’s judges appraises what the team did; a member of the team when absent.'),
  appraiser: placeOption('last', 'Who appraises where no judge does'),
  ...talkOptions,
};

export type CreditOptions = z.output<z.ZodObject<typeof creditOptions>>;

/** What is credited: a turn, or an attempt that is over. */
export interface Span {
  /** Index into `past` of its first turn. */
  readonly first: number;
  readonly turns: readonly (readonly Deed[])[];
  readonly reward: number;
  /** Each agent's own gain, where the task says it of every turn. */
  readonly shares?: readonly number[];
  /** What the task measured beside the reward, as a sentence; empty where that is not to be told. */
  readonly measured: string;
}

interface Memory {
  readonly turns: (readonly Deed[])[];
  /** What each agent is told of the turn before, and of the attempt before. */
  ofTurn: readonly string[];
  ofAttempt: readonly string[];
}

export type CreditStep<Options = CreditOptions> = TeamStep<Options, Memory>;

/** Those of a control that asks nobody have no appraiser. */
type Told = JsonObject & TalkOptions & Partial<CreditOptions>;

/** A way to tell agents what they earned. */
export interface CreditWork<Options extends Told> extends Pick<
  StrategyDefinition<Options>,
  'id' | 'title' | 'revision' | 'optionsSchema'
> {
  readonly parts?: readonly StrategyPart[];
  /** How often each agent is asked again for what it would do, so that the two can be compared; 0 when absent. */
  readonly alternatives?: (options: Options) => number;
  /** One sentence for each agent, undefined where it cannot be told. When absent, all are told the team's reward. */
  readonly credit?: (team: CreditStep<Options>, span: Span) => Promise<readonly (string | undefined)[]>;
}

/**
 * Everybody acts alone, and is told what came of it: in the next turn of its last action, in the next attempt at the same
 * instance of what it did there. Who only talks speaks first, to all. What an agent is told of its own part is the
 * strategy's; without the part `credit`, and where a strategy has none, it is told what the team earned.
 */
export function creditStrategy<Options extends Told>(work: CreditWork<Options>): StrategyDefinition<Options> {
  return teamStrategy<Options, Memory>({
    ...work,
    ...(work.credit && { place: 'appraiser' as const }),
    asks: (_, task) =>
      work.credit ? ['choice', 'text', 'team'] : task.simulator ? ['choice'] : ['choice', 'text'],
    judges: ({ judge = null }) => (judge === null ? [] : [judge]),
    remembers: () => ({ turns: [], ofTurn: [], ofAttempt: [] }),
    decide: async (team) => {
      const { members, affords, memory, past, options, without } = team;
      const credit = without.includes('credit') ? undefined : work.credit;
      // Nobody is told anything after the last step.
      const again = credit && team.time + 1 < team.horizon ? (work.alternatives?.(options) ?? 0) : 0;
      const voices = members.filter((member) => decides(member) || member.offer.kind === 'none').length;
      const pays = affords(voices * (1 + again) + (credit ? 1 : 0));
      // Steps that were recalled are not remembered.
      const remembers = memory.turns.length > 0 && memory.turns.length === past.length;
      if (remembers) {
        const isWhole = past.at(-1)!.attempt !== team.attempt;
        const span = spanOf(
          team,
          isWhole,
          work.parts?.includes('shaping') === true && !without.includes('shaping'),
        );
        const sentences = credit && pays ? await credit(team, span) : undefined;
        const all = members.map((_, self) => {
          const of = isWhole ? `Your team has tried this before.` : 'Of the turn before:';
          const what = credit ? (sentences?.[self] ?? '') : `The team earned ${told(span.reward)}.`;
          return [of, what, span.measured].filter((part) => part !== '').join(' ');
        });
        memory.ofTurn = isWhole ? [] : all;
        if (isWhole) memory.ofAttempt = all;
      }
      const deeds: Deed[] = [];
      const said: Note[] = [];
      const notesOf = (self: number, heard: readonly Note[] = said) => [...recalled(team, self), ...heard];
      const turn = async (talks: boolean) => {
        const seated = members.flatMap((member, self) =>
          (member.offer.kind === 'none') === talks ? [{ member, self }] : [],
        );
        await Promise.all(
          seated.map(async ({ member, self }) => {
            deeds[self] = await deedOf(member, notesOf(self), options.messageTokens, pays ? again : 0);
          }),
        );
      };
      await turn(true);
      members.forEach((member, from) => {
        if (member.offer.kind === 'none')
          said.push(written(member, from, team.time + 1, String(deeds[from].action)));
      });
      await turn(false);
      if (remembers && past.at(-1)!.attempt === team.attempt && team.attempt + 1 < attemptsOf(team))
        memory.turns.push(await withReactions(team, memory.turns.pop()!, notesOf));
      memory.turns.push(await withReplies(team, deeds, notesOf));
      return deeds.map(({ action }, self) => (members[self].offer.kind === 'none' ? '' : action));
    },
  });
}

/** How often the instance is played. */
function attemptsOf({ horizon, task }: Pick<CreditStep, 'horizon' | 'task'>): number {
  return horizon / task.horizon;
}

/** What an agent does, and what it would do if it were asked again. */
async function deedOf(
  member: Member,
  notes: readonly Note[],
  messageTokens: number,
  again: number,
): Promise<Deed> {
  const ask = <T>(one: (sample: number) => Promise<T>) =>
    Promise.all(Array.from({ length: again + 1 }, (_, sample) => one(sample)));
  const numbered = (sample: number) => (sample > 0 ? { sample } : {});
  if (member.offer.kind === 'choice') {
    if (!choosesAmong(member)) return { action: await act(member), alternatives: [] };
    const told = notes.length > 0 ? { notes } : {};
    const answers = await ask((sample) => member.ask({ choose: true, ...told, ...numbered(sample) }));
    const alternatives = answers.slice(1).map((answer) => ({ action: member.draw(answer) }));
    // Drawn last: what it does is what the trace goes by.
    return { action: member.draw(answers[0]), alternatives };
  }
  const talks = member.offer.kind === 'none';
  const [action, ...alternatives] = await ask((sample) =>
    talks ? say(member, messageTokens, notes, numbered(sample)) : act(member, notes, numbered(sample)),
  );
  return { action, alternatives: alternatives.map((other) => ({ action: other })) };
}

/** The turn before, or the attempt before it. */
function spanOf(
  { past, memory }: Pick<CreditStep, 'past' | 'memory'>,
  isWhole: boolean,
  shaped: boolean,
): Span {
  const { attempt } = past.at(-1)!;
  const first = isWhole ? past.findIndex((step) => step.attempt === attempt) : past.length - 1;
  const steps = past.slice(first);
  const measures = Object.entries(shaped ? (past.at(-1)!.measures ?? {}) : {});
  const list = measures.map(([name, value]) => `${name} ${told(value)}`).join(', ');
  const shares = steps.map((step) => step.shares);
  const all = shares.every((own) => own !== undefined);
  return {
    first,
    ...(all && { shares: shares[0].map((_, k) => shares.reduce((sum, own) => sum + own[k], 0)) }),
    turns: memory.turns.slice(first),
    reward: steps.reduce((sum, { reward }) => sum + reward, 0),
    measured: list === '' ? '' : `It was measured: ${list}.`,
  };
}

/** What an agent remembers: what it did, in the same turn of the attempt before and in the turn before, and what came of it. */
function recalled(
  { members, memory, past, attempt, task }: Omit<CreditStep, 'options'>,
  self: number,
): Note[] {
  const at = (step: number): Note[] => {
    const deed = memory.turns[step]?.[self];
    if (!deed) return [];
    if (typeof deed.action === 'number')
      return [{ kind: 'brief', text: `There you did this: ${task.actions[deed.action]}.` }];
    return [written(members[self], self, step + 1, deed.action)];
  };
  const begun = past.filter((step) => step.attempt < attempt).length;
  const before = past.findIndex((step) => step.attempt === attempt - 1);
  const turn = past.length - begun;
  const same = before >= 0 && before + turn < begun ? before + turn : -1;
  return [
    ...(attempt > 0 && memory.ofAttempt[self] ? [brief(memory.ofAttempt[self]), ...at(same)] : []),
    ...(memory.ofTurn[self] ? [brief(memory.ofTurn[self]), ...at(past.length - 1)] : []),
  ];
}

function brief(text: string): Note {
  return { kind: 'brief', text };
}

/** Turns that an appraiser reads, at most. */
const mostTurns = 6;

/**
 * What was done in a span, for who appraises it: texts and words as notes, choices as sentences.
 * @param deeds of its last turn, where they are not those that were done
 */
export function recordOf(
  { members, task }: Pick<CreditStep, 'members' | 'task'>,
  { turns }: Span,
  deeds: readonly Deed[] = turns.at(-1)!,
): { readonly notes: readonly Note[]; readonly chosen: string } {
  const shown = [...turns.slice(0, -1), deeds].slice(-mostTurns);
  const notes: Note[] = [];
  const chosen: string[] = [];
  shown.forEach((turn, k) => {
    turn.forEach(({ action }, self) => {
      if (typeof action === 'string') notes.push(written(members[self], self, k + 1, action));
      else
        chosen.push(
          `${shown.length > 1 ? `In turn ${k + 1} ` : ''}${members[self].name} did this: ${task.actions[action]}.`,
        );
    });
  });
  return { notes, chosen: chosen.join(' ') };
}
