import { similarities } from './similarity.ts';

/** Decides between items that are as frequent: `(tied) => stream.pick(tied)` draws one. */
export type TieBreak<T> = (tied: readonly T[]) => T;

/** Differences of sums below this are their last bits. */
const equalWithin = 1e-9;

/**
 * A text in the form in which equal answers are equal: in lower case, spaces as one, without the quotation marks and the
 * full stop around it.
 */
export function answerKey(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\s+/gu, ' ')
    .replace(/^[\s"'`*“”‘’]+|[\s"'`*“”‘’.!]+$/gu, '');
}

/**
 * The most frequent of these by their keys; the first item that has the key.
 * @param items at least one
 * @param pick decides between several keys; it gets one item of each, in the order in which they came
 */
export function plurality<T>(items: readonly T[], keyOf: (item: T) => string | number, pick: TieBreak<T>): T {
  return decided(leading(items, keyOf), pick);
}

/**
 * The same for texts: where several are the most frequent, most often because no text occurs twice, the one that is
 * nearest to all of them together, by the cosine of character trigrams; only then does `pick` decide.
 */
export function textPlurality<T>(items: readonly T[], textOf: (item: T) => string, pick: TieBreak<T>): T {
  const tied = leading(items, (item) => answerKey(textOf(item)));
  if (tied.length === 1) return tied[0];
  const alike = similarities(items.map(textOf));
  const nearness = tied.map((item) => alike[items.indexOf(item)].reduce((sum, x) => sum + x, 0));
  const most = Math.max(...nearness);
  return decided(
    tied.filter((_, k) => nearness[k] > most - equalWithin),
    pick,
  );
}

function decided<T>(tied: readonly T[], pick: TieBreak<T>): T {
  return tied.length === 1 ? tied[0] : pick(tied);
}

/** One item for each of the most frequent keys, in the order in which they came. */
function leading<T>(items: readonly T[], keyOf: (item: T) => string | number): T[] {
  const byKey = new Map<string | number, { readonly item: T; count: number }>();
  for (const item of items) {
    const known = byKey.get(keyOf(item));
    if (known) known.count++;
    else byKey.set(keyOf(item), { item, count: 1 });
  }
  const most = Math.max(...[...byKey.values()].map(({ count }) => count));
  return [...byKey.values()].flatMap(({ item, count }) => (count === most ? [item] : []));
}
