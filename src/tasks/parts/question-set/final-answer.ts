import { plainText } from '../plain-text.ts';

/** `Answer: x`, `**Final answer:** x`, `The answer is: x`, where a line or a sentence begins, whatever decorates it. */
const labelled =
  /^(?:.*[.!?;]\s{1,4})?[\s>*_#`~"'“”•-]{0,20}(?:(?:so|thus|therefore|the|my|our|final|correct|best),? ){0,4}answer(?: is)?[\s*_`]{0,6}[:=][\s*_]{0,6}(.*)$/i;
/** As worked solutions of school problems are ended. */
const fourMarks = /^\s{0,4}####\s{1,4}(\S.*)$/;

/**
 * The answer that a text names as its own: behind the last label `Answer:`, in the last `\boxed{}`, or behind `####`.
 * Where nothing follows the label on its line, the next line is the answer. Undefined where nothing is named.
 */
export function namedAnswer(text: string): string | undefined {
  const lines = plainText(text).split(/\r\n?|\n/);
  for (let k = lines.length - 1; k >= 0; k--) {
    const line = lines[k].slice(-1000);
    const named = labelled.exec(line)?.[1] ?? fourMarks.exec(line)?.[1];
    if (named !== undefined) return unboxed(named.trim() || lines.slice(k + 1).find(filled) || '');
    if (line.includes(box)) return unboxed(line);
  }
  return undefined;
}

/** The last line of a text with anything in it. */
export function lastLine(text: string): string {
  return plainText(text).split(/\r\n?|\n/).findLast(filled)?.trim() ?? ''; // prettier-ignore
}

const filled = (line: string) => line.trim() !== '';

const box = String.raw`\boxed{`;

/** What is in the last box, where there is one. */
function unboxed(text: string): string {
  const at = text.lastIndexOf(box);
  if (at < 0) return text;
  const from = at + box.length;
  let depth = 1;
  for (let k = from; k < text.length; k++) {
    if (text[k] === '{') depth++;
    if (text[k] === '}' && --depth === 0) return text.slice(from, k);
  }
  return text.slice(from);
}
