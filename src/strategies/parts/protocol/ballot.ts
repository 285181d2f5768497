import { answerKey } from './plurality.ts';

/**
 * The action that a text names: the one that it consists of, or the only one whose words occur in it. Words that are
 * written as the action is count before others; a single letter counts in no other form, for "a" is a word too.
 * @param actions their indices
 * @param words of all actions, by index
 * @returns undefined where it names none, or several
 */
export function actionNamed(
  text: string,
  actions: readonly number[],
  words: readonly string[],
): number | undefined {
  const key = answerKey(text);
  const whole = actions.find((action) => answerKey(words[action]) === key);
  if (whole !== undefined) return whole;
  const exact = actions.filter((action) => occurs(words[action], text));
  const named =
    exact.length > 0
      ? exact
      : actions.filter((action) => words[action].length > 1 && occurs(answerKey(words[action]), key));
  // "start 1" is no part of "start 12", but "go" is one of "go far": the longer name is the one meant.
  const longest = named.filter(
    (action) =>
      !named.some((other) => other !== action && occurs(answerKey(words[action]), answerKey(words[other]))),
  );
  return longest.length === 1 ? longest[0] : undefined;
}

/** Whether words occur in a text, and not as a part of longer words. */
export function occurs(words: string, text: string): boolean {
  if (words === '') return false;
  const within = /[\p{L}\p{N}]/u;
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1)) {
    const [before, after] = [text.slice(0, at), text.slice(at + words.length)];
    const startsInside = within.test(words[0]) && within.test([...before].at(-1) ?? '');
    const endsInside = within.test([...words].at(-1)!) && within.test([...after][0] ?? '');
    if (!startsInside && !endsInside) return true;
  }
  return false;
}

/** Which of these agents a text names, by their places in the list. */
export function agentsNamed(text: string, names: readonly string[]): number[] {
  const key = answerKey(text);
  return names.flatMap((name, k) => (occurs(answerKey(name), key) ? [k] : []));
}
