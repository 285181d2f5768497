/** A piece of a segment that is one token, or might be. */
export interface Unit {
  readonly phrase: string;
  /** The phrase with its number replaced by `#`. */
  readonly pattern: string;
  /** A name with a number ("Beacon 1"), a quantity ("3 north"), or words alone. */
  readonly kind: 'label' | 'quantity' | 'words';
}

const punctuation = /[.,:;!?()"]+/g;

/** The pieces of a text between marks of punctuation, as words. No token reaches across their ends. */
export function segmentsOf(text: string): string[][] {
  const segments: string[][] = [];
  for (const part of text.split(punctuation)) {
    const words = part.split(/\s+/).filter((w) => w !== '');
    if (words.length > 0) segments.push(words);
  }
  return segments;
}

/** Words that follow a number without being counted by it. */
const linkingWords = new Set([
  'is',
  'of',
  'or',
  'by',
  'and',
  'to',
  'from',
  'was',
  'at',
  'in',
  'on',
  'for',
  'against',
]);

/**
 * Joins every number with the word that it belongs to: the one before it, where that is a name (capitalised) or
 * nothing countable follows; else the one after it. "Beacon 1 is 3 north" gives "Beacon 1", "is", "3 north". This
 * spares a small model the work of binding numbers to words.
 */
export function unitsOf(words: readonly string[]): Unit[] {
  const units: Unit[] = [];
  for (let k = 0; k < words.length; k++) {
    const before = units.at(-1);
    const after = words[k + 1] as string | undefined;
    if (!isNumber(words[k])) {
      units.push({ phrase: words[k], pattern: words[k], kind: 'words' });
    } else if (
      before?.kind === 'words' &&
      (/^[A-Z]/.test(before.phrase) || !after || linkingWords.has(after) || isNumber(after))
    ) {
      const kind = /^[A-Z]/.test(before.phrase) ? 'label' : 'quantity';
      units[units.length - 1] = {
        phrase: `${before.phrase} ${words[k]}`,
        pattern: `${before.phrase} #`,
        kind,
      };
    } else if (after && !isNumber(after) && !linkingWords.has(after)) {
      units.push({ phrase: `${words[k]} ${after}`, pattern: `# ${after}`, kind: 'quantity' });
      k++;
    } else {
      units.push({ phrase: words[k], pattern: '#', kind: 'quantity' });
    }
  }
  return units;
}

function isNumber(word: string): boolean {
  return /^-?\d+$/.test(word);
}
