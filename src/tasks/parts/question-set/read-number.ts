import { plainText } from '../plain-text.ts';

/**
 * The numbers that a text may mean as its answer, by the only number in it, the one behind its last equals sign, or
 * the one that it begins with ("42 apples, for 6 times 7"). Digits of any script; `0,5`, `.5`, `1/2`, `1 1/2`, `50 %`,
 * `1e-7`; thousands in groups (`1,234,567`, `1.234.567`, `1 234`), a sign of money before or a unit behind.
 *
 * What two readers would take for different numbers has both: `1,234` is 1234 and 1.234, `50 %` is 50 and 0.5. Ranges
 * and bounds ("3 to 5", "at least 3") and texts of several numbers have none. Number words are not read.
 */
export function numberReadings(text: string): readonly number[] {
  const plain = asciiNumbers(plainText(text)).slice(-longestRead);
  const found = inText(plain.slice(plain.lastIndexOf('=') + 1));
  const [first, second] = found;
  if (!first || bounds.test(first.before) || goesOn.test(first.after)) return [];
  if (second && !(opening.test(first.before) && /[,;:(]/.test(between(first, second)))) return [];
  return readingsOf(first);
}

const longestRead = 400;
/** What may stand before an answer that goes on behind it. */
const opening = /^[\s"'`*_([{~≈$€£]*$/;

interface Written {
  readonly whole?: string;
  readonly number: string;
  readonly outOf?: string;
  readonly percent: boolean;
  readonly before: string;
  readonly after: string;
}

const grouped = [
  String.raw`\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?`,
  String.raw`\d{1,3}(?:[ '’]\d{3})+(?!\d)(?:[.,]\d+)?`,
  String.raw`\d{1,3}(?:\.\d{3}){2,}(?!\d)(?:,\d+)?`,
].join('|');
const plain = String.raw`(?:${grouped}|\d+(?:[.,]\d+)?|[.,]\d+)(?:e[+-]?\d+)?`;
/** By itself, or with a whole number before a fraction, or with a percent sign; no part of a name. */
const number = new RegExp(
  String.raw`(?<![\p{L}\p{N}_.,-])([+-]?)(?:(\d+) (?=\d+\s?/))?(${plain})(?:\s?/\s?(${plain}))?(\s?(?:%|percent\b|per cent\b))?`,
  'giu',
);
/** What makes it another number than was read: more digits, the other end of a range, a calculation. */
const goesOn =
  /^(?:[\p{N}_]|[.,:]\d|\s*(?:-|–|—|~|\.\.+|…|±|\+|\*|×|\^|x\b|times\b|to\b|or\b|and\b)\s*[-+.,\d])/iu;
/** What is more or less than a number is not that number. */
const bounds = /[<>≤≥]\s*$|\b(?:least|most|above|below|under|over|than|not|between|from)\s+$/i;

function inText(text: string): (Written & { readonly sign: number })[] {
  return [...text.matchAll(number)].map((match) => {
    const [all, sign, whole, written, outOf, percent] = match;
    return {
      sign: sign === '-' ? -1 : 1,
      ...(whole !== undefined && { whole }),
      number: written,
      ...(outOf !== undefined && { outOf }),
      percent: percent !== undefined,
      before: text.slice(0, match.index),
      after: text.slice(match.index + all.length),
    };
  });
}

function between(first: Written, second: Written): string {
  return first.after.slice(0, first.after.length - second.after.length);
}

function readingsOf({ sign, whole, number, outOf, percent }: Written & { readonly sign: number }): number[] {
  const parts = valuesOf(number);
  const values =
    outOf === undefined
      ? parts
      : parts.flatMap((part) =>
          valuesOf(outOf).flatMap((all) => (all === 0 ? [] : [Number(whole ?? 0) + part / all])),
        );
  const signed = values.map((value) => (value === 0 ? 0 : sign * value));
  return (percent ? signed.flatMap((value) => [value, value / 100]) : signed).filter(Number.isFinite);
}

/** One mark before three digits can be either sign; several, or another one behind them, settle it. */
function valuesOf(written: string): number[] {
  const decimalComma = Number(written.replace(/[ .'’]/g, '').replace(',', '.'));
  const decimalPoint = Number(written.replace(/[ ,'’]/g, ''));
  if (/^\d{1,3},\d{3}(?:e|$)/i.test(written)) return [decimalPoint, decimalComma];
  if (/,\d+(?:e[+-]?\d+)?$/i.test(written) && !/,.*,|,\d{3}\./.test(written)) return [decimalComma];
  return [/\..*\./.test(written) ? decimalComma : decimalPoint];
}

/** Digits and marks of all scripts as those of ASCII, and what LaTeX and money put among them left out. */
function asciiNumbers(text: string): string {
  return text
    .replace(/\\[dt]?frac\{(\d{1,20})\}\{(\d{1,20})\}/g, '$1/$2')
    .replaceAll('{,}', ',')
    .replace(/[^\P{Nd}0-9]/gu, (digit) => String(digitValue(digit)))
    .replace(/[\u066b\u00b7]/g, '.')
    .replace(/\u066a/g, '%')
    .replace(/[\u2044\u2215\u00f7]/g, '/')
    .replace(/[\u2212\u2010\u2011]/g, '-')
    .replace(/([+-])\s?[$€£]/g, '$1');
}

/** Every script has its digits in a row from 0 to 9; where rows touch, a whole number of them lies before. */
function digitValue(digit: string): number {
  const code = digit.codePointAt(0)!;
  let before = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(code - before - 1))) before++;
  return before % 10;
}
