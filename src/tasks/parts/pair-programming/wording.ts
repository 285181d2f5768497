import { teamNames } from '../names.ts';
import { changedWords, keptWords, madeWords, type Problem } from './grammar.ts';
import type { Roles } from './score.ts';

interface Setting {
  readonly agents: number;
  readonly information: 'split' | 'shared';
  readonly turns: number;
}

/** The function of each agent; the last one writes `main`. */
export function rolesOf(agents: number): Roles {
  return agents === 2 ? ['aux', 'main'] : ['aux', 'aux2', 'main'];
}

export function rulesText({ agents, information, turns }: Setting): string {
  const names = teamNames(agents);
  const roles = rolesOf(agents);
  const helpers = roles.slice(0, -1);
  const author = names.at(-1)!;
  return [
    `${names.join(', ')} write one program in JavaScript together, without libraries.`,
    ...helpers.map((role, k) => `${names[k]} writes a function ${role}.`),
    `${author} writes a function main, which takes a list of whole numbers and calls ${helpers.join(' and ')}.`,
    'All write at the same time; the program is their texts one after the other.',
    information === 'split' ? 'Each knows a part of what main must do.' : 'All know what main must do.',
    'The team is paid for functions that are there and return something, for a program that parses, for tests of main ' +
      `that pass, and for a main that makes use of what ${helpers.join(' and ')} give${helpers.length > 1 ? '' : 's'} and does the rest itself.`,
    ...(turns > 1
      ? [
          `They write up to ${turns} times, and each time read what all wrote before and what failed. The last program counts.`,
        ]
      : []),
  ].join(' ');
}

/** What an agent knows of the problem. */
export function problemText(problem: Problem, agent: number, { agents, information }: Setting): string {
  const role = `You write ${rolesOf(agents)[agent]}.`;
  const [kept, changed, made] = [keptWords(problem), changedWords(problem), madeWords(problem)];
  if (information === 'shared')
    return `${role} main gives the ${made} of the ${changed} of the numbers that are ${kept}.`;
  if (agent === 0) return `${role} You alone know which numbers of the list count: those that are ${kept}.`;
  if (agents === 2)
    return `${role} main gives the ${made} of the ${changed} of the numbers that count; which these are, only Ann knows.`;
  return agent === 1
    ? `${role} You alone know what is taken of each number that counts: the ${changed}, in the order of the list.`
    : `${role} main gives the ${made} of what Bob knows to take of the numbers that Ann knows to count.`;
}

/** What was written in the turn before. In quotes, so that a program cannot pose as anything else. */
export function writtenText(
  {
    programs,
    feedback = '',
  }: { readonly programs: readonly string[]; readonly feedback?: string | undefined },
  names: readonly string[],
): string {
  return [...quoted(programs, names), feedback, 'Write your function anew.'].join(' ');
}

function quoted(programs: readonly string[], names: readonly string[]): readonly string[] {
  return programs.map((program, k) => `${names[k]} wrote ${JSON.stringify(program)}.`);
}

/** What an expert reads: the whole problem and what was written, and no test. */
export function expertQuestion(problem: Problem, programs: readonly string[], names: readonly string[]) {
  return {
    prefix:
      'You review a program in JavaScript that several people write together, each a function. Say in at most three ' +
      'sentences what is wrong and who should change what. When nothing is, answer OK and nothing else.',
    prompt: [
      `main must give the ${madeWords(problem)} of the ${changedWords(problem)} of the numbers that are ${keptWords(problem)}.`,
      ...quoted(programs, names),
    ].join('\n'),
  };
}

/** What an expert said, in quotes; undefined where it has nothing to say. */
export function expertWords(text: string): string | undefined {
  const said = text.trim().slice(0, 2_000);
  return said === '' || /^\W*ok\W*$/i.test(said) ? undefined : `An expert says ${JSON.stringify(said)}.`;
}
