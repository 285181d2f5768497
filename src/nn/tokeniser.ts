import { InputError } from '../core/index.ts';
import { segmentsOf, type Unit, unitsOf } from './units.ts';

/** What fixes a tokeniser; stored with the weights, because the order gives the token numbers. */
export interface Vocabulary {
  /** Words and phrases (words joined by one space), each a token. */
  readonly phrases: readonly string[];
}

/** Spelled words are letters after an opening token; a byte outside the letters takes three tokens. */
const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';
const specials = ['<pad>', '<end>', '<word>', '<capital>', '<byte>'] as const;
const [pad, end, word, capital, byte] = specials.map((_, k) => k);
const firstLetter = specials.length;
const firstPhrase = firstLetter + letters.length;
const hexDigits = '0123456789abcdef';

interface Branch {
  token?: number;
  readonly next: Map<string, Branch>;
}

/**
 * Turns English into token numbers and back. A token is a phrase of the vocabulary; the longest one that fits
 * wins, from left to right. Marks of punctuation separate phrases and are no tokens themselves. A word that
 * the vocabulary does not have is spelled: `<word>`, then its letters, digits and bytes; so no text is
 * impossible, but a model has not learned to read spelled words.
 */
export class Tokeniser {
  /** Number of tokens. */
  readonly size: number;
  readonly end = end;
  readonly padding = pad;
  readonly #root: Branch = { next: new Map() };
  readonly #phrases: readonly string[];

  /** @throws InputError when a phrase is empty, doubled or not made of single-spaced words */
  constructor({ phrases }: Vocabulary) {
    this.#phrases = phrases;
    this.size = firstPhrase + phrases.length;
    phrases.forEach((phrase, k) => {
      let branch = this.#root;
      const segments = segmentsOf(phrase);
      if (segments.length !== 1 || segments[0].join(' ') !== phrase) {
        throw new InputError(
          `The vocabulary holds ${JSON.stringify(phrase)}, which is not a phrase of plain words.`,
        );
      }
      for (const w of segments[0]) {
        let next = branch.next.get(w);
        if (!next) branch.next.set(w, (next = { next: new Map() }));
        branch = next;
      }
      if (branch.token !== undefined)
        throw new InputError(`The vocabulary holds ${JSON.stringify(phrase)} twice.`);
      branch.token = firstPhrase + k;
    });
  }

  /** Token numbers of a text; empty for a text without words. */
  encode(text: string): number[] {
    const ids: number[] = [];
    for (const words of segmentsOf(text)) {
      const units = unitsOf(words);
      for (let at = 0; at < units.length;) {
        const found = this.#longest(units, at);
        if (found) {
          ids.push(found.token);
          at += found.length;
        } else {
          for (const w of units[at].phrase.split(' ')) {
            const token = this.#root.next.get(w)?.token;
            if (token === undefined) spell(w, ids);
            else ids.push(token);
          }
          at++;
        }
      }
    }
    return ids;
  }

  /** The longest phrase that begins with unit `at` and ends with a unit. */
  #longest(
    units: readonly Unit[],
    at: number,
  ): { readonly token: number; readonly length: number } | undefined {
    let branch: Branch | undefined = this.#root;
    let best: { token: number; length: number } | undefined;
    for (let k = at; k < units.length; k++) {
      for (const w of units[k].phrase.split(' ')) branch = branch?.next.get(w);
      if (!branch) break;
      if (branch.token !== undefined) best = { token: branch.token, length: k + 1 - at };
    }
    return best;
  }

  /**
   * The tokens of an answer: one, where the vocabulary has it as a phrase; else its tokens and the end token.
   * A phrase closes the answer by itself.
   */
  encodeAnswer(answer: string): number[] {
    const ids = this.encode(answer);
    return ids.length === 1 ? ids : [...ids, end];
  }

  /** Whether this token alone is a whole answer, as `encodeAnswer` writes it. */
  closes(id: number): boolean {
    return id >= firstPhrase;
  }

  /** What a token is called on its own: its phrase, letter or mark such as `<end>`. */
  name(id: number): string {
    return id >= firstPhrase ? this.#phrases[id - firstPhrase] : (specials[id] ?? letters[id - firstLetter]);
  }

  /** The words of token numbers, separated by spaces; `<end>` and `<pad>` are left out. */
  decode(ids: readonly number[]): string {
    const words: string[] = [];
    let spelled: number[] | undefined;
    let upper = false;
    const flush = () => {
      if (spelled) words.push(new TextDecoder().decode(Uint8Array.from(spelled)));
      spelled = undefined;
    };
    for (let k = 0; k < ids.length; k++) {
      const id = ids[k];
      if (id >= firstPhrase) {
        flush();
        words.push(this.#phrases[id - firstPhrase]);
      } else if (id === word) {
        flush();
        spelled = [];
      } else if (id === capital) {
        upper = true;
      } else if (id === byte) {
        const [high, low] = [ids[k + 1], ids[k + 2]].map((h) =>
          hexDigits.indexOf(letters[h - firstLetter] ?? '?'),
        );
        if (high >= 0 && low >= 0) spelled?.push(high * 16 + low);
        k += 2;
      } else if (id >= firstLetter) {
        const letter = letters[id - firstLetter];
        (spelled ??= []).push((upper ? letter.toUpperCase() : letter).charCodeAt(0));
        upper = false;
      } else if (id === end || id === pad) {
        flush();
      }
    }
    flush();
    return words.join(' ');
  }
}

function spell(unknown: string, ids: number[]) {
  ids.push(word);
  for (const code of new TextEncoder().encode(unknown)) {
    const character = String.fromCharCode(code);
    const lower = character.toLowerCase();
    const place = letters.indexOf(lower);
    if (place >= 0) {
      if (lower !== character) ids.push(capital);
      ids.push(firstLetter + place);
    } else {
      ids.push(byte, firstLetter + letters.indexOf(hexDigits[code >> 4]));
      ids.push(firstLetter + letters.indexOf(hexDigits[code & 15]));
    }
  }
}
