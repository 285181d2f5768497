import { lastLine, namedAnswer } from './final-answer.ts';
import { holdsWords, normalised } from '../plain-text.ts';
import { numberReadings } from './read-number.ts';

/** How a written answer is compared with the right ones. */
export const graders = ['exact', 'number', 'contains'] as const;
export type Grader = (typeof graders)[number];

/** What became of a written answer. */
export interface Graded {
  readonly correct: boolean;
  /** Whether there was an answer to compare: a number, one of the choices, or any words. */
  readonly read: boolean;
}

/**
 * `exact`: the named answer (`namedAnswer`), or else the whole text, has the words of a right answer, letter case,
 * spaces and marks around it apart. `number`: the named answer, or else the last line, is the number, to a part in
 * 1e9. `contains`: the words of a right answer stand in the text as whole words, whatever else does.
 */
export function grade(grader: Grader, answers: readonly string[], text: string): Graded {
  switch (grader) {
    case 'exact': {
      const said = normalised(namedAnswer(text) ?? text);
      return {
        correct: said !== '' && answers.some((right) => normalised(right) === said),
        read: said !== '',
      };
    }
    case 'number': {
      const said = numberReadings(namedAnswer(text) ?? lastLine(text));
      const right = answers.flatMap((answer) => numberReadings(answer));
      return { correct: said.some((x) => right.some((y) => equal(x, y))), read: said.length > 0 };
    }
    case 'contains': {
      const said = normalised(text);
      return { correct: answers.some((right) => holdsWords(said, normalised(right))), read: said !== '' };
    }
  }
}

function equal(x: number, y: number): boolean {
  return Math.abs(x - y) <= 1e-9 * Math.max(Math.abs(x), Math.abs(y));
}

/** The letters that choices are offered under. */
export const choiceLetters: readonly string[] = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];

/**
 * The choice that a written answer names, by its letter (`B`, `(B)`, `B: nine`) or by its words, in the named answer,
 * the whole text or its last line, the first of these that names any. Undefined where it names none, or a letter with
 * the words of another choice.
 */
export function choiceIn(text: string, choices: readonly string[]): number | undefined {
  const named = namedAnswer(text);
  const places = named === undefined ? [text, lastLine(text)] : [named];
  for (const place of places) {
    const said = normalised(place);
    const words = choices.findIndex((choice) => normalised(choice) === said);
    if (words >= 0) return words;
    const [, letter, rest = ''] = /^(?:(?:option|choice) )?([a-z])(?:[).:\]-]+\s*(.*))?$/.exec(said) ?? [];
    if (letter === undefined) continue;
    const index = letter.charCodeAt(0) - 'a'.charCodeAt(0);
    if (index >= choices.length) continue;
    const contradicted = choices.some((choice, k) => k !== index && normalised(choice) === normalised(rest));
    return contradicted ? undefined : index;
  }
  return undefined;
}
