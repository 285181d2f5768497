import { definesFunction, type PythonProblem } from './read-problems.ts';

/** The program in a text: what is in its fences, or all of it. */
export function pythonIn(text: string): string {
  const lines = text.split(/\r\n?|\n/);
  const code: string[] = [];
  let inside = false;
  let fences = 0;
  for (const line of lines) {
    if (/^\s*(?:```|~~~)/.test(line)) {
      inside = !inside;
      fences++;
    } else if (inside) code.push(line);
  }
  if (fences > 0) return code.join('\n');
  return text.replace(/\r\n?/g, '\n');
}

/**
 * One program of the problem's beginning, what helpers wrote and the answer. An answer that has the function itself
 * stands after a beginning that does nothing; any other goes on where the beginning ends, indented where it is not.
 */
export function wholeProgram(
  { prompt, entryPoint }: Pick<PythonProblem, 'prompt' | 'entryPoint'>,
  helpers: readonly string[],
  answer: string,
): string {
  const written = helpers.map(pythonIn);
  const code = pythonIn(answer);
  if (definesFunction(code, entryPoint)) return [emptied(prompt), ...written, code].join('\n\n');
  // Helpers stand on the top, where a function that goes on cannot be interrupted.
  return [...(written.length > 0 ? [emptied(prompt), ...written] : []), `${ended(prompt)}${indented(code)}`].join('\n\n') + '\n'; // prettier-ignore
}

/** The beginning as a program by itself, whose function gives nothing. */
export function emptied(prompt: string): string {
  return `${ended(prompt)}${indentOf(prompt)}pass\n`;
}

const ended = (prompt: string) => (prompt.endsWith('\n') ? prompt : `${prompt}\n`);

/** How far the function's own lines are indented; the prompt ends with them, or with the function's head. */
function indentOf(prompt: string): string {
  const last = prompt.split('\n').findLast((line) => line.trim() !== '') ?? '';
  return /^[ \t]+/.exec(last)?.[0] ?? '    ';
}

/** The body of a function, which models write without its indentation, or lose that of its first line. */
function indented(body: string): string {
  const lines = body.replace(/^(?:[ \t]*\n)+/, '').split('\n');
  if (/^[ \t]/.test(lines[0])) return lines.join('\n');
  const next = lines.slice(1).find((line) => line.trim() !== '');
  const depth = next === undefined ? 0 : next.length - next.trimStart().length;
  const opens = /:\s*(?:#.*)?$/.test(lines[0]);
  const onlyFirst = next !== undefined && (opens ? depth >= 8 : depth >= 4);
  return lines.map((line, k) => (line.trim() !== '' && (k === 0 || !onlyFirst) ? `    ${line}` : line)).join('\n'); // prettier-ignore
}
