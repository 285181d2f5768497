/**
 * The share that is written in a text, or that a number is: `0.9`, `0,9`, `.9`, `9/10`, `9 out of 10`, `90 %`,
 * `90 percent`, `90`, `1e-7`, in the digits of any script. It counts when it stands first ("0.9, for ..."), or when it
 * is the only number ("about 0.9"), and when it is read whole. Words that are no numbers, ranges, bounds, and what two
 * readers would take for different numbers (a bare 7: of ten or of a hundred?) are undefined.
 *
 * @returns in [0, 1]
 */
export function statedShare(value: unknown): number | undefined {
  if (typeof value === 'number') return shareOf(value, true);
  if (typeof value !== 'string') return undefined;
  const text = plainNumbers(value.slice(0, longestRead)).replace(/^[\s"'`*_([{~≈=]+/, '');
  const [first, second] = text.matchAll(number);
  if (!first || (first.index > 0 && second) || bounds.test(text.slice(0, first.index))) return undefined;
  const [whole, written, outOf, percent] = first;
  if (goesOn.test(text.slice(first.index + whole.length)) || thousands.test(written)) return undefined;
  if (outOf === undefined) return shareOf(valueOf(written) / (percent === undefined ? 1 : 100), !percent);
  return valueOf(outOf) > 0 ? shareOf(valueOf(written) / valueOf(outOf), false) : undefined;
}

const longestRead = 200;
const plain = String.raw`[+-]?(?:\d+(?:[.,]\d+)?|[.,]\d+)(?:e[+-]?\d+)?`;
/** A number by itself, or of how many, or with a percent sign; not the end of a name or of another number. */
const number = new RegExp(
  String.raw`(?<![\p{L}\p{N}_.,+-])(${plain})(?:\s{0,4}(?:/|out of|of)\s{0,4}(${plain}))?(?:\s{0,4}(%|percent|per cent|pct))?`,
  'giu',
);
/** What makes it another number than was read: more digits, a letter, the other end of a range. */
const goesOn =
  /^(?:[\p{L}\p{N}_]|\s*[.,/:^]?\s*\d|\s*(?:-|–|—|~|\.\.+|…|±|\+|\*|×|x|to|or|and)\s*[-+.,\d])/iu;
/** What is more or less than a number is not that number. */
const bounds = /[<>≤≥]|\b(least|most|above|below|under|over|than|not)\b/i;
/** Some write a thousand like this, and some a one. */
const thousands = /^[+-]?[1-9]\d*,\d{3}$/;

const valueOf = (written: string) => Number(written.replace(',', '.'));

/** @param bare may be a percentage without its sign when it is too large for a share */
function shareOf(x: number, bare: boolean): number | undefined {
  const share = bare && x > 10 ? x / 100 : x;
  return share >= 0 && share <= 1 && !Object.is(share, -0) ? share : undefined;
}

/** Digits and marks of all scripts as those of ASCII. */
function plainNumbers(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[^\P{Nd}0-9]/gu, (digit) => String(digitValue(digit)))
    .replace(/[\u066b\u00b7]/g, '.')
    .replace(/\u066a/g, '%')
    .replace(/[\u2044\u2215]/g, '/')
    .replace(/[\u2212\u2010\u2011]/g, '-');
}

/** Every script has its digits in a row from 0 to 9; where rows touch, a whole number of them lies before. */
function digitValue(digit: string): number {
  const code = digit.codePointAt(0)!;
  let before = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(code - before - 1))) before++;
  return before % 10;
}
