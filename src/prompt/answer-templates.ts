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

export const letterInstruction = 'Answer with the letter of your choice and nothing else.';

/** The choices with their letters, after the prompt. */
export function letteredChoices(letters: readonly string[], actions: readonly string[]): string {
  return `\n${actions.map((action, k) => `${letters[k]}: ${action}`).join('\n')}`;
}

/** What is said once after an answer that names no available action. */
export function repairRequest(choices: readonly string[]): string {
  return `That is none of the choices. Choose exactly one of: ${choices.join(', ')}. Keep to the form of answer that was asked for.`;
}
