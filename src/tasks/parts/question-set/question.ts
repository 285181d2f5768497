import { InputError, nearest } from '../../../core/index.ts';
import { choiceLetters, type Grader, graders } from './grade.ts';
import { normalised } from '../plain-text.ts';
import { numberReadings } from './read-number.ts';
import type { QuestionField, RawRecord } from './records.ts';

/** One question, as agents meet it. */
export type Question = {
  /** As the file says, or the line or row. */
  readonly id: string;
  /** Where it stands in the file, from 1. */
  readonly line: number;
  readonly question: string;
  /** None where the answer is free. */
  readonly choices: readonly string[];
  /** Any of these is right; with choices, the one that is. */
  readonly answers: readonly string[];
  readonly grader: Grader;
  /** What each agent alone knows, empty for nothing; an empty list where nobody knows more than the question. */
  readonly facts: readonly string[];
};

export const longestField = 100_000;
const mostAgents = 6;

/** A question and where it belongs, where its file says so. */
export interface ReadQuestion extends Omit<Question, 'grader'>, Pick<RawRecord, 'place'> {
  readonly grader?: Grader;
  readonly split?: 'train' | 'test';
}

/**
 * Reads one record. Numbers and truth values count as their words.
 * @throws InputError with the file and line, and what would be right
 */
export function readQuestion({ fields, line, place, names }: RawRecord, file: string): ReadQuestion {
  const wrong = (what: string) => new InputError(what, { file, line });
  const text = (name: QuestionField): string | undefined => wordsOf(fields[name], name, wrong);
  const question = text('question');
  if (question === undefined) throw wrong(lacking('question', names));
  const choices = listOf(fields.choices, 'choices', wrong).filter((choice) => choice !== '');
  refuseOddChoices(choices, wrong);
  const answers = listOf(fields.answer, 'answer', wrong).filter((answer) => answer !== '');
  if (answers.length === 0) throw wrong(lacking('answer', names));
  const odd = answers.find((answer) => normalised(answer) === '');
  if (odd !== undefined)
    throw wrong(`The answer ${JSON.stringify(odd)} has neither letters nor digits to compare.`);
  const grader = text('grader');
  if (grader !== undefined && !isGrader(grader))
    throw wrong(`There is no grader ${JSON.stringify(grader)}. Available: ${graders.join(', ')}.`);
  const split = text('split');
  if (split !== undefined && split !== 'train' && split !== 'test')
    throw wrong(`The split is ${JSON.stringify(split)}. Write train or test.`);
  const facts = listOf(fields.facts, 'facts', wrong);
  if (facts.length > mostAgents)
    throw wrong(`There are facts for ${facts.length} agents; a team has at most ${mostAgents}.`);
  return {
    id: text('id') ?? place,
    line,
    place,
    question,
    choices,
    answers: choices.length > 0 ? [rightChoice(answers, choices, wrong)] : answers,
    ...(grader !== undefined && { grader }),
    ...(split !== undefined && { split }),
    facts,
  };
}

/** How a free answer is compared where nobody says: as a number where all right answers are plain numbers. */
export function usualGrader(answers: readonly string[]): Grader {
  return answers.every((answer) => /^[+-]?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(answer)) ? 'number' : 'exact';
}

/** @throws InputError where a right answer is no number, or two readers would take it for different ones */
export function refuseUnclearNumbers({ grader, answers, line }: Question, file: string): void {
  if (grader !== 'number') return;
  for (const answer of answers) {
    const readings = numberReadings(answer.replace(/\s?%\s*$/, ''));
    if (readings.length === 1) continue;
    throw new InputError(
      readings.length === 0
        ? `The grader "number" needs a number, but the answer is ${JSON.stringify(answer)}.`
        : `The answer ${JSON.stringify(answer)} can be read as ${readings.join(' or as ')}. Write it without that mark.`,
      { file, line },
    );
  }
}

type Wrong = (what: string) => InputError;

function isGrader(word: string): word is Grader {
  return (graders as readonly string[]).includes(word);
}

function lacking(field: QuestionField, names: readonly string[]): string {
  const near = nearest(field, names);
  return (
    `This question has no ${field === 'question' ? 'text' : field}: "${field}" is missing or empty.` +
    (near !== undefined && near !== field
      ? ` Is it "${near}"? Then say \`fields: {${field}: ${near}}\`.`
      : '') +
    ` It has ${names.length > 0 ? names.join(', ') : 'no fields'}.`
  );
}

/** A value as words; undefined where there is none. */
function wordsOf(value: unknown, name: QuestionField, wrong: Wrong): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (Number.isInteger(value) && !Number.isSafeInteger(value))
      throw wrong(`"${name}" is ${value}, which numbers of JSON do not hold exactly. Write it in quotes.`);
    return String(value);
  }
  if (typeof value !== 'string')
    throw wrong(`"${name}" is ${Array.isArray(value) ? 'a list' : 'an object'} where words are needed.`);
  if (value.length > longestField)
    throw wrong(`"${name}" has ${value.length} characters; ${longestField} are the most.`);
  const words = value.trim();
  return words === '' ? undefined : words;
}

/** A list of words; one value is a list of one, and a list in a list is one text of several sentences. */
function listOf(value: unknown, name: QuestionField, wrong: Wrong): string[] {
  if (value === undefined || value === null) return [];
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (name === 'facts' && !Array.isArray(value))
    throw wrong('"facts" is one text. Write a list with an entry for each agent, "" for who knows nothing.');
  return items.map((item) =>
    name === 'facts' && Array.isArray(item)
      ? item.map((fact) => wordsOf(fact, name, wrong) ?? '').join(' ').trim() // prettier-ignore
      : (wordsOf(item, name, wrong) ?? ''),
  );
}

function refuseOddChoices(choices: readonly string[], wrong: Wrong): void {
  if (choices.length === 1) throw wrong('There is one choice only. Give at least two, or none.');
  if (choices.length > choiceLetters.length)
    throw wrong(`There are ${choices.length} choices; ${choiceLetters.length} are the most.`);
  const words = choices.map(normalised);
  const twice = words.findIndex((word, k) => word === '' || words.indexOf(word) < k);
  if (twice >= 0)
    throw wrong(
      `The choice ${JSON.stringify(choices[twice])} is there twice, but for marks and letter case.`,
    );
}

/** The choice that the answer names by its words or, where no choice has these, by its letter. */
function rightChoice(answers: readonly string[], choices: readonly string[], wrong: Wrong): string {
  if (answers.length > 1) throw wrong('Among choices one answer is right, but several are given.');
  const [answer] = answers;
  const said = normalised(answer);
  const byWords = choices.find((choice) => normalised(choice) === said);
  const byLetter = choices[choiceLetters.indexOf(answer.toUpperCase())];
  const right = byWords ?? byLetter;
  if (right !== undefined) return right;
  throw wrong(
    `The answer ${JSON.stringify(answer)} is none of the choices (${choices.join('; ')}). ` +
      'Write the words of the right choice or its letter, A for the first one.',
  );
}
