/** Text for people and JSON for programs, on standard output; everything else goes to standard error. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** What to type to start this program again: npm finds a program that no shell may know. */
export function programName(): string {
  return process.env.npm_command === undefined ? 'agentmesh' : 'npx agentmesh';
}

/** Columns aligned; the first line is the header. */
export function columns(lines: readonly (readonly string[])[]): string {
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
