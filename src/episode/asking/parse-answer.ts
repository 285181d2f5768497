import { labelledValues } from './labels.ts';
import { type AnswerObject, field, lastObject, wholeObject } from './objects.ts';
import { saidText } from './said-text.ts';
import { statedShare } from './stated-share.ts';

/** What could be read from an answer. */
export interface ParsedAnswer {
  /** Index of the action. */
  readonly action: number;
  /** How sure the model says it is, in [0, 1]; absent when it says nothing readable. */
  readonly confidence?: number;
  /** Words to the teammates; absent when there are none. */
  readonly message?: string;
}

/**
 * Reads an action, and a confidence if there is one, from an answer in JSON or in plain words. Reasoning is left out
 * (`saidText`); code fences, text around JSON, JSON5 and broken JSON, other letter case, quotes, stops and full-width
 * letters are tolerated.
 *
 * An action counts when (in this order) the last JSON object with an `action` (or answer, choice, decision, move) has
 * it, the last line with such a label has it, the whole answer is it, or it is the only action that is named and not
 * denied or asked about. Anything ambiguous is undefined: guessing would put words into a model's mouth.
 *
 * Linear in the length of the text, of which the last 8,000 characters are read.
 */
export function parseAnswer(text: string, actions: readonly string[]): ParsedAnswer | undefined {
  // What holds the answer as an object of its own is only around it.
  const fits = (object: AnswerObject) => {
    const named = field(object, ...actionLabels);
    return named !== undefined && (named === null || typeof named !== 'object');
  };
  const whole = wholeObject(text, fits);
  const said = whole ? '' : saidText(text).slice(-longestRead);
  const json = whole ?? lastObject(said, fits);
  const labelled = json ? [] : [...labelledValues(said, answerLabels)];
  const value = (...names: readonly string[]): unknown =>
    json ? field(json, ...names) : labelled.findLast(([label]) => names.includes(label))?.[1];
  const named = value(...actionLabels);
  // An answer that names something else is an answer; a word elsewhere in it is none.
  const action =
    named === undefined
      ? (indexOfAction(said, actions) ?? onlyNamed(said, actions))
      : typeof named === 'string'
        ? (indexOfAction(named, actions) ?? onlyNamed(named, actions))
        : undefined;
  if (action === undefined) return undefined;
  const confidence = statedShare(value('confidence'));
  const message = value('message');
  return {
    action,
    ...(confidence !== undefined && { confidence }),
    ...(typeof message === 'string' && message.trim() !== '' && { message }),
  };
}

/**
 * Reads one action per member, and a confidence if there is one: the last JSON object with all names as fields, or
 * lines that begin with a name. Undefined unless every member has one of its actions.
 */
export function parseTeamAnswer(
  text: string,
  team: readonly { readonly name: string; readonly actions: readonly string[] }[],
): { readonly actions: readonly number[]; readonly confidence?: number } | undefined {
  const names = team.map(({ name }) => name);
  const fits = (object: AnswerObject) => names.every((name) => field(object, name) !== undefined);
  const whole = wholeObject(text, fits);
  const said = whole ? '' : saidText(text).slice(-longestRead);
  const json = whole ?? lastObject(said, fits);
  const labelled = json ? undefined : labelledValues(said, [...names, 'confidence']);
  const value = (name: string) => (json ? field(json, name) : labelled?.get(name.toLowerCase()));
  const actions: number[] = [];
  for (const { name, actions: available } of team) {
    const named = value(name);
    const action =
      typeof named === 'string'
        ? (indexOfAction(named, available) ?? onlyNamed(named, available))
        : undefined;
    if (action === undefined) return undefined;
    actions.push(action);
  }
  const confidence = statedShare(value('confidence'));
  return { actions, ...(confidence !== undefined && { confidence }) };
}

const actionLabels = ['action', 'answer', 'choice', 'decision', 'move'];
const answerLabels = [...actionLabels, 'confidence', 'message'];
/** What is looked at of a longer answer: its end, where answers stand. */
const longestRead = 8000;

/** Lower case, letters of one width, nothing invisible. */
function plainWords(text: string): string {
  // Some single characters stand for many.
  return text
    .normalize('NFKC')
    .slice(-longestRead)
    .replace(/\p{Cf}/gu, '')
    .toLowerCase();
}

/** Plain words with single spaces and no marks around them. */
function normalised(text: string): string {
  const plain = plainWords(text).replace(/\s+/g, ' ');
  const mark = /[\s\\"'“”‘’«»`*_()[\]{}<>.,;:!]/;
  let from = 0;
  let to = plain.length;
  while (from < to && mark.test(plain[from])) from++;
  while (to > from && mark.test(plain[to - 1])) to--;
  return plain.slice(from, to);
}

function indexOfAction(text: string, actions: readonly string[]): number | undefined {
  const words = normalised(text);
  const index = actions.findIndex((action) => normalised(action) === words);
  return index < 0 ? undefined : index;
}

/** Words that turn what is named beside them into something else than a choice. */
const denied =
  / (not|no|never|neither|nor|don|doesn|didn|isn|aren|won|can|cannot|couldn|shouldn|wouldn|avoid|avoiding|instead of|rather than|without|except|against|unless|if|whether|bad|wrong|worse|worst) /;
const anyWord = /[\p{L}\p{N}]/u;
const wordMarks = /[^\p{L}\p{N}-]+/gu;

/**
 * The only action that the text names, in whole words, and does not deny or ask about in the same clause; "start 1" is
 * not named by "start 10".
 */
function onlyNamed(text: string, actions: readonly string[]): number | undefined {
  const longestFirst = actions
    .map((action, index) => ({ index, words: ` ${normalised(action).replace(wordMarks, ' ')} ` }))
    .sort((a, b) => b.words.length - a.words.length);
  const named = new Set<number>();
  // The mark that ends a clause stays with it.
  for (const clause of plainWords(text).split(/(?<=[.,;:!?()\n])/)) {
    if (!anyWord.test(clause)) continue;
    // An apostrophe parts "don't", so that "don" is a word.
    let rest = ` ${clause.replace(wordMarks, ' ')} `;
    const inClause: number[] = [];
    for (const { index, words } of longestFirst) {
      if (!rest.includes(words)) continue;
      inClause.push(index);
      // What a longer action used up does not also name a shorter one; the spaces stay for the neighbours.
      rest = rest.replaceAll(words, ' | ');
    }
    if (clause.endsWith('?') || denied.test(rest)) continue;
    for (const index of inClause) named.add(index);
  }
  return named.size === 1 ? [...named][0] : undefined;
}
