import { once } from 'node:events';
import { displayBlock, displayJson, displayText } from '../core/index.ts';

/**
 * Text for people and JSON for programs, on standard output; everything else goes to standard error. Names, answers
 * and messages come from files, models and services: what would act on the terminal is written as its code point.
 *
 * @param mark of this program alone, such as a coloured word; goes before the text as it is
 */
export function print(text: string, mark = ''): void {
  process.stdout.write(`${mark}${displayBlock(text)}\n`);
}

export function printJson(value: unknown): void {
  process.stdout.write(`${displayJson(value)}\n`);
}

/** As `print`, on standard error. */
export function note(text: string, mark = ''): void {
  process.stderr.write(`${mark}${displayBlock(text)}\n`);
}

/** A piece of a table: for a program or a file as it is, for a terminal like all other text. */
export async function printPiece(piece: string): Promise<void> {
  const { stdout } = process;
  const shown = stdout.isTTY ? displayBlock(piece.replaceAll('\r\n', '\n')) : piece;
  if (!stdout.write(shown)) await once(stdout, 'drain');
}

/** What to type to start this program again: npm finds a program that no shell may know. */
export function programName(): string {
  return process.env.npm_command === undefined ? 'agentmesh' : 'npx agentmesh';
}

/** Columns aligned; the first line is the header. */
export function columns(cells: readonly (readonly string[])[]): string {
  const lines = cells.map((line) => line.map((text) => displayText(text, Infinity)));
  const widths = lines[0].map((_, k) => Math.max(...lines.map((line) => line[k].length)));
  return lines
    .map((line) =>
      line
        .map((text, k) => text.padEnd(widths[k]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Words of a text on lines of at most `width` characters, each after `indent`. */
export function wrapped(text: string, indent = '  ', width = 96): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line ? `${line} ${word}` : word;
  }
  return [...lines, line].map((l) => indent + l).join('\n');
}
