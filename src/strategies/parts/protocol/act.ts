import type { Action, Member, Note, Question } from '../../../contracts/index.ts';

/** What else a question may say. */
export type Asked = Pick<Question, 'sees' | 'by' | 'sample' | 'suppose'>;

/**
 * What an agent does at the end of a protocol: it chooses where it can choose, writes where it must write, and does
 * nothing where it only talks.
 */
export async function act(member: Member, notes: readonly Note[] = [], further: Asked = {}): Promise<Action> {
  const offer = further.suppose?.offer ?? member.offer;
  const question = { ...(notes.length > 0 && { notes }), ...further };
  if (offer.kind === 'choice') return member.draw(await member.ask({ choose: true, ...question }));
  if (offer.kind === 'none') return '';
  const { maxTokens } = offer;
  const { text = '' } = await member.ask({ write: { maxTokens, as: 'action' }, ...question });
  return text;
}

/** What an agent says to its teammates; empty where it says nothing. */
export async function say(
  member: Member,
  maxTokens: number,
  notes: readonly Note[] = [],
  further: Asked = {},
): Promise<string> {
  const question = { ...(notes.length > 0 && { notes }), ...further };
  const { text = '' } = await member.ask({ write: { maxTokens }, ...question });
  return text;
}
