import { InputError, type Place } from '../../core/index.ts';

/** One line of JSON Lines. */
export interface JsonLine {
  readonly object: Readonly<Record<string, unknown>>;
  /** From 1. */
  readonly line: number;
}

/**
 * The objects of JSON Lines; empty lines are left out.
 * @param remedy what a line must look like
 * @throws InputError with file and line for what is no JSON or no object
 */
export function jsonLines(text: string, file: string, remedy: string): JsonLine[] {
  return text.split(/\r\n?|\n/).flatMap((written, k) => {
    if (written.trim() === '') return [];
    const object = jsonOf(written, remedy, { file, line: k + 1 });
    return [{ object: object as JsonLine['object'], line: k + 1 }];
  });
}

function jsonOf(written: string, remedy: string, place: Place): object {
  let value: unknown;
  try {
    value = JSON.parse(written);
  } catch {
    throw new InputError(`This line is no JSON. ${remedy}`, place);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new InputError(`This line is no object of JSON. ${remedy}`, place);
}

/** @throws InputError with the first line that is not UTF-8 */
export function decoded(bytes: Uint8Array, file: string): string {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    throw new InputError('The file is in UTF-16. Save it as UTF-8.', { file });
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const nul = text.indexOf('\0');
    if (nul < 0) return text;
    throw new InputError('There is a NUL character here, so this is no text in UTF-8.', {
      file,
      line: text.slice(0, nul).split('\n').length,
    });
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError('This line is not in UTF-8. Save the file as UTF-8.', {
      file,
      line: firstBadLine(bytes),
    });
  }
}

function firstBadLine(bytes: Uint8Array): number {
  let line = 1;
  for (let from = 0; from < bytes.length; line++) {
    const end = bytes.indexOf(0x0a, from);
    const to = end < 0 ? bytes.length : end;
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(from, to));
    } catch {
      return line;
    }
    from = to + 1;
  }
  return line;
}
