import { segmentsOf, type Unit, unitsOf, type Vocabulary } from '../../nn/index.ts';

export interface VocabularySettings {
  /** Most phrases, single words included; joining stops there. */
  readonly limit: number;
  /** A pattern may stand for at most this many phrases ("# north" for all numbers). */
  readonly patternLimit: number;
  /** A pattern must occur at least this often per prompt. */
  readonly leastShare: number;
}

interface Text {
  units: Unit[];
  readonly times: number;
}

/**
 * A vocabulary for prompts that follow templates: every word of the texts, every action, and the phrases that
 * the templates repeat, so that an observation is read in about half as many tokens.
 *
 * A number is a token together with the word that it belongs to (see `unitsOf`). Other phrases are found by byte-pair encoding (Gage 1994;
 * Sennrich et al. 2016, arXiv 1508.07909) over such units instead of bytes: the most frequent pair of
 * neighbours is joined, again and again, as long as the phrases that it stands for stay few. Quantities are
 * never joined with anything, and no join crosses punctuation.
 *
 * Deterministic, whatever the order of the texts: ties go to the pair that is first in code-point order.
 *
 * @param prompts the variable parts; phrases come from them
 * @param prefixes the rules; only words come from them
 * @param actions each becomes one token
 */
export function deriveVocabulary(
  prompts: readonly string[],
  prefixes: readonly string[],
  actions: readonly string[],
  settings: VocabularySettings,
): Vocabulary {
  const phrases = new Set<string>();
  for (const text of [...prompts, ...prefixes]) for (const word of segmentsOf(text).flat()) phrases.add(word);
  for (const action of actions) phrases.add(segmentsOf(action).flat().join(' '));
  for (const text of prefixes)
    for (const { phrase } of segmentsOf(text).flatMap(unitsOf)) phrases.add(phrase);
  const texts = countSegments(prompts);
  for (const { units } of texts) for (const { phrase } of units) phrases.add(phrase);
  const refused = new Set<string>();
  for (;;) {
    const pair = mostFrequentPair(texts, refused, settings.leastShare * prompts.length);
    if (pair === undefined) break;
    const joined = new Set<string>();
    for (const { units } of texts) {
      for (let k = 0; k + 1 < units.length; k++)
        if (pairOf(units, k) === pair) joined.add(phraseOf(units, k));
    }
    if (joined.size > settings.patternLimit || phrases.size + joined.size > settings.limit) {
      refused.add(pair);
      continue;
    }
    for (const phrase of joined) phrases.add(phrase);
    for (const text of texts) text.units = joinPairs(text.units, pair);
  }
  // Words and phrases that every text has outgrown are of no use.
  const used = new Set(texts.flatMap(({ units }) => units.map(({ phrase }) => phrase)));
  for (const text of prefixes) for (const { phrase } of segmentsOf(text).flatMap(unitsOf)) used.add(phrase);
  return { phrases: [...phrases].filter((p) => used.has(p) || actions.includes(p)).sort() };
}

function countSegments(prompts: readonly string[]): Text[] {
  const counts = new Map<string, number>();
  for (const prompt of prompts) {
    for (const words of segmentsOf(prompt)) {
      const segment = words.join(' ');
      counts.set(segment, (counts.get(segment) ?? 0) + 1);
    }
  }
  return [...counts].map(([segment, times]) => ({ units: unitsOf(segment.split(' ')), times }));
}

function mostFrequentPair(
  texts: readonly Text[],
  refused: ReadonlySet<string>,
  least: number,
): string | undefined {
  const counts = new Map<string, number>();
  for (const { units, times } of texts) {
    for (let k = 0; k + 1 < units.length; k++) {
      if (!canJoin(units[k], units[k + 1])) continue;
      const pair = pairOf(units, k);
      counts.set(pair, (counts.get(pair) ?? 0) + times);
    }
  }
  let best: string | undefined;
  let most = least;
  for (const [pair, times] of counts) {
    if (refused.has(pair)) continue;
    if (times > most || (times === most && (best === undefined || pair < best))) {
      best = pair;
      most = times;
    }
  }
  return best;
}

/** Quantities stay by themselves, and a phrase has one number at most. */
function canJoin(a: Unit, b: Unit): boolean {
  return a.kind !== 'quantity' && b.kind !== 'quantity' && (a.kind === 'words' || b.kind === 'words');
}

/** The patterns of unit k and the next, told apart by a character that no word contains. */
function pairOf(units: readonly Unit[], k: number): string {
  return `${units[k].pattern}\n${units[k + 1].pattern}`;
}

function phraseOf(units: readonly Unit[], k: number): string {
  return `${units[k].phrase} ${units[k + 1].phrase}`;
}

function joinPairs(units: readonly Unit[], pair: string): Unit[] {
  const out: Unit[] = [];
  for (let k = 0; k < units.length; k++) {
    if (k + 1 < units.length && pairOf(units, k) === pair) {
      const kind = units[k].kind === 'label' || units[k + 1].kind === 'label' ? 'label' : 'words';
      out.push({ phrase: phraseOf(units, k), pattern: pair.replace('\n', ' '), kind });
      k++;
    } else {
      out.push(units[k]);
    }
  }
  return out;
}
