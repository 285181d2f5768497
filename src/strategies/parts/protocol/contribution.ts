import type { Action, Member, Note } from '../../../contracts/index.ts';
import { act, say } from './act.ts';
import { answerKey } from './plurality.ts';
import type { Hearing } from './topology.ts';

export type Words = Extract<Note, { kind: 'words' }>;

/** Whether it has anything to decide: a text, or a choice among several actions. */
export function decides({ offer }: Member): boolean {
  return offer.kind === 'text' || choosesAmong({ offer });
}

/** Whether it is asked for a choice: who has one action has it, and who only talks has none. */
export function choosesAmong({ offer }: Pick<Member, 'offer'>): boolean {
  return offer.kind === 'choice' && offer.actions.length > 1;
}

/** What an agent said or wrote, as others read it: a program, where the task asks it for one, as it was written. */
export function written({ offer }: Pick<Member, 'offer'>, from: number, round: number, text: string): Words {
  const isCode = offer.kind === 'text' && offer.form === 'code';
  return { kind: 'words', from, round, text, ...(isCode && { form: 'code' }) };
}

/**
 * What an agent puts before its team: the text that it would write, where it writes; what it says, where it chooses or
 * only talks. Silence is shown as an empty line, so that no two questions of a step are the same.
 */
export async function contribute(
  member: Member,
  from: number,
  round: number,
  messageTokens: number,
  notes: readonly Note[],
): Promise<Words> {
  const text =
    member.offer.kind === 'text' ? String(await act(member, notes)) : await say(member, messageTokens, notes);
  return written(member, from, round, text);
}

/** What it does after that: the text that it put before the team; a choice, where it chooses; else nothing. */
export function settle(member: Member, own: Words, notes: readonly Note[]): Promise<Action> {
  return member.offer.kind === 'text' ? Promise.resolve(own.text) : act(member, notes);
}

/** What has been done, as others are told of it. Who only talks has done nothing. */
export function doneBy(member: Pick<Member, 'offer'>, from: number, round: number, action: Action): Note[] {
  if (member.offer.kind === 'none') return [];
  return typeof action === 'number'
    ? [{ kind: 'plan', from, action }]
    : [written(member, from, round, action)];
}

/** What an agent hears of all that was said: its own words, and those of the agents that it hears. */
export function audible(said: readonly Words[], self: number, hears: Hearing): Words[] {
  return said.filter(({ from }) => from === self || hears[self].includes(from));
}

/**
 * What each agent answered, in a form in which equal answers are equal: the words of its action, the text that it
 * wrote, or, of who only talks, what it said. Undefined for who had but one action.
 * @param actionWords the task's words for its actions
 */
export function answersOf(
  members: readonly Member[],
  actions: readonly Action[],
  said: readonly Words[],
  actionWords: readonly string[],
): (string | undefined)[] {
  return members.map((member, k) => {
    const action = actions[k];
    if (member.offer.kind === 'none') return answerKey(said.find(({ from }) => from === k)?.text ?? '');
    if (!decides(member)) return undefined;
    return answerKey(typeof action === 'number' ? actionWords[action] : action);
  });
}

/** How many gave the most frequent answer, and how many gave one. */
export function agreement(answers: readonly (string | undefined)[]): {
  readonly most: number;
  readonly of: number;
} {
  const given = answers.filter((answer) => answer !== undefined);
  const most = Math.max(0, ...given.map((answer) => given.filter((other) => other === answer).length));
  return { most, of: given.length };
}

/** Whether there are several answers, and all are the same. */
export function agreed(answers: readonly (string | undefined)[]): boolean {
  const { most, of } = agreement(answers);
  return of > 1 && most === of;
}
