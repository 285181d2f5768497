/** What is looked at of a longer answer: its end, where answers stand. */
const longestRead = 8000;

/** The end of a text, with letters and digits of one width and nothing invisible. */
export function plainText(text: string): string {
  // Some single characters stand for many.
  return text
    .slice(-longestRead)
    .normalize('NFKC')
    .slice(-longestRead)
    .replace(/\p{Cf}/gu, '');
}

const mark = /[\s\\"'“”‘’«»`*_()[\]{}<>.,;:!?]/;

/** In lower case, with single spaces and no marks around it: what two readers would take for the same answer. */
export function normalised(text: string): string {
  const plain = plainText(text).toLowerCase().replace(/\s+/g, ' ');
  let from = 0;
  let to = plain.length;
  while (from < to && mark.test(plain[from])) from++;
  while (to > from && mark.test(plain[to - 1])) to--;
  return plain.slice(from, to);
}

/** Whether the words stand in the text as whole words. Both are normalised. */
export function holdsWords(text: string, words: string): boolean {
  if (words === '') return false;
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1)) {
    const end = at + words.length;
    if (apart(text[at - 1], text[at]) && apart(text[end - 1], text[end])) return true;
  }
  return false;
}

const wordCharacter = /[\p{L}\p{N}]/u;
/** Scripts that write words without spaces between them. */
const unspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

/** Whether a word can end between two characters. */
function apart(left: string | undefined, right: string | undefined): boolean {
  if (left === undefined || right === undefined) return true;
  return !wordCharacter.test(left) || !wordCharacter.test(right) || unspaced.test(left + right);
}
