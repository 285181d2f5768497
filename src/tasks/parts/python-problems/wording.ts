import type { PythonProblem } from './read-problems.ts';

interface Setting {
  readonly names: readonly string[];
  /** Whether all write, or the last one alone. */
  readonly together: boolean;
}

/** The helper function of each agent but the last. */
export function helperName(agent: number, agents: number): string {
  return agents === 2 ? 'aux' : `aux${agent + 1}`;
}

export function rulesText({ names, together }: Setting): string {
  const author = names.at(-1)!;
  if (names.length === 1)
    return `${author} writes a function in Python. Hidden tests decide whether it is right.`;
  const helpers = names
    .slice(0, -1)
    .map((name, k) => `${name} writes a function ${helperName(k, names.length)}`);
  return [
    `The team is ${names.join(', ')}. All read the same problem in Python.`,
    together
      ? `${helpers.join(', ')}, which ${author} may call, and ${author} writes the function that is asked for. All write at the same time; the program is their texts one after the other.`
      : `${author} writes the function that is asked for.`,
    'Hidden tests decide whether it is right.',
  ].join(' ');
}

/** What an agent reads. The beginning of the program stands as it is: where lines end means something in Python. */
export function problemText(
  { prompt, entryPoint }: PythonProblem,
  agent: number,
  { names, together }: Setting,
): string {
  const author = names.length - 1;
  const role =
    agent === author
      ? `You write the whole function ${entryPoint}.`
      : together
        ? `You write a function ${helperName(agent, names.length)} that ${names[author]} can use.`
        : `${names[author]} writes the function ${entryPoint}.`;
  return `${role} The program begins so:\n${prompt.trimEnd()}\n`;
}
