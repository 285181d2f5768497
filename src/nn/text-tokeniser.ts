/** What fixes a text tokeniser; stored with the weights, because the order gives the token numbers. */
export interface TextVocabulary {
  /** All tokens but the first three; those that are written come first. */
  readonly tokens: readonly string[];
  /** How many tokens are written, the first three included. */
  readonly written: number;
  /** Neighbours that become one token, in the order in which they are joined. */
  readonly merges: readonly (readonly [string, string])[];
}

const specials = ['<pad>', '<end>', '<unknown>'] as const;
const [pad, end, unknown] = specials.map((_, k) => k);
/** Printable ASCII, the line feed, and what stands for `<` and `>` in what others wrote. */
const characters = [
  ...Array.from({ length: 95 }, (_, k) => String.fromCharCode(32 + k)),
  '\n',
  '\u2039',
  '\u203a',
];
const kept = 4096;

/** Words with the space before them, single digits and signs: joined they are the text again. */
export const piecesOf = (text: string): string[] => text.match(/ ?[A-Za-z]+| ?[^\sA-Za-z]|\s/gu) ?? [];

/**
 * Turns text into token numbers and back without loss, but for characters that it does not have. A piece outside of the
 * vocabulary is spelled; then neighbours are joined, earlier merges first (byte-pair encoding, Sennrich et al. 2016,
 * arXiv 1508.07909, over words and signs instead of characters).
 */
export class TextTokeniser {
  readonly size: number;
  readonly end = end;
  readonly padding = pad;
  readonly #texts: readonly string[];
  readonly #ids: ReadonlyMap<string, number>;
  readonly #ranks: ReadonlyMap<number, { readonly rank: number; readonly to: number }>;
  readonly #written: number;
  readonly #known = new Map<string, readonly number[]>();

  /** @throws RangeError for a merge of tokens that are not there */
  constructor({ tokens, written, merges }: TextVocabulary) {
    this.#written = written;
    const texts = [...specials, ...tokens];
    const ids = new Map<string, number>(tokens.map((text, k) => [text, specials.length + k]));
    const ranks = new Map<number, { rank: number; to: number }>();
    merges.forEach(([left, right], rank) => {
      const [a, b, to] = [left, right, left + right].map((text) => ids.get(text));
      if (a === undefined || b === undefined || to === undefined)
        throw new RangeError(`The vocabulary joins "${left}" and "${right}", and has not all three.`);
      ranks.set(a * 65536 + b, { rank, to });
    });
    this.#texts = texts;
    this.#ids = ids;
    this.#ranks = ranks;
    this.size = texts.length;
  }

  /** Token numbers of a text that is read. */
  encode(text: string): readonly number[] {
    const found = this.#known.get(text);
    if (found) return found;
    const ids = this.#encode(text, this.size);
    if (this.#known.size >= kept) this.#known.clear();
    this.#known.set(text, ids);
    return ids;
  }

  /** Token numbers of a text as it is written, without an end; undefined where it cannot be. */
  encodeWritten(text: string): readonly number[] | undefined {
    const ids = this.#encode(text, this.#written);
    return ids.every((id) => id < this.#written) ? ids : undefined;
  }

  #encode(text: string, most: number): number[] {
    const ids = piecesOf(text).flatMap((piece) => {
      const own = this.#ids.get(piece);
      return own !== undefined ? [own] : Array.from(piece, (c) => this.#ids.get(c) ?? unknown);
    });
    this.#merge(ids, most);
    return ids;
  }

  /** @param most merges to tokens of at least this number are left out */
  #merge(ids: number[], most: number) {
    for (;;) {
      let best: { readonly rank: number; readonly to: number } | undefined;
      for (let k = 0; k + 1 < ids.length; k++) {
        const found = this.#ranks.get(ids[k] * 65536 + ids[k + 1]);
        if (found && found.to < most && (!best || found.rank < best.rank)) best = found;
      }
      if (!best) return;
      for (let k = 0; k + 1 < ids.length; k++)
        if (this.#ranks.get(ids[k] * 65536 + ids[k + 1])?.rank === best.rank) ids.splice(k, 2, best.to);
    }
  }

  /** The text of token numbers, up to the end token; padding is left out. */
  decode(ids: readonly number[]): string {
    let text = '';
    for (const id of ids) {
      if (id === end) break;
      if (id !== pad) text += id === unknown ? '\ufffd' : this.#texts[id];
    }
    return text;
  }

  /** What a token is called on its own. */
  name(id: number): string {
    return this.#texts[id];
  }
}

/**
 * Derives a vocabulary: pieces and merges of what is written, then of what is only read, so many merges of the most
 * frequent neighbours each; then single characters, in which everything else is spelled.
 */
export function textVocabulary(
  written: { readonly texts: readonly string[]; readonly merges: number },
  read: { readonly texts: readonly string[]; readonly merges: number },
): TextVocabulary {
  const tokens = new Set<string>();
  const merges: [string, string][] = [];
  let ofWriting = 0;
  for (const { texts, merges: count } of [written, read]) {
    const counts = new Map<string, number>();
    for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
    const rows = [...counts].map(([text, weight]) => ({ words: joined(piecesOf(text), merges), weight }));
    for (const token of [...new Set(texts.flatMap(piecesOf))].sort()) tokens.add(token);
    for (let k = 0; k < count; k++) {
      const best = mostFrequentPair(rows);
      if (!best) break;
      merges.push(best);
      tokens.add(best.join(''));
      for (const row of rows) row.words = joined(row.words, [best]);
    }
    ofWriting ||= specials.length + tokens.size;
  }
  for (const character of characters) tokens.add(character);
  return { tokens: [...tokens], written: ofWriting, merges };
}

function joined(words: string[], merges: readonly (readonly [string, string])[]): string[] {
  const out = [...words];
  for (const [left, right] of merges)
    for (let k = 0; k + 1 < out.length; k++)
      if (out[k] === left && out[k + 1] === right) out.splice(k, 2, left + right);
  return out;
}

function mostFrequentPair(
  rows: readonly { readonly words: readonly string[]; readonly weight: number }[],
): [string, string] | undefined {
  const counts = new Map<string, { pair: [string, string]; count: number }>();
  for (const { words, weight } of rows)
    for (let k = 0; k + 1 < words.length; k++) {
      const key = `${words[k]}\u0000${words[k + 1]}`;
      const found = counts.get(key);
      if (found) found.count += weight;
      else counts.set(key, { pair: [words[k], words[k + 1]], count: weight });
    }
  let best: { pair: [string, string]; count: number } | undefined;
  for (const each of counts.values())
    if (
      !best ||
      each.count > best.count ||
      (each.count === best.count && each.pair.join('\u0000') < best.pair.join('\u0000'))
    )
      best = each;
  return best && best.count > 1 ? best.pair : undefined;
}
