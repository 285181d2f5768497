import type { MeasureFacts } from '../../../contracts/index.ts';
import type { CallOutcome, Sandbox } from '../../../sandbox/index.ts';
import { answerOf, type Problem } from './grammar.ts';
import { functionNamed, parsed, programIn, returned } from './syntax.ts';
import { isTeamwork, type Scheme, schemeOf, schemes } from './scheme.ts';

/** Who writes which function, in the order of the team; the author of `main` is the last. */
export type Roles = readonly string[];

/** What the agents' texts are, before anything runs. */
export interface Reading {
  /** One program per agent. */
  readonly programs: readonly string[];
  /** For each agent, whether its text has its function, which gives something back. */
  readonly defined: readonly boolean[];
  /** Why the whole does not parse. */
  readonly error?: string;
  /** How `main` uses each helper. */
  readonly schemes: readonly Scheme[];
}

export function readPrograms(texts: readonly string[], roles: Roles): Reading {
  const programs = texts.map(programIn);
  const trees = programs.map(parsed);
  const defined = trees.map((own, k) => {
    const named = 'tree' in own ? functionNamed(own.tree, roles[k]) : undefined;
    return named !== undefined && returned(named).length > 0;
  });
  const whole = parsed(programs.join('\n'));
  const author = trees.at(-1)!;
  return {
    programs,
    defined,
    ...('error' in whole && { error: whole.error }),
    schemes: roles
      .slice(0, -1)
      .map((helper) => ('tree' in author ? schemeOf(author.tree, helper) : 'unused')),
  };
}

/** What the whole program gave for each list. */
export async function tried(
  { programs }: Reading,
  lists: readonly (readonly number[])[],
  sandbox: Pick<Sandbox, 'run'>,
  signal?: AbortSignal,
): Promise<readonly CallOutcome[]> {
  const calls = lists.map((list) => ({ name: 'main', args: [list] }));
  return sandbox.run({ source: programs.join('\n'), calls }, signal);
}

export function isRight(problem: Problem, list: readonly number[], outcome: CallOutcome): boolean {
  return outcome.kind === 'returned' && outcome.json === JSON.stringify(answerOf(problem, list));
}

/** The parts of the reward, of 4 in all. */
export type ProgrammingReward = {
  /** 1: the helpers' functions are there (0.4 among them), and `main` (0.6). */
  readonly structure: number;
  /** 0.5: there is a `main`, and the whole parses. */
  readonly syntax: number;
  /** The share of tests that pass. */
  readonly tests: number;
  /**
   * Where a test passes, that of the empty list apart, which says nothing: 0.5 for the helpers that `main` uses, and 1
   * where it uses all and does something itself.
   */
  readonly cooperation: number;
};

/**
 * After the coding tasks of MAGRPO (Liu et al. 2025, arXiv 2508.04652). Deviates: what is used is told by the flow of
 * data, and a helper whose result is ignored, or that the author wrote anew, is not used. A wrong helper gives the right
 * empty list for an empty list, so that test does not earn what cooperation does.
 *
 * @param telling tests passed whose list is not empty
 */
export function programmingReward(
  reading: Reading,
  { passed, tests, telling }: { readonly passed: number; readonly tests: number; readonly telling: number },
): ProgrammingReward {
  const { defined, error, schemes: found } = reading;
  const hasMain = defined.at(-1)!;
  const helpers = defined.slice(0, -1);
  const structure = (0.4 * helpers.filter(Boolean).length) / helpers.length + (hasMain ? 0.6 : 0);
  if (!hasMain || error !== undefined) return { structure, syntax: 0, tests: 0, cooperation: 0 };
  const used = found.filter((scheme) => scheme === 'wrapper' || isTeamwork(scheme)).length;
  const cooperation = telling === 0 ? 0 : (0.5 * used) / found.length + (found.every(isTeamwork) ? 1 : 0);
  return { structure, syntax: 0.5, tests: passed / tests, cooperation };
}

export const mostReward = 4;

/** The same as what each agent is paid for its own part: a helper for its function, the author for all the rest. */
export function ownRewards({ defined }: Reading, total: number): readonly number[] {
  const helpers = defined.slice(0, -1).map((is) => (is ? 0.4 / (defined.length - 1) : 0));
  return [...helpers, total - helpers.reduce((sum, own) => sum + own, 0)];
}

const unparsable = 'unparsable';
const schemeMeasure = (scheme: string) => `scheme ${scheme}`;

/** The share of helpers that are used by each scheme; of a program that does not parse nothing can be told. */
export function schemeShares({ schemes: found, error }: Reading): Readonly<Record<string, number>> {
  const shares = [unparsable, ...schemes].map((scheme) => {
    const own = error === undefined ? found.filter((each) => each === scheme).length / found.length : 0;
    return [schemeMeasure(scheme), scheme === unparsable && error !== undefined ? 1 : own] as const;
  });
  return Object.fromEntries(shares);
}

/** What is known of each measure of the last turn. */
export const programmingMeasures: Readonly<Record<string, MeasureFacts>> = {
  structure: { says: 'all functions are there and return something', rewarded: true },
  syntax: { says: 'the program parses and has a main', rewarded: true },
  tests: { says: 'share of hidden tests that pass', rewarded: true, best: 'accuracy' },
  cooperation: { says: 'main uses the helpers and does something itself', rewarded: true },
  solved: { says: 'all hidden tests pass', best: 'pass' },
  cooperating: { says: 'solved by a main that uses all helpers', best: 'cooperation' },
  ...Object.fromEntries(
    [unparsable, ...schemes].map((scheme): [string, MeasureFacts] => [
      schemeMeasure(scheme),
      { says: scheme, oneOf: 'how main uses its helpers' },
    ]),
  ),
  stopped: { says: 'a limit of the sandbox was reached' },
  turns: { says: 'turns that were played' },
};

/**
 * What the agents are told of the programs that they wrote; undefined where nothing is left to say.
 * @param outcomes of the visible lists; absent where only a look at the program is taken
 */
export function feedbackOf(
  problem: Problem,
  roles: Roles,
  { defined, error, schemes: found }: Reading,
  outcomes?: readonly CallOutcome[],
): string | undefined {
  if (error !== undefined) return `The program does not parse: ${error}.`;
  const missing = roles.find((_, k) => !defined[k]);
  if (missing !== undefined) return `There is no function ${missing} that returns something.`;
  const results = outcomes?.map((outcome, k) => ({ outcome, list: problem.visible[k] })) ?? [];
  const wrong = results.filter(({ outcome, list }) => !isRight(problem, list, outcome));
  if (wrong.length > 0) {
    const [{ list, outcome }] = wrong;
    return (
      `${results.length - wrong.length} of ${results.length} tests passed. main(${JSON.stringify(list)}) ` +
      `${outcomeWords(outcome)}; right is ${JSON.stringify(answerOf(problem, list))}.`
    );
  }
  const idle = roles.slice(0, -1).find((_, k) => !isTeamwork(found[k]));
  if (idle === undefined) return undefined;
  return found[roles.indexOf(idle)] === 'wrapper'
    ? `main only hands on to ${idle}.`
    : `main makes no use of what ${idle} gives.`;
}

const longestShown = 200;

function outcomeWords(outcome: CallOutcome): string {
  if (outcome.kind === 'returned') return `gave ${(outcome.json ?? 'nothing').slice(0, longestShown)}`;
  if (outcome.kind === 'threw') return `threw ${JSON.stringify(outcome.message)}`;
  return `was stopped (${outcome.limit})`;
}
