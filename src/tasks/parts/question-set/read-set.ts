import { InputError } from '../../../core/index.ts';
import type { Split } from '../../../contracts/index.ts';
import type { Grader } from './grade.ts';
import { fallsToTraining } from '../training-share.ts';
import {
  type Question,
  readQuestion,
  type ReadQuestion,
  refuseUnclearNumbers,
  usualGrader,
} from './question.ts';
import { type FieldNames, readRecords } from './records.ts';

/** The questions of a file. All have choices or none has, and all tell facts to as many agents. */
export interface QuestionSet {
  readonly splits: Readonly<Record<Split, readonly Question[]>>;
  /** To how many agents the file tells facts; 0 where it tells none. */
  readonly informed: number;
  /** The choices, where all questions have the same ones. */
  readonly sharedChoices?: readonly string[];
  /** The most choices of a question; 0 where answers are free. */
  readonly mostChoices: number;
}

export interface SetOptions {
  readonly fields?: FieldNames;
  readonly grader?: Grader;
  /** The share of questions that training draws from, where the file does not say. */
  readonly trainShare: number;
}

/**
 * Reads and checks a whole file.
 * @throws InputError for the first thing that is wrong, with file and line
 */
export function readQuestionSet(
  bytes: Uint8Array,
  file: string,
  { fields = {}, grader, trainShare }: SetOptions,
): QuestionSet {
  const read = readRecords(bytes, file, fields).map((record) => readQuestion(record, file));
  const [first] = read;
  if (!first) throw new InputError('The file has no questions.', { file });
  refuseTwice(read, file);
  for (const other of read) refuseMixed(first, other, file);
  const questions = read.map(({ split, place: _, ...rest }) => {
    const own = { ...rest, grader: rest.grader ?? grader ?? usualGrader(rest.answers) };
    if (own.choices.length === 0) refuseUnclearNumbers(own, file);
    return { question: own, split };
  });
  const isTraining = ({ question, split }: (typeof questions)[number]) =>
    split === undefined ? fallsToTraining(question.question, trainShare) : split === 'train';
  const train = questions.filter(isTraining).map(({ question }) => question);
  const test = questions.filter((each) => !isTraining(each)).map(({ question }) => question);
  if (test.length === 0 && first.split !== undefined)
    throw new InputError('All questions are for training, so none is left for a study.', { file });
  const shared = read.every(({ choices }) => sameWords(choices, first.choices));
  return {
    // Of very few questions all may fall to training: then there is none, rather than no study.
    splits: test.length > 0 ? { train, test } : { train: [], test: train },
    informed: first.facts.length,
    ...(first.choices.length > 0 && shared && { sharedChoices: first.choices }),
    mostChoices: Math.max(...read.map(({ choices }) => choices.length)),
  };
}

function refuseTwice(read: readonly ReadQuestion[], file: string): void {
  const places = new Map<string, string>();
  for (const { id, line, place } of read) {
    const before = places.get(id);
    if (before !== undefined)
      throw new InputError(`The id ${JSON.stringify(id)} is that of ${before}, too. Give each its own.`, {
        file,
        line,
      });
    places.set(id, place);
  }
}

function refuseMixed(first: ReadQuestion, other: ReadQuestion, file: string): void {
  const differ = (what: string) =>
    new InputError(`${what}, unlike ${first.place}. Divide the file, so that all questions are alike.`, {
      file,
      line: other.line,
    });
  const has = (some: boolean, what: string) => `This question has ${some ? '' : 'no '}${what}`;
  if (other.choices.length > 0 !== first.choices.length > 0)
    throw differ(has(other.choices.length > 0, 'choices'));
  if (other.facts.length !== first.facts.length)
    throw differ(`This question tells facts to ${other.facts.length} agents`);
  if ((other.split === undefined) !== (first.split === undefined))
    throw differ(has(other.split !== undefined, 'split'));
}

function sameWords(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((word) => b.includes(word));
}
