import { choicesText } from './wording.ts';

/** The wording for one agent that decides for a team; part of the hash of its runs. */
export const singleRevision = 1;

/** What one member of a team sees, for somebody who decides in its place. */
export interface SeenMember {
  readonly name: string;
  readonly observation: string;
  readonly availableActions: readonly string[];
}

/** One agent that answers for all members at once. */
export function composeSinglePrompt(members: readonly SeenMember[]): string {
  const lines = members.map(
    ({ name, observation, availableActions }) => `${name}: ${observation} ${ownChoices(availableActions)}`,
  );
  return [`You alone decide for the whole team, and see what each of them sees.`, ...lines].join('\n');
}

/** The same agent, asked for one member after another: what it sees beside that member's own observation. */
export function observationOfAll(
  own: Pick<SeenMember, 'observation'>,
  others: readonly Pick<SeenMember, 'name' | 'observation'>[],
): string {
  return [own.observation, ...others.map(({ name, observation }) => `${name} sees: ${observation}`)].join(
    ' ',
  );
}

function ownChoices(actions: readonly string[]): string {
  return actions.length > 1 ? choicesText(actions) : `No choice but: ${actions.join()}.`;
}
