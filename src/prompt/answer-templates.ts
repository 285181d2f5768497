import { echoed } from './quotable.ts';

/**
 * How a model is told to answer. The words are part of every run's hash through this revision (those about free
 * words through `speechRevision`): raise it with any change, so that no study mixes two wordings.
 */
export const answerTemplatesRevision = 1;

export const jsonInstruction =
  'Answer with one JSON object and nothing else: {"action": "...", "confidence": ...}. ' +
  'The action is one of the choices, copied exactly. ' +
  'The confidence is the probability from 0 to 1 that it is the best choice.';

/** The same, with free words first: what is said before a choice can bear on it. */
export const jsonSpeechInstruction =
  'Answer with one JSON object and nothing else: {"message": "...", "action": "...", "confidence": ...}. ' +
  'The message is what you say to your teammates in your own words, at most 60; they read it before they choose again. ' +
  'The action is one of the choices, copied exactly. ' +
  'The confidence is the probability from 0 to 1 that it is the best choice.';

export const textInstruction =
  'Answer in two lines and nothing else:\nAction: one of the choices, copied exactly\n' +
  'Confidence: the probability from 0 to 1 that it is the best choice';

export const textSpeechInstruction =
  'Answer in three lines and nothing else:\n' +
  'Message: what you say to your teammates in your own words, at most 60; they read it before they choose again\n' +
  'Action: one of the choices, copied exactly\n' +
  'Confidence: the probability from 0 to 1 that it is the best choice';

/** For one agent that decides for all of these, in JSON and in plain text; covered by `singleRevision`. */
export function jsonTeamInstruction(names: readonly string[]): string {
  const fields = names.map((name) => `${JSON.stringify(name)}: "..."`).join(', ');
  return (
    `Answer with one JSON object and nothing else: {${fields}, "confidence": ...}. ` +
    'Each name gets one of its choices, copied exactly. ' +
    'The confidence is the probability from 0 to 1 that together they are the best choice.'
  );
}

export function textTeamInstruction(names: readonly string[]): string {
  return (
    `Answer in ${names.length + 1} lines and nothing else:\n` +
    names.map((name) => `${name}: one of its choices, copied exactly\n`).join('') +
    'Confidence: the probability from 0 to 1 that together they are the best choice'
  );
}

/** What is said once after an answer that does not name an available action for everybody. */
export function teamRepairRequest(
  members: readonly { readonly name: string; readonly actions: readonly string[] }[],
): string {
  const choices = members.map(({ name, actions }) => `${name}: ${actions.join(', ')}`).join('; ');
  return `Not everybody got one of the available choices. Choose exactly one for each of: ${choices}. Keep to the form of answer that was asked for.`;
}

export const letterInstruction = 'Answer with the letter of your choice and nothing else.';

/** The choices with their letters, after the prompt. */
export function letteredChoices(letters: readonly string[], actions: readonly string[]): string {
  return `\n${actions.map((action, k) => `${letters[k]}: ${action}`).join('\n')}`;
}

/** What is said once after an answer that names no available action. */
export function repairRequest(choices: readonly string[]): string {
  return `That is none of the choices. Choose exactly one of: ${choices.join(', ')}. Keep to the form of answer that was asked for.`;
}

/** What is shown to a model of its own answer when it is asked again, in characters. */
export const longestEcho = 2000;

/** A model's own answer as it is shown to it again. */
export function echoedAnswer(answer: string): string {
  // Long ramblings are not worth paying for twice, and an empty answer is refused by some services.
  return echoed(answer, longestEcho) || '(nothing)';
}
